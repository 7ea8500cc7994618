import Foundation
import Results
import Statistics

/// What a window is like from its beginning to its end: throughput above and p99 below, by the second of the window.
///
/// A line is the median of the rounds, the band around it reaches from the least of them to the most. So what happens in
/// every window at the same time shows, which ``LatencyOverTime`` with one window after the other hides. Where windows are
/// longer than the chart has room for, a point stands for several seconds: their mean throughput, the largest of their p99.
enum WithinWindow {
  private static let mostPoints = 60

  /// nil where no window is longer than a second, or nothing is known of its seconds.
  static func svg(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup? {
    let seconds = scenario.cells.flatMap(\.rounds).map(\.load.perSecond.count).max() ?? 0
    guard seconds > 1 else { return nil }
    let step = (seconds + mostPoints - 1) / mostPoints
    let above = panel(.upper("\(scenario.entry.unit) per second"), scenario, run, seconds, step, throughput)
    let below = panel(.lower("p99 in ms"), scenario, run, seconds, step, p99)
    if above == nil, below == nil { return nil }
    return Plot.svg(
      words(scenario, seconds, step),
      [above ?? "", below ?? ""] + Plot.rounds(seconds) + [Plot.title("second of the window")])
  }

  /// The least, the median and the most of the rounds in some seconds of the window.
  struct Point: Equatable {
    /// Where these seconds are, counted from 0.
    var second: Double
    var low: Double
    var middle: Double
    var high: Double
  }

  /// Of the seconds in which at least one round has the figure.
  static func points(
    _ rounds: [Round], seconds: Int, step: Int, _ figure: (LoadFigures, Range<Int>) -> Double?
  ) -> [Point] {
    stride(from: 0, to: seconds, by: step).compactMap { start in
      let part = start..<min(start + step, seconds)
      let figures = rounds.compactMap { figure($0.load, part) }.filter { $0 > 0 && $0.isFinite }
      guard let low = figures.min(), let middle = figures.median, let high = figures.max() else { return nil }
      return Point(second: Double(part.lowerBound + part.upperBound - 1) / 2, low: low, middle: middle, high: high)
    }
  }

  /// nil where less than half a second of it lies in the window: a few exchanges more or less would decide it.
  static func throughput(_ load: LoadFigures, _ seconds: Range<Int>) -> Double? {
    let known = load.perSecond[seconds.clamped(to: load.perSecond.indices)]
    let length = min(load.windowS, Double(seconds.upperBound)) - Double(seconds.lowerBound)
    guard length >= 0.5, !known.isEmpty else { return nil }
    return Double(known.reduce(0) { $0 + $1.verified }) / length
  }

  static func p99(_ load: LoadFigures, _ seconds: Range<Int>) -> Double? {
    load.perSecond[seconds.clamped(to: load.perSecond.indices)].compactMap(\.p99Ms).max()
  }

  private static func panel(
    _ panel: TimePanel, _ scenario: ScenarioSummary, _ run: RunSummary, _ seconds: Int, _ step: Int,
    _ figure: (LoadFigures, Range<Int>) -> Double?
  ) -> Markup? {
    let series = scenario.cells.map { ($0, points($0.rounds, seconds: seconds, step: step, figure)) }
    let figures = series.flatMap { $1.flatMap { [$0.low, $0.high] } }
    guard series.contains(where: { $1.count > 1 }) else { return nil }
    let axis = panel.logarithmic(figures)
    let lines = series.map { cell, points -> Markup in
      let mark = ChartMark.of(cell.framework, in: run)
      func x(_ point: Point) -> Double { Plot.x(point.second, of: seconds) }
      let line = Plot.line(
        [points.map { (x: x($0), y: axis.place($0.middle)) }], mark, name: cell.framework.title, marks: 10)
      guard cell.rounds.count > 1, points.count > 1 else { return line }
      let around = points.map { (x($0), $0.high) } + points.reversed().map { (x($0), $0.low) }
      let edge = around.map { "\($0.0) \(axis.place($0.1))L" as Markup }
      return "<path class=\"\(mark.style) band\" d=\"M\(edge)\(x(points[0])) \(axis.place(points[0].high))Z\"/>\(line)"
    }
    return panel.drawn(axis, words: { Figure.plain($0) }, lines)
  }

  private static func words(_ scenario: ScenarioSummary, _ seconds: Int, _ step: Int) -> String {
    let cells = scenario.cells.compactMap { cell -> String? in
      let points = points(cell.rounds, seconds: seconds, step: step, throughput)
      guard let first = points.first, let last = points.last, points.count > 1 else { return nil }
      return "\(cell.framework.title) \(Figure.significant(first.middle)) at first and "
        + "\(Figure.significant(last.middle)) at last"
    }
    return
      "Verified \(scenario.entry.unit) per second, and p99 in milliseconds, by the second of the window; median of "
      + "the rounds: \(cells.joined(separator: "; "))."
  }
}
