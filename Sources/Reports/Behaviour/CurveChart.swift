import Statistics

/// Lines over a logarithmic axis, with their intervals as bands: how something changes as load grows.
struct CurveChart {
  struct Point: Equatable {
    var x: Double
    var y: Double
    var interval: ConfidenceInterval?
    /// The figure says more of the generator than of the server.
    var isLimited = false
  }

  /// The highest rate that is held, and where it may lie.
  struct Knee: Equatable {
    var x: Double
    var interval: ConfidenceInterval?
  }

  struct Series {
    var mark: ChartMark
    var name: String
    var points: [Point]
    var knee: Knee?
  }

  var words: String
  var xTitle: String
  var series: [Series]
  /// The figures below the axis; nil chooses round ones.
  var xTicks: [Double]?
  /// A line across, such as the latency that is allowed.
  var limit: Double?
  var xWords: (Double) -> String = { Figure.significant($0) }
  var yWords: (Double) -> String = { Figure.significant($0) }

  private static let (width, height) = (480.0, 300.0)
  private static let (left, right, top, bottom) = (56.0, 468.0, 14.0, 254.0)
  /// A band of very few rounds can span decades; so many times beyond the figures it is cut.
  private static let mostBand = 4.0

  /// nil where there is nothing to draw.
  func svg() -> Markup? {
    let points = series.flatMap(\.points)
    guard !points.isEmpty else { return nil }
    let y = ChartAxis.logarithmic(
      points.map(\.y) + [limit].compactMap(\.self), points.compactMap(\.interval), within: Self.mostBand,
      from: Self.bottom, to: Self.top, gap: 22)
    let x = ChartAxis.logarithmic(
      points.map(\.x) + series.compactMap { $0.knee?.x }, from: Self.left, to: Self.right, gap: 44)
    let ticks = xTicks ?? x.ticks
    return """
      <svg class="chart" role="img" aria-label="\(words)" viewBox="0 0 \(Self.width) \(Self.height)">
      \(y.ticks.map { horizontal(y.place($0), ChartAxis.label($0)) })\(ticks.map { vertical(x.place($0), ChartAxis.label($0)) })\
      \(limit.map { limitLine(y.place($0)) } ?? "")\
      \(series.map { band($0, x, y) })\(series.map { knee($0, x) })\(series.map { line($0, x, y) })\
      <text class="tick" x="\((Self.left + Self.right) / 2)" y="\(Self.height - 6)" text-anchor="middle">\(xTitle)</text>
      </svg>

      """
  }

  private func horizontal(_ y: Double, _ words: String) -> Markup {
    GridLine.horizontal(y, from: Self.left, to: Self.right, words)
  }

  private func vertical(_ x: Double, _ words: String) -> Markup {
    GridLine.vertical(x, from: Self.top, to: Self.bottom, words)
  }

  private func limitLine(_ y: Double) -> Markup {
    "<line class=\"limit\" x1=\"\(Self.left)\" x2=\"\(Self.right)\" y1=\"\(y)\" y2=\"\(y)\"/>\n"
  }

  /// Forth along the upper ends, and back along the lower ones; a point without an interval has no width.
  private func band(_ series: Series, _ x: ChartAxis, _ y: ChartAxis) -> Markup {
    guard series.points.count > 1, series.points.contains(where: { $0.interval != nil }) else { return "" }
    func corner(_ point: Point, _ end: (ConfidenceInterval) -> Double) -> Markup {
      "\(x.place(point.x)) \(y.place(point.interval.map(end) ?? point.y))"
    }
    let upper = series.points.map { corner($0, \.high) }
    let lower = series.points.reversed().map { corner($0, \.low) }
    let path = (upper + lower).enumerated().map { place, corner -> Markup in
      "\(Markup(stringLiteral: place == 0 ? "M" : "L"))\(corner)"
    }
    return "<path class=\"\(series.mark.style) band\" d=\"\(path)Z\"/>\n"
  }

  /// A line down to the axis, with the interval along it.
  private func knee(_ series: Series, _ x: ChartAxis) -> Markup {
    guard let knee = series.knee else { return "" }
    let place = x.place(knee.x)
    let reach = knee.interval.map { interval -> Markup in
      let (from, to) = (x.place(interval.low), x.place(interval.high))
      return """
        <rect class="\(series.mark.style) band" x="\(from)" y="\(Self.top)" width="\(to - from)" \
        height="\(Self.bottom - Self.top)"/>
        """
    }
    return """
      <g><title>\(series.name) holds \(Figure.significant(knee.x)) per second</title>\(reach ?? "")\
      <line class="\(series.mark.style) stroke knee" x1="\(place)" x2="\(place)" y1="\(Self.top)" y2="\(Self.bottom)"/>\
      \(series.mark.drawn(x: place, y: Self.bottom))</g>

      """
  }

  private func line(_ series: Series, _ x: ChartAxis, _ y: ChartAxis) -> Markup {
    let path = series.points.enumerated().map { place, point -> Markup in
      "\(Markup(stringLiteral: place == 0 ? "M" : "L"))\(x.place(point.x)) \(y.place(point.y))"
    }
    let marks = series.points.map { point -> Markup in
      let words =
        "\(series.name) at \(xWords(point.x)): \(yWords(point.y))"
        + (point.isLimited ? "; the generator was the limit" : "")
      return """
        <g><title>\(words)</title>\
        \(series.mark.drawn(x: x.place(point.x), y: y.place(point.y), hollow: point.isLimited))\
        \(point.isLimited ? ring(x.place(point.x), y.place(point.y)) : "")</g>
        """
    }
    return "<g><path class=\"\(series.mark.style) stroke\" d=\"\(path)\"/>\(marks)</g>\n"
  }

  /// What a hollow mark cannot tell of the reference, whose mark has no inside.
  private func ring(_ x: Double, _ y: Double) -> Markup {
    "<circle class=\"limit\" cx=\"\(x)\" cy=\"\(y)\" r=\"8\" fill=\"none\"/>"
  }
}
