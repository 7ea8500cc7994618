import Foundation
import Gate
import Results
import Statistics

/// Several runs beside each other: the ratios to the reference by run, and what changed from the first to the last.
///
/// Requests per second of two runs say little, because the machine may have been faster in one of them; the ratio to
/// the reference, measured in the same rounds, can be compared. A change allows for the shift from run to run as the
/// gate does, and all changes together are corrected by Holm's method at 5 %.
public struct RunTrend: Equatable, Sendable {
  struct Run: Equatable, Sendable {
    /// `A`, `B`, …: what tables and charts call it.
    var label: String
    /// The name of its folder.
    var name: String
    var summary: RunSummary
  }

  /// One framework in one scenario.
  struct Series: Equatable, Sendable {
    var scenario: String
    var framework: Manifest.FrameworkEntry
    /// By run; absent where the run has no sound figures of it.
    var ratios: [PairedRatio?]
    /// From the first run to the last.
    var change: Change?
  }

  struct Change: Equatable, Sendable {
    var estimate: LogEstimate
    var decision: HolmDecision
    /// Speaks against the change, however clear it looks, such as a load generator that was the limit.
    var reason: Reason?

    /// At the confidence that the correction asked for: it excludes 1 exactly where the change is beyond chance.
    var interval: ConfidenceInterval { estimate.interval(confidence: decision.confidence) }
    var isShown: Bool { decision.isSignificant && reason == nil }
    var isFaster: Bool { estimate.mean > 0 }
  }

  /// What was the matter with whom in which of the runs.
  struct Reason: Equatable, Sendable {
    var framework: String
    var run: String
    var what: Fault

    /// `Bare in A: limited by the generator in 17 of 18 rounds`
    var text: String { "\(framework) in \(run): \(what.text)" }
  }

  /// The earliest first.
  var runs: [Run]
  /// Frameworks of any of the runs, without the reference, as the last run that has them describes them.
  var frameworks: [Manifest.FrameworkEntry]
  /// Scenarios of any of the runs.
  var scenarios: [String]
  var series: [Series]
  /// What is not the same in all runs: a name, and a value for each run.
  var differences: [RunDifference]
  var cautions: [TrendCaution]

  static let mostRuns = 26

  public init(_ given: [(name: String, summary: RunSummary)]) throws(TrendError) {
    guard given.count > 1 else { throw .tooFewRuns }
    guard given.count <= Self.mostRuns else { throw .tooManyRuns(given.count) }
    let names = given.map(\.name)
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) { throw .sameRun(twice) }
    for (name, summary) in given {
      if let comparison = summary.manifest.comparison { throw .comparison(name, comparison) }
      if let plan = summary.manifest.behaviour { throw .behaviour(name, command: plan.command) }
      if summary.reference == nil { throw .noReference(name) }
    }
    let ordered = given.sorted { ($0.summary.manifest.started, $0.name) < ($1.summary.manifest.started, $1.name) }
    let runs = ordered.enumerated().map { index, run in
      Run(label: String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index))), name: run.name, summary: run.summary)
    }
    self.runs = runs
    // Newest first, so that the last description counts; then in the order of the manifests.
    let known = runs.reversed().flatMap(\.summary.competitors)
    frameworks = known.map(\.name).eachOnce.compactMap { name in known.first { $0.name == name } }
    scenarios = runs.reversed().flatMap { $0.summary.scenarios.map(\.entry.name) }.eachOnce
    series = Self.series(runs, scenarios, frameworks)
    differences = RunDifference.all(runs)
    cautions = TrendCaution.all(runs)
  }

  private static func series(
    _ runs: [Run], _ scenarios: [String], _ frameworks: [Manifest.FrameworkEntry]
  ) -> [Series] {
    var series: [Series] = []
    var estimates: [LogEstimate?] = []
    for scenario in scenarios {
      for framework in frameworks {
        let ratios = runs.map { $0.summary.scenario(scenario)?.cell(framework.name)?.ratioToReference }
        guard ratios.contains(where: { $0 != nil }) else { continue }
        series.append(Series(scenario: scenario, framework: framework, ratios: ratios, change: nil))
        let means = [runs.first, runs.last].map { $0?.summary.logMean(scenario, framework.name) }
        if case (let before?, let after?) = (means[0] ?? nil, means[1] ?? nil) {
          estimates.append(after.difference(from: before, runToRun: GatePolicy.standard.runToRun))
        } else {
          estimates.append(nil)
        }
      }
    }
    var decisions = holmDecisions(estimates.compactMap { $0?.pValue })[...]
    for index in series.indices {
      guard let estimate = estimates[index], let decision = decisions.popFirst() else { continue }
      let (scenario, framework) = (series[index].scenario, series[index].framework.name)
      let reason = [runs.first, runs.last].compactMap { $0?.reason(scenario, framework) }.first
      series[index].change = Change(estimate: estimate, decision: decision, reason: reason)
    }
    return series
  }

  func series(_ scenario: String) -> [Series] { series.filter { $0.scenario == scenario } }

  private var compared: [(series: Series, change: Change)] {
    series.compactMap { series in series.change.map { (series, $0) } }
  }

  /// Changes beyond chance that something speaks against.
  var inconclusive: [(series: Series, change: Change)] {
    compared.filter { $0.change.decision.isSignificant && $0.change.reason != nil }
  }

  /// Shown changes, the largest first.
  var changes: [(series: Series, change: Change)] {
    compared.filter(\.change.isShown).sorted { abs($0.change.estimate.mean) > abs($1.change.estimate.mean) }
  }

  /// The geometric mean over the scenarios in which every framework has a ratio in every run; by run.
  func standing(_ framework: Manifest.FrameworkEntry) -> [Double?] {
    let common = commonScenarios
    return runs.indices.map { run in
      series.filter { common.contains($0.scenario) && $0.framework.name == framework.name }
        .compactMap { $0.ratios[run]?.ratio }.geometricMean
    }
  }

  var commonScenarios: [String] {
    scenarios.filter { scenario in
      let own = series(scenario)
      return own.count == frameworks.count && own.allSatisfy { $0.ratios.allSatisfy { $0 != nil } }
    }
  }
}

public enum TrendError: Error, Equatable, CustomStringConvertible {
  case tooFewRuns
  case tooManyRuns(Int)
  case sameRun(String)
  case comparison(String, String)
  case behaviour(String, command: String)
  case noReference(String)

  public var description: String {
    switch self {
    case .tooFewRuns: "one run cannot be compared with itself; name two or more"
    case .tooManyRuns(let count): "\(count) runs are more than a chart can show; name at most \(RunTrend.mostRuns)"
    case .sameRun(let name): "\(name) is named twice; name runs that differ"
    case .comparison(let name, let versions):
      "\(name) compares two versions (\(versions)) and has no frameworks to follow; name runs of make bench"
    case .behaviour(let name, let command):
      "\(name) is a run of make \(command) and has no cells to follow; name runs of make bench"
    case .noReference(let name):
      "\(name) was made without the reference; runs are compared by it, so name runs that have it"
    }
  }
}

extension RunTrend.Run {
  /// nil where nothing speaks against the figures.
  fileprivate func reason(_ scenario: String, _ framework: String) -> RunTrend.Reason? {
    summary.scenario(scenario)?.fault(against: .throughput, of: framework, in: summary.manifest).map {
      RunTrend.Reason(framework: $0.cell.framework.title, run: label, what: $0.fault)
    }
  }
}

extension RunSummary {
  func scenario(_ name: String) -> ScenarioSummary? { scenarios.first { $0.entry.name == name } }

  /// Of the ratio to the reference over the rounds, as the gate sees it; nil where there are no sound figures.
  fileprivate func logMean(_ scenario: String, _ framework: String) -> LogMean? {
    guard let reference, let summary = self.scenario(scenario), summary.cell(framework)?.ratioToReference != nil
    else { return nil }
    return summary.cells.flatMap(\.rounds).ratios(of: framework, to: reference.name, .throughput, policy: .standard)
      .mean(autocorrelation: GatePolicy.standard.autocorrelation)
  }
}
