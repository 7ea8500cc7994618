import Foundation
import Results
import Statistics

/// What a framework adds to an exchange: its CPU time over that of the reference, which does the same work without one.
///
/// The ratio is of CPU time per verified exchange, paired within rounds as throughput is. What is added is the time of
/// the reference multiplied by how much the ratio is above one; its interval takes the reference's time as given.
struct FrameworkCost: Equatable, Sendable {
  var scenario: String
  var framework: Manifest.FrameworkEntry
  /// Of the reference: the geometric mean of the rounds, in microseconds of CPU time.
  var referenceMicroseconds: Double
  var ratio: LogMean

  /// Microseconds of CPU time; negative where the framework needs less than the reference.
  var addedMicroseconds: Double { referenceMicroseconds * (exp(ratio.mean) - 1) }

  var addedInterval: ConfidenceInterval {
    let interval = ratio.interval()
    return ConfidenceInterval(
      low: referenceMicroseconds * (interval.low - 1), high: referenceMicroseconds * (interval.high - 1),
      confidence: interval.confidence)
  }

  /// nil where one of the two is not sound, or their rounds hold no CPU time.
  init?(_ cell: CellSummary, beside reference: CellSummary) {
    guard !cell.framework.isReference, cell.verdict.isSound, reference.verdict.isSound,
      let ratio = (cell.rounds + reference.rounds).ratios(
        of: cell.framework.name, to: reference.framework.name, .cpuPerRequest, policy: .standard
      ).mean(),
      let own = reference.rounds.compactMap({ $0.value(.cpuPerRequest, policy: .standard) }).geometricMean
    else { return nil }
    (scenario, framework, self.ratio) = (cell.scenario, cell.framework, ratio)
    referenceMicroseconds = own * 1e6
  }

  /// In the manifest's order.
  static func all(_ scenarios: [ScenarioSummary]) -> [FrameworkCost] {
    scenarios.flatMap { scenario -> [FrameworkCost] in
      guard let reference = scenario.cells.first(where: \.framework.isReference) else { return [] }
      return scenario.cells.compactMap { FrameworkCost($0, beside: reference) }
    }
  }
}

extension RunSummary {
  func cost(_ scenario: ScenarioSummary, _ framework: Manifest.FrameworkEntry) -> FrameworkCost? {
    costs.first { $0.scenario == scenario.entry.name && $0.framework.name == framework.name }
  }
}
