/// What the charts of a scenario share: 360 wide, two axes with their figures, lines with marks.
enum Plot {
  static let width = 360.0
  static let height = 210.0
  static let left = 48.0
  static let right = 350.0
  static let top = 10.0
  static let bottom = 178.0

  /// The middle of a step of so many, counted from 0, between the axes.
  static func x(_ step: Double, of steps: Int) -> Double {
    left + (right - left) * (step + 0.5) / Double(max(1, steps))
  }

  /// The whole picture; `words` tell it to who cannot see it.
  static func svg(_ words: String, height: Double = Plot.height, _ parts: [Markup]) -> Markup {
    """
    <svg class="chart" role="img" aria-label="\(words)" viewBox="0 0 \(width) \(height)">
    \(parts)</svg>

    """
  }

  /// The lines of a grid with their figures on the left.
  static func levels(_ axis: ChartAxis, _ words: (Double) -> String) -> Markup {
    let lines = axis.ticks.map { tick -> Markup in
      let y = axis.place(tick)
      return """
        <line class="grid" x1="\(left)" x2="\(right)" y1="\(y)" y2="\(y)"/>\
        <text class="tick" x="\(left - 5)" y="\(y + 4)" text-anchor="end">\(words(tick))</text>

        """
    }
    return "\(lines)"
  }

  /// A figure below the plot.
  static func label(_ words: String, x: Double) -> Markup {
    "<text class=\"tick\" x=\"\(x)\" y=\"\(bottom + 15)\" text-anchor=\"middle\">\(words)</text>\n"
  }

  /// The numbers of the rounds, at most twelve of them.
  static func rounds(_ count: Int) -> [Markup] {
    stride(from: 1, through: count, by: (count + 11) / 12).map { label(String($0), x: x(Double($0 - 1), of: count)) }
  }

  /// What the horizontal axis holds.
  static func title(_ words: String) -> Markup {
    "<text class=\"tick\" x=\"\((left + right) / 2)\" y=\"\(height - 2)\" text-anchor=\"middle\">\(words)</text>\n"
  }

  /// Lines through points, with a gap between one run of points and the next, and some marks, so that a line is not
  /// told by its colour alone.
  static func line(_ runs: [[(x: Double, y: Double)]], _ mark: ChartMark, name: String, marks most: Int)
    -> Markup
  {
    let points = runs.flatMap(\.self)
    guard !points.isEmpty else { return "" }
    let path = runs.flatMap { run in
      run.enumerated().map { index, point -> Markup in
        "\(Markup(stringLiteral: index == 0 ? "M" : "L"))\(point.x) \(point.y)"
      }
    }
    let marked = stride(from: 0, to: points.count, by: max(1, (points.count + most - 1) / max(1, most)))
    return """
      <g><title>\(name)</title><path class="\(mark.style) stroke" d="\(path)"/>\
      \(most == 0 ? [] : marked.map { mark.drawn(x: points[$0].x, y: points[$0].y) })</g>

      """
  }
}
