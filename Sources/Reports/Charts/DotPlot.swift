import Statistics

/// Ratios on a logarithmic scale: a line for each row, a mark with its interval for each target.
///
/// Horizontal places are percentages, so that the chart is as wide as the page and its text stays as large as that of
/// the page.
struct DotPlot {
  struct Row {
    var label: String
    /// On the right, what the row comes to.
    var note: String
    var isBad = false
    /// One for each target in the key's order; nil where there is no figure.
    var dots: [Dot?]
    /// The ratio that is just tolerated.
    var limit: Double?
  }

  struct Dot {
    var mark: ChartMark
    var ratio: Double
    var interval: ConfidenceInterval?
    var isFilled: Bool
    /// For who points at it.
    var words: String
  }

  var words: String
  var rows: [Row]

  private static let rowStep = 11.0
  private static let top = 26.0

  /// nil where there is no dot.
  func svg() -> Markup? {
    let dots = rows.flatMap(\.dots).compactMap(\.self)
    guard !dots.isEmpty else { return nil }
    let axis = axis(dots)
    return """
      <svg class="chart" role="img" aria-label="\(words)" width="100%" height="\(height)">
      \(grid(axis, height: height))
      \(rows.enumerated().map { draw($1, $0, rowHeight, axis) })</svg>

      """
  }

  private var rowHeight: Double { max(28, Self.rowStep * Double(rows.map(\.dots.count).max() ?? 1) + 8) }
  /// In pixels.
  var height: Double { Self.top + rowHeight * Double(rows.count) + 22 }

  private func axis(_ dots: [Dot]) -> ChartAxis {
    .logarithmic(
      dots.map(\.ratio) + [1] + rows.compactMap(\.limit), dots.compactMap(\.interval), within: 2,
      from: room(rows.map(\.label)), to: 100 - room(rows.map(\.note)), gap: 10)
  }

  /// What the longest of these words takes of a phone's width, in percent.
  private func room(_ words: [String]) -> Double {
    min(40, (Double(words.map(\.count).max() ?? 0) * 7.2 + 12) / 3.6)
  }

  private func grid(_ axis: ChartAxis, height: Double) -> [Markup] {
    axis.ticks.map { tick in
      let x = axis.place(tick)
      return """
        <line class="\(tick == 1 ? "one" : "grid")" x1="\(x)%" x2="\(x)%" y1="\(Self.top - 6)" y2="\(height - 20)"/>
        <text class="tick" x="\(x)%" y="\(Self.top - 12)" text-anchor="middle">\(Figure.plain(tick))×</text>
        <text class="tick foot" x="\(x)%" y="\(height - 5)" text-anchor="middle">\(Figure.plain(tick))×</text>

        """
    }
  }

  private func draw(_ row: Row, _ index: Int, _ rowHeight: Double, _ axis: ChartAxis) -> Markup {
    let start = Self.top + rowHeight * Double(index)
    let middle = start + rowHeight / 2
    let first = middle - Self.rowStep * Double(row.dots.count - 1) / 2
    let marks = row.dots.enumerated().compactMap { place, dot in
      dot.map { draw($0, y: first + Self.rowStep * Double(place), axis) }
    }
    let limit = row.limit.map { limit -> Markup in
      let x = axis.place(limit)
      return "<line class=\"limit\" x1=\"\(x)%\" x2=\"\(x)%\" y1=\"\(start + 2)\" y2=\"\(start + rowHeight - 2)\"/>\n"
    }
    // A group, so that a page can leave a row out and move the others up.
    return """
      <g class="row"><line class="rule" x1="0" x2="100%" y1="\(start)" y2="\(start)"/>
      <text class="label" x="\(axis.from - 1.5)%" y="\(middle + 4)" text-anchor="end">\(row.label)</text>
      \(limit ?? "")\(marks)\
      <text class="\(row.isBad ? "label bad" : "label")" x="\(axis.to + 1.5)%" y="\(middle + 4)">\(row.note)</text></g>

      """
  }

  private func draw(_ dot: Dot, y: Double, _ axis: ChartAxis) -> Markup {
    let reach = dot.interval.map { interval -> Markup in
      """
      <line class="\(dot.mark.style) stroke" x1="\(axis.place(interval.low))%" x2="\(axis.place(interval.high))%" \
      y1="\(y)" y2="\(y)"/>
      """
    }
    return """
      \(reach ?? "")<svg x="\(axis.place(dot.ratio))%" y="\(y)" overflow="visible">\
      \(dot.mark.drawn(x: 0, y: 0, hollow: !dot.isFilled))<title>\(dot.words)</title></svg>

      """
  }
}
