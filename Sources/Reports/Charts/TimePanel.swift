import Statistics

/// One of two charts above each other that share the time to the right.
struct TimePanel {
  var title: String
  var top: Double
  var bottom: Double

  static func upper(_ title: String) -> TimePanel { TimePanel(title: title, top: 14, bottom: 88) }
  static func lower(_ title: String) -> TimePanel { TimePanel(title: title, top: 104, bottom: 178) }

  /// Around all figures.
  func logarithmic(_ figures: [Double]) -> ChartAxis {
    .logarithmic(figures, from: bottom, to: top, most: 4)
  }

  func drawn(_ axis: ChartAxis, words: (Double) -> String, _ lines: [Markup]) -> Markup {
    """
    \(Plot.levels(axis, words))<text class="tick" x="\(Plot.left)" y="\(top - 3)">\(title)</text>
    \(lines)
    """
  }
}
