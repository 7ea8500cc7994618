import Statistics

/// A mark for each cell: instructions to the right, CPU time upwards, both logarithmic. Cells of equal time for an
/// instruction lie on a line, and the usual one is drawn.
struct ScatterPlot {
  var relation: InstructionsAndTime
  var mark: (InstructionsAndTime.Point) -> ChartMark

  private static let (width, height) = (720.0, 380.0)
  private static let (left, right, top, bottom) = (64.0, 706.0, 12.0, 330.0)

  func svg() -> Markup {
    let x = ChartAxis.logarithmic(relation.points.map(\.instructions), from: Self.left, to: Self.right, gap: 50)
    let y = ChartAxis.logarithmic(relation.points.map(\.microseconds), from: Self.bottom, to: Self.top, gap: 24)
    return """
      <svg class="chart" role="img" aria-label="\(words)" viewBox="0 0 \(Self.width) \(Self.height)">
      \(x.ticks.map { vertical(x.place($0), CountText.short($0)) })\
      \(y.ticks.map { horizontal(y.place($0), Figure.microseconds($0)) })\
      \(usual(x, y))\(relation.points.map { draw($0, x, y) })\
      <text class="tick" x="\((Self.left + Self.right) / 2)" y="\(Self.height - 6)" text-anchor="middle">\
      instructions of an exchange</text>
      <text class="tick" x="\(Self.left)" y="\(Self.top - 4)">CPU time of an exchange</text>
      </svg>

      """
  }

  private var words: String {
    let rank = relation.rankCorrelation.map { ", rank correlation \(Figure.significant($0, digits: 2))" } ?? ""
    return "CPU time beside instructions of an exchange, both logarithmic, \(relation.points.count) cells\(rank). "
      + "The tables below hold the same figures."
  }

  private func vertical(_ x: Double, _ words: String) -> Markup {
    GridLine.vertical(x, from: Self.top, to: Self.bottom, words)
  }

  private func horizontal(_ y: Double, _ words: String) -> Markup {
    GridLine.horizontal(y, from: Self.left, to: Self.right, words)
  }

  /// Where all cells would lie if every instruction took as long as in the median cell, as far as that is on the chart.
  private func usual(_ x: ChartAxis, _ y: ChartAxis) -> Markup {
    let pace = relation.usualPace / 1e6
    let from = max(x.values.lowerBound, y.values.lowerBound / pace)
    let to = min(x.values.upperBound, y.values.upperBound / pace)
    guard from < to else { return "" }
    return """
      <line class="one" x1="\(x.place(from))" y1="\(y.place(from * pace))" x2="\(x.place(to))" y2="\(y.place(to * pace))"/>

      """
  }

  private func draw(_ point: InstructionsAndTime.Point, _ x: ChartAxis, _ y: ChartAxis) -> Markup {
    let words =
      "\(point.scenario) on \(point.framework.title): \(CountText.figure(point.instructions)) instructions, "
      + Figure.microseconds(point.microseconds)
    return """
      <g>\(mark(point).drawn(x: x.place(point.instructions), y: y.place(point.microseconds)))<title>\(words)</title></g>

      """
  }
}
