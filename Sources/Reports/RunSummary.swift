import Foundation
import Gate
import Results
import Statistics

/// Everything a report says about a run, computed from its raw results and from nothing else.
///
/// A writer turns this value into text; a later gate can judge it. It holds no time but those of the
/// raw results, so that the same attachments always give the same report.
public struct RunSummary: Equatable, Sendable {
  public var manifest: Manifest
  /// In the manifest's order.
  public var scenarios: [ScenarioSummary]
  var standings: [Standing]
  /// What each framework adds to an exchange of each scenario, where it is known.
  var costs: [FrameworkCost]
  public var warnings: [RunWarning]
  /// What the gate ruled; empty where it was off.
  public var verdicts: [ScenarioVerdicts]
  /// What an exchange costs, by cell; empty where nothing was counted.
  public var counts: [CellCounts]
  /// What the gate by counts ruled; empty where nothing was counted.
  public var countVerdicts: [CountVerdicts]
  /// How servers behaved as load grew, lasted or failed; empty where nothing of that was asked.
  public var behaviour: BehaviourRecords
  public var missing: [MissingCell]
  public var problems: [RawResultsProblem]
  /// Files among the attachments that are no raw results.
  public var ignoredFiles: [String]
  /// The names of files in the run's folder `flamegraphs`.
  public var profiles: [String]

  /// - Parameters:
  ///   - retests: what the gate measured again.
  ///   - lost: the cells that have no result. What was measured of them counts for nothing.
  ///   - parities: what the parity tests of the same run found.
  ///   - ends: by scenario; without, all planned rounds are expected.
  public init(
    manifest: Manifest, rounds: [Round], retests: [Round] = [], lost: [LostCell] = [],
    verdicts: [ScenarioVerdicts] = [], parities: [ScenarioParity] = [], ends: [String: ScenarioEnd] = [:],
    counts: [CellCounts] = [], countVerdicts: [CountVerdicts] = [],
    behaviour: BehaviourRecords = BehaviourRecords(), problems: [RawResultsProblem] = [],
    ignoredFiles: [String] = [], profiles: [String] = []
  ) {
    self.manifest = manifest
    self.verdicts = verdicts
    self.counts = counts
    self.countVerdicts = countVerdicts
    self.behaviour = behaviour
    scenarios = manifest.scenarios.map { entry in
      ScenarioSummary(
        entry: entry, manifest: manifest, rounds: rounds, retests: retests,
        parity: parities.first { $0.scenario == entry.name }, lost: lost, end: ends[entry.name],
        counts: counts.filter { $0.scenario == entry.name })
    }
    let cells = scenarios.flatMap(\.cells)
    standings = manifest.isTimed && manifest.comparison == nil ? Standing.all(manifest, scenarios) : []
    costs = FrameworkCost.all(scenarios)
    warnings = RunWarning.all(manifest, scenarios, verdicts.flatMap(\.results))
    missing = cells.filter { !$0.missingRounds.isEmpty }.map(MissingCell.init)
    self.problems =
      problems
      + cells.flatMap { cell in
        cell.histogramFaults.map { .unreadable(file: "\(cell.scenario) on \(cell.framework.name)", reason: $0) }
      }
    self.ignoredFiles = ignoredFiles
    self.profiles = profiles
  }

  /// nil where there is no manifest: then nobody knows what was expected.
  public init?(_ collected: RawResults, profiles: [String] = []) {
    guard let manifest = collected.manifest else { return nil }
    self.init(
      manifest: manifest, rounds: collected.rounds, retests: collected.retests, lost: collected.lost,
      verdicts: collected.verdicts, parities: collected.parities, ends: collected.ends,
      counts: collected.counts, countVerdicts: collected.countVerdicts, behaviour: collected.behaviour,
      problems: collected.problems, ignoredFiles: collected.ignored, profiles: profiles)
  }

  public var cells: [CellSummary] { scenarios.flatMap(\.cells) }
  public var reference: Manifest.FrameworkEntry? { manifest.frameworks.first(where: \.isReference) }
  public var competitors: [Manifest.FrameworkEntry] { manifest.frameworks.filter { !$0.isReference } }
  /// Those that a title names: the reference only where it is alone.
  var inTitle: [Manifest.FrameworkEntry] { competitors.isEmpty ? manifest.frameworks : competitors }

  /// Cells in which something went wrong while it was measured.
  public var failedCells: [CellSummary] { cells.filter { !$0.verdict.isSound && $0.verdict != .missing } }

  /// How much the speed of the machine scattered, over all windows that were probed: the standard deviation of its
  /// logarithm. nil of fewer than two.
  var speedScatter: (deviation: Double, windows: Int)? {
    let speeds = cells.flatMap(\.rounds).compactMap { $0.resources.speedProbeNs.map { -log($0) } }
    return speeds.standardDeviation.map { ($0, speeds.count) }
  }

  /// The comparison results of all thresholds.
  public var results: [ThresholdResult] { verdicts.flatMap(\.results) }
  public var regressions: [ThresholdResult] { results.filter { $0.verdict == .fail } }
  /// What is inconclusive in a run that allows nothing to be.
  public var forbidden: [ThresholdResult] {
    manifest.strict == true ? results.filter { $0.verdict == .undecided } : []
  }
  /// What was compared with, each once, in a sentence.
  var baselines: [String] { verdicts.map(\.baseline).eachOnce }

  /// The comparison results of all thresholds of counts.
  public var countResults: [CountResult] { countVerdicts.flatMap(\.results) }
  public var countRegressions: [CountResult] { countResults.filter { $0.verdict == .fail } }
  public var forbiddenCounts: [CountResult] {
    manifest.strict == true ? countResults.filter { $0.verdict == .undecided } : []
  }

  /// The worst that the gate ruled on a cell; nil where it ruled nothing.
  func gateVerdict(_ cell: CellSummary) -> ThresholdResult.Outcome? {
    let own = results.filter { $0.scenario == cell.scenario && $0.framework == cell.framework.name }.map(\.verdict)
    return [.fail, .undecided, .pass].first(where: own.contains)
  }

  /// The worst that the gate by counts ruled on a cell; nil where it ruled nothing.
  func countVerdict(_ cell: CellSummary) -> ThresholdResult.Outcome? {
    let own = countResults.filter { $0.scenario == cell.scenario && $0.framework == cell.framework.name }.map(\.verdict)
    return [.fail, .undecided, .pass].first(where: own.contains)
  }

  public func title(_ framework: String) -> String {
    manifest.frameworks.first { $0.name == framework }?.title ?? framework
  }

  public enum State: String, Sendable {
    case complete
    /// Cells with errors, failed checks or nothing verified, a regression, or what `STRICT=1` forbids.
    case failed
    /// Cells missing, or raw results that cannot be read. Comes before `failed`: what is missing may be worse.
    case incomplete
  }

  /// What ended the run before all was measured; nil where nothing did.
  var end: RunEnd? {
    problems.lazy.compactMap { if case .ended(let end) = $0 { end } else { nil } }.first
  }

  /// Whether everything was measured and nothing went wrong meanwhile, whatever the gate makes of it.
  public var isWholeAndSound: Bool { missing.isEmpty && problems.isEmpty && failedCells.isEmpty }

  public var state: State {
    if !missing.isEmpty || !problems.isEmpty || !BehaviourSections.missing(self).isEmpty { return .incomplete }
    let faults =
      BehaviourSections.findings(self).count + regressions.count + forbidden.count + countRegressions.count
      + forbiddenCounts.count
    return failedCells.isEmpty && faults == 0 ? .complete : .failed
  }
}

/// A cell that lacks rounds.
public struct MissingCell: Equatable, Sendable, CustomStringConvertible {
  public var scenario: String
  public var framework: String
  public var rounds: [Int]
  public var plannedRounds: Int
  /// Why, in words; nil where that is not known.
  public var reason: String?

  init(_ cell: CellSummary) {
    (scenario, framework) = (cell.scenario, cell.framework.name)
    (rounds, plannedRounds, reason) = (cell.missingRounds, cell.plannedRounds, cell.loss?.text)
  }

  /// `db-read on sanic (rounds 4, 5 of 5)`, and why where that is known
  public var description: String {
    let which =
      rounds.count == plannedRounds
      ? (plannedRounds == 1 ? "the only round" : "all \(plannedRounds) rounds")
      : "round\(rounds.count == 1 ? "" : "s") \(rounds.map(String.init).joined(separator: ", ")) of \(plannedRounds)"
    return "\(scenario) on \(framework) (\(which))\(reason.map { ": \($0)" } ?? "")"
  }
}
