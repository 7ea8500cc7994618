import Gate
import Results
import Statistics

/// What makes figures doubtful, said once, with the places it applies to.
public struct RunWarning: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case noReference, referenceUnsound
    /// No parity test of the same run says that the answers are right.
    case noParity
    /// What rounds say of themselves: the first of so many sentences that differ in their figures.
    case recorded(String, of: Int)
    /// The most that was used or withheld, as a share of a core or, in the others, of the machine.
    case idleTarget(Double)
    case otherWork(Double)
    case hypervisor(Double)
    case quota(Double)
    /// The most often that processors were slowed down in a window.
    case heat(Int)
    case fewConnections(planned: Int)
    case unsteadyWarmUp
    case unevenWorkers
    case fewResponses(percentile: Int)
    case inconclusive(Int, of: Int)
  }

  public var kind: Kind
  /// Empty where it is about the whole run.
  public var places: [Place]

  public struct Place: Equatable, Sendable {
    public var scenario: String
    public var framework: String
    /// Empty where all rounds together are meant.
    public var rounds: [Int] = []
  }

  init(_ kind: Kind, _ places: [Place] = []) { (self.kind, self.places) = (kind, places) }

  public var text: String {
    func percent(_ share: Double) -> String { "\(Figure.significant(share * 100, digits: 2)) %" }
    func limit(_ share: Double) -> String { "\(Figure.plain(share * 100)) %" }
    return switch kind {
    case .noReference: "The reference was not part of this run, so there are no ratios to it."
    case .referenceUnsound: "The reference has no valid results here, so there are no ratios to it."
    case .noParity: "No parity test ran beside these measurements: whether all answers are alike was not checked."
    case .recorded(let first, 1): first
    case .recorded(let first, let count): "\(first) (the first of \(count) that differ only in figures)"
    case .idleTarget(let share):
      "A target that was not under load used more than \(limit(GatePolicy.standard.idleCPU)) of a core "
        + "(up to \(percent(share)))."
    case .otherWork(let share):
      "Other work used more than \(limit(GatePolicy.standard.otherCPU)) of the machine (up to \(percent(share)))."
    case .hypervisor(let share):
      "The hypervisor gave more than \(limit(GatePolicy.standard.stealCPU)) of the machine to others "
        + "(up to \(percent(share)))."
    case .quota(let share):
      "The CPU quota of the suite's control group withheld more than \(limit(GatePolicy.standard.quota)) of the machine "
        + "(up to \(percent(share)))."
    case .heat(let times):
      "Processors were slowed down for heat (up to \(Figure.counted(times, "time")) in a window)."
    case .fewConnections(let planned): "Fewer than the planned \(planned) connections were used."
    case .unsteadyWarmUp:
      "The throughput was not steady at the end of the warm-up: the first rounds may still be warming up."
    case .unevenWorkers:
      "One process used more than \(limit(GatePolicy.standard.busiestWorker)) of the target's CPU time in most rounds: "
        + "its workers did not share the connections."
    case .fewResponses(let percentile):
      "p\(percentile) comes from fewer than \(Figure.count(1_000 / (100 - percentile))) responses, so single ones decide "
        + "it (marked in the tables)."
    case .inconclusive(let open, let all):
      "\(Figure.count(open)) of \(Figure.count(all)) thresholds \(open == 1 ? "is" : "are") inconclusive: "
        + "whether what is tolerated was exceeded is open there."
    }
  }

  /// As it reads in a list: what rounds say of themselves is no sentence yet.
  var sentence: String {
    if case .recorded = kind { text.capitalizedFirst + (text.last == "." ? "" : ".") } else { text }
  }

  /// `json: sanic (rounds 1, 3), fastapi (all rounds)`; nil where it is about the whole run.
  public func placesInWords(plannedRounds: Int) -> String? {
    let scenarios = places.map(\.scenario).eachOnce.compactMap { scenario in
      placesInWords(in: scenario, plannedRounds: plannedRounds).map { "\(scenario): \($0)" }
    }
    return scenarios.isEmpty ? nil : scenarios.joined(separator: "; ")
  }

  /// `sanic (rounds 1, 3), fastapi (all rounds)`; nil where it is not about the scenario.
  func placesInWords(in scenario: String, plannedRounds: Int) -> String? {
    let own = places.filter { $0.scenario == scenario }
    return own.isEmpty ? nil : own.map { $0.inWords(plannedRounds: plannedRounds) }.joined(separator: ", ")
  }
}

extension RunWarning.Place {
  fileprivate func inWords(plannedRounds: Int) -> String {
    if rounds.isEmpty { return framework }
    if rounds.count == plannedRounds, plannedRounds > 1 { return "\(framework) (all rounds)" }
    var ranges: [ClosedRange<Int>] = []
    for round in rounds.sorted() {
      if let last = ranges.last, last.upperBound + 1 == round {
        ranges[ranges.count - 1] = last.lowerBound...round
      } else {
        ranges.append(round...round)
      }
    }
    let words = ranges.map { range in
      range.count < 3 ? range.map(String.init).joined(separator: ", ") : "\(range.lowerBound)–\(range.upperBound)"
    }
    return "\(framework) (round\(rounds.count == 1 ? "" : "s") \(words.joined(separator: ", ")))"
  }
}

extension RunWarning {
  /// The warnings that the rounds carry and those that their figures call for, each once.
  static func all(_ manifest: Manifest, _ scenarios: [ScenarioSummary], _ results: [ThresholdResult]) -> [RunWarning] {
    let cells = scenarios.flatMap(\.cells)
    return reference(manifest, scenarios) + parity(manifest, cells) + recorded(cells) + disturbed(manifest, cells)
      + [
        about(.fewConnections(planned: manifest.connections), rounds: cells) {
          $0.load.connections < manifest.connections
        },
        about(.unsteadyWarmUp, cells) { $0.rounds.contains { $0.warmUp?.isSteady == false } },
        about(.unevenWorkers, cells, if: isUneven),
      ].compactMap(\.self)
      + [99, 95].compactMap { percent in
        about(.fewResponses(percentile: percent), cells) { $0.latency?.isSupported(Double(percent)) == false }
      } + inconclusive(results)
  }

  /// Versions that are compared may answer differently.
  private static func parity(_ manifest: Manifest, _ cells: [CellSummary]) -> [RunWarning] {
    let measured = cells.filter { !$0.rounds.isEmpty }
    guard manifest.comparison == nil, let warning = about(.noParity, measured, if: { $0.isAlike == nil }) else {
      return []
    }
    return [warning.places.count == measured.count ? RunWarning(.noParity) : warning]
  }

  /// nil where it is about no cell.
  private static func about(_ kind: Kind, _ cells: [CellSummary], if isSo: (CellSummary) -> Bool) -> RunWarning? {
    let places = cells.filter(isSo).map { Place(scenario: $0.scenario, framework: $0.framework.name) }
    return places.isEmpty ? nil : RunWarning(kind, places)
  }

  private static func about(_ kind: Kind, rounds cells: [CellSummary], if isSo: (Round) -> Bool) -> RunWarning? {
    var warning = about(kind, cells) { $0.rounds.contains(where: isSo) }
    let rounds = cells.map { $0.rounds.filter(isSo).map(\.round) }.filter { !$0.isEmpty }
    for (place, rounds) in rounds.enumerated() { warning?.places[place].rounds = rounds }
    return warning
  }

  private static func reference(_ manifest: Manifest, _ scenarios: [ScenarioSummary]) -> [RunWarning] {
    // What a run sees of behaviour is told in its own terms.
    if manifest.behaviour != nil { return [] }
    guard let reference = manifest.frameworks.first(where: \.isReference) else { return [RunWarning(.noReference)] }
    // Of how servers behave there are no cells with rounds.
    if manifest.behaviour != nil { return [] }
    return [about(.referenceUnsound, scenarios.compactMap { $0.cell(reference.name) }) { !$0.verdict.isSound }]
      .compactMap(\.self)
  }

  /// Sentences that differ only in their numbers are one warning; those about different generators are not.
  private static func recorded(_ cells: [CellSummary]) -> [RunWarning] {
    let warnings = cells.flatMap { $0.rounds.flatMap(\.warnings) }.eachOnce
    return warnings.map(\.group).eachOnce.compactMap { group in
      let texts = warnings.filter { $0.group == group }.map(\.text).eachOnce
      return about(.recorded(texts[0], of: texts.count), rounds: cells) { $0.warnings.contains { $0.group == group } }
    }
  }

  private static func disturbed(_ manifest: Manifest, _ cells: [CellSummary]) -> [RunWarning] {
    let processors = Double(max(1, manifest.environment.processors))
    func beyond(_ limit: Double, _ kind: (Double) -> Kind, _ figure: (Round) -> Double?) -> RunWarning? {
      let worst = cells.flatMap(\.rounds).compactMap(figure).max() ?? 0
      return about(kind(worst), rounds: cells) { figure($0) ?? 0 > limit }
    }
    func share(_ seconds: Double?, of round: Round) -> Double? { seconds.map { $0 / round.load.windowS / processors } }
    return [
      beyond(GatePolicy.standard.idleCPU, Kind.idleTarget) { round in
        round.resources.idleCpuS.values.max().map { $0 / round.load.windowS }
      },
      beyond(GatePolicy.standard.otherCPU, Kind.otherWork) { share($0.resources.otherCpuS, of: $0) },
      beyond(GatePolicy.standard.stealCPU, Kind.hypervisor) { share($0.resources.stealCpuS, of: $0) },
      beyond(GatePolicy.standard.quota, Kind.quota) { share($0.resources.quotaThrottledS, of: $0) },
      beyond(0, { .heat(Int($0)) }) { $0.resources.heatThrottlings.map(Double.init) },
    ].compactMap(\.self)
  }

  /// Of a target with several workers.
  private static func isUneven(_ cell: CellSummary) -> Bool {
    let affected = cell.rounds.count {
      ($0.resources.server?.processes ?? 0) > GatePolicy.standard.processesOfOneWorker
        && ($0.resources.server?.busiestShare ?? 0) > GatePolicy.standard.busiestWorker
    }
    return affected * 2 > cell.rounds.count
  }

  /// What is inconclusive is no pass.
  private static func inconclusive(_ results: [ThresholdResult]) -> [RunWarning] {
    let open = results.filter { $0.verdict == .undecided }
    if open.isEmpty { return [] }
    let places = open.map { Place(scenario: $0.scenario, framework: $0.framework) }.eachOnce
    return [RunWarning(.inconclusive(open.count, of: results.count), places)]
  }
}
