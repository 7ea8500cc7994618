import Results
import Statistics

/// p99 above and p50 below, over the seconds of all windows, one window after the other.
///
/// A point is a second of a window, which may be shorter. Where there are more than the chart has room for, a point
/// stands for several: the largest of their p99, the median of their p50.
enum LatencyOverTime {
  /// Of one target.
  private static let mostPoints = 120

  /// nil where the rounds hold no latencies by second.
  static func svg(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup? {
    let above = panel(.upper("p99"), scenario, run, \.p99Ms) { $0.max() }
    let below = panel(.lower("p50"), scenario, run, \.p50Ms) { $0.median }
    if above == nil, below == nil { return nil }
    let rounds = scenario.plannedRounds
    return Plot.svg(
      scenario.latencyOverTimeInWords,
      [above ?? "", below ?? ""] + Plot.rounds(rounds) + [Plot.title("round")])
  }

  private static func panel(
    _ panel: TimePanel, _ scenario: ScenarioSummary, _ run: RunSummary, _ figure: KeyPath<SecondFigures, Double?>,
    _ together: ([Double]) -> Double?
  ) -> Markup? {
    let rounds = scenario.plannedRounds
    let series = scenario.cells.map { cell in (cell, points(cell, of: rounds, figure, together)) }
    let figures = series.flatMap { $1.flatMap { $0.map(\.ms) } }
    guard !figures.isEmpty else { return nil }
    let y = panel.logarithmic(figures)
    let lines = series.map { cell, runs in
      Plot.line(
        runs.map { $0.map { (x: $0.x, y: y.place($0.ms)) } }, .of(cell.framework, in: run),
        name: cell.framework.title, marks: 20)
    }
    return panel.drawn(y, words: { Figure.plain($0) }, lines)
  }

  /// One line through all rounds where each is a single point; else a line for each round.
  private static func points(
    _ cell: CellSummary, of rounds: Int, _ figure: KeyPath<SecondFigures, Double?>,
    _ together: ([Double]) -> Double?
  ) -> [[(x: Double, ms: Double)]] {
    let perRound = max(1, mostPoints / max(1, rounds))
    let lines = cell.rounds.map { round -> [(x: Double, ms: Double)] in
      let seconds = round.load.perSecond
      let size = max(1, (seconds.count + perRound - 1) / perRound)
      return stride(from: 0, to: seconds.count, by: size).compactMap { start in
        let part = seconds[start..<min(start + size, seconds.count)]
        guard let ms = together(part.compactMap { $0[keyPath: figure] }), ms > 0, ms.isFinite else { return nil }
        let middle = (Double(start) + Double(part.count) / 2) / Double(seconds.count)
        return (Plot.x(Double(round.round - 1) + middle - 0.5, of: rounds), ms)
      }
    }
    return lines.allSatisfy { $0.count <= 1 } ? [lines.flatMap(\.self)] : lines
  }
}
