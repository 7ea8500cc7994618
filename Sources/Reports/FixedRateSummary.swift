import Histogram
import Results
import Statistics

/// The latency of a cell in the windows at a fixed rate, over all its rounds together.
struct FixedRateSummary: Equatable {
  /// The median of the rounds: each offers half of the throughput that it has just seen.
  var offeredPerSecond: Double
  /// From the instant at which a request was due.
  var latency: LatencySummary
  /// Of what was due, from 0 to 1.
  var servedShare: Double
  /// In so many rounds the generator was the limit.
  var limitedRounds: Int
  var rounds: Int

  /// nil where no round has such a window, or one of them cannot be read.
  init?(_ rounds: [Round]) {
    let figures = rounds.compactMap(\.fixedRate)
    guard let offered = figures.map(\.offeredPerSecond).median else { return nil }
    var merged = Histogram()
    for figure in figures {
      guard let histogram = try? figure.histogram.histogram() else { return nil }
      merged.merge(histogram)
    }
    guard let latency = LatencySummary(merged) else { return nil }
    let (verified, unsent) = figures.reduce((0, 0)) { ($0.0 + $1.verified, $0.1 + $1.unsent) }
    offeredPerSecond = offered
    self.latency = latency
    servedShare = verified + unsent > 0 ? Double(verified) / Double(verified + unsent) : 0
    limitedRounds = figures.count { $0.limitedByGenerator == true }
    self.rounds = figures.count
  }
}

extension CellSummary {
  var fixedRate: FixedRateSummary? { FixedRateSummary(rounds) }
}

extension Table {
  /// nil where no cell has such a window.
  static func fixedRates(_ scenario: ScenarioSummary) -> Table? {
    let known = scenario.cellsInOrder.compactMap { cell in cell.fixedRate.map { (cell, $0) } }
    if known.isEmpty { return nil }
    let isLimited = known.contains { $1.limitedRounds * 2 >= $1.rounds }
    return Table(
      "Latency of \(scenario.entry.name) at a fixed rate",
      "In ms from the instant at which a request was due, in windows of their own: an open loop with Poisson arrivals at half of "
        + "the throughput that the round had just shown. * comes from few responses."
        + (isLimited ? " † the generator was the limit: no figure of the server." : ""),
      [.left("Framework")]
        + (["\(scenario.entry.unit) due per second", "served"] + ["p50", "p90", "p95", "p99", "p99.9", "max"]).map {
          .right($0)
        },
      known.map { cell, figures in
        let latency = figures.latency
        return [
          cell.framework.title + (figures.limitedRounds * 2 >= figures.rounds ? " †" : ""),
          Figure.significant(figures.offeredPerSecond), CurveText.percent(figures.servedShare),
        ]
          + LatencySummary.reported.map {
            Figure.significant(latency[$0]) + (latency.isSupported($0) ? "" : "*")
          } + [Figure.significant(latency.maxMs)]
      })
  }
}
