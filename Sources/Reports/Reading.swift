import Foundation
import Results
import Statistics

/// The sentences that all reports share, so that Markdown, HTML and the terminal never disagree.
enum Reading {
  /// How far the run can be believed, in one sentence.
  static func state(_ run: RunSummary) -> String {
    let cells = run.cells.count
    switch run.state {
    case .complete:
      if run.manifest.behaviour != nil { return behaviourState(run) }
      if !run.manifest.isTimed { return countedState(run) }
      let verified = run.cells.compactMap(\.verified).reduce(0, +)
      return "All \(cells) cells were measured without errors. \(Figure.count(verified)) responses were verified."
    case .failed:
      let regressions = run.regressions.count + run.countRegressions.count
      let forbidden = run.forbidden.count + run.forbiddenCounts.count
      let findings = BehaviourSections.findings(run).count
      let faults = [
        run.failedCells.isEmpty ? nil : "\(Figure.counted(run.failedCells.count, "cell")) of \(cells) failed",
        findings == 0 ? nil : "\(Figure.counted(findings, "thing")) went wrong",
        regressions == 0 ? nil : "the gate found \(Figure.counted(regressions, "regression"))",
        forbidden == 0
          ? nil
          : "\(Figure.counted(forbidden, "threshold")) \(forbidden == 1 ? "is" : "are") inconclusive, "
            + "which STRICT=1 does not allow",
      ]
      return "\(list(faults.compactMap(\.self))). All other results are valid.".capitalizedFirst
    case .incomplete:
      let lacking = run.missing.count
      let problems = run.problems.count - (run.end == nil ? 0 : 1)
      let open = BehaviourSections.missing(run).count
      let faults = [
        run.end.map { "the run was \($0)" },
        lacking == 0 ? nil : "\(Figure.counted(lacking, "cell")) of \(cells) \(lacking == 1 ? "lacks" : "lack") rounds",
        open == 0 ? nil : "\(Figure.counted(open, "part")) \(open == 1 ? "is" : "are") not measured yet",
        problems == 0 ? nil : "\(Figure.counted(problems, "problem")) with the raw results",
        run.failedCells.isEmpty ? nil : "\(Figure.counted(run.failedCells.count, "cell")) failed",
      ]
      return "This report is INCOMPLETE: \(list(faults.compactMap(\.self)))."
    }
  }

  private static func behaviourState(_ run: RunSummary) -> String {
    let rounds =
      run.behaviour.curve.map(\.round.load.verified) + run.behaviour.soak.map(\.round.load.verified)
      + run.behaviour.faults.compactMap { $0.seen?.verified }
    return (rounds.count == 1 ? "The only window is there. " : "All of \(rounds.count) windows are there. ")
      + "\(Figure.count(rounds.reduce(0, +))) responses were verified."
  }

  /// Everything that keeps the run from being complete and valid, a line each.
  static func faults(_ run: RunSummary) -> [String] {
    run.missing.map { "missing: \($0)" } + BehaviourSections.missing(run).map { "missing: \($0)" }
      + run.problems.map(\.description) + BehaviourSections.findings(run) + run.failedCells.map(failure)
      + run.countRegressions.map { "regression: \(line($0))" }
      + run.regressions.map { "regression: \($0.scenario): \($0.text)" }
  }

  /// What the gate found, in one sentence; nil where it was off.
  static func gate(_ run: RunSummary) -> String? {
    guard !run.verdicts.isEmpty else { return nil }
    let counts = ThresholdResult.Outcome.allCases.map { outcome in
      "\(run.results.count { $0.verdict == outcome }) \(outcome.title)"
    }
    return "The gate: \(list(counts)) of \(Figure.counted(run.results.count, "threshold")); \(list(run.baselines))."
  }

  /// `db-write on sanic has no rank: 12 errors (timeout 12). First failure: …`
  static func failure(_ cell: CellSummary) -> String {
    "\(cell.scenario) on \(cell.framework.name) has no rank: \(reason(cell) ?? "no reason")"
  }

  /// Why a cell has no rank, or what is missing in it; nil where all is well.
  static func reason(_ cell: CellSummary) -> String? {
    switch cell.verdict {
    case .ok: return nil
    case .incomplete: return "\(cell.rounds.count) of \(cell.plannedRounds) rounds"
    case .missing:
      return cell.loss.map { "no result: \($0.text)" } ?? (cell.plannedRounds == 0 ? "not counted" : "not measured")
    case .unverified:
      let rounds = named(cell).filter { $0.round.load.verified == 0 }.map(\.name)
      return "no verified response in \(rounds.joined(separator: ", "))"
    case .failedParity:
      let faults = cell.parityFaults.eachOnce
      let more = faults.count > 2 ? "; and \(faults.count - 2) more" : ""
      return "wrong answers in its parity test: " + faults.prefix(2).joined(separator: "; ") + more
    case .cheaperThanWork: return cell.shortfalls.map(\.text).joined(separator: "; ")
    case .failedChecks: return "failed check: " + failedChecks(cell).joined(separator: "; ")
    case .errors where (cell.errorCount ?? 0) == 0:
      return "a wrong answer while it was counted: \(cell.counts?.failure ?? "")"
    case .errors:
      let kinds = cell.errorsByKind.sorted { $0.key < $1.key }.map { "\($0.key) \(Figure.count($0.value))" }
      let words = "\(Figure.counted(cell.errorCount ?? 0, "error")) (\(kinds.joined(separator: ", ")))"
      let checks = failedChecks(cell)
      return words + (cell.failures.first.map { ". First failure: \($0)" } ?? "")
        + (checks.isEmpty ? "" : ". Failed check: " + checks.joined(separator: "; "))
    }
  }

  private static func failedChecks(_ cell: CellSummary) -> [String] {
    named(cell).flatMap { name, round in
      round.checks.filter { !$0.passed }.map { "\($0.name) in \(name): \($0.detail)" }
    }
  }

  private static func named(_ cell: CellSummary) -> [(name: String, round: Round)] {
    cell.rounds.map { ("round \($0.round)", $0) } + cell.retest.map { ("round \($0.round) of the retest", $0) }
  }

  /// Why cells of a scenario have no rank, or what is missing in them, a line each.
  static func reasons(_ scenario: ScenarioSummary) -> [String] {
    scenario.cellsInOrder.compactMap { cell in reason(cell).map { "\(cell.framework.title): \($0)" } }
  }

  /// Who is fastest in a scenario and by how much.
  static func outcome(_ scenario: ScenarioSummary, _ run: RunSummary) -> String {
    let unranked = scenario.cells.filter { !$0.framework.isReference && $0.rank == nil }.map(\.framework.title)
    let rest = unranked.isEmpty ? "" : " No rank: \(list(unranked))."
    return leaders(scenario, run) + rest
  }

  private static func leaders(_ scenario: ScenarioSummary, _ run: RunSummary) -> String {
    switch scenario.outcome {
    case .winner(let name, let margin):
      "\(run.title(name)) is fastest, \(self.margin(margin)) ahead of \(run.title(margin.slower))."
    case .tie(let names):
      "\(list(names.map(run.title))) are tied. The rounds do not show that one of them is faster."
    case .uncontested(let name):
      uncontested(name, scenario, run)
    case .inconclusive(let names):
      "Inconclusive: \(list(names.map(run.title))) have too few rounds in common."
    case .nobody:
      "No framework has valid results."
    }
  }

  /// Of a single framework, what it reaches of the reference.
  private static func uncontested(_ name: String, _ scenario: ScenarioSummary, _ run: RunSummary) -> String {
    let title = run.title(name)
    guard let reference = run.reference, let cell = scenario.cell(name), cell.ratioToReference != nil else {
      return "Only \(title) has valid results, so there is nothing to compare it with."
    }
    let share = "reaches \(TableText.ratio(cell)) the throughput of \(reference.title)."
    return run.competitors.count == 1 ? "\(title) \(share)" : "Only \(title) has valid results. It \(share)"
  }

  /// Every pair of targets in a sentence.
  static func pairs(_ scenario: ScenarioSummary, _ run: RunSummary) -> [String] {
    scenario.comparisons.map { comparison in
      let (faster, slower) = (run.title(comparison.faster), run.title(comparison.slower))
      return comparison.isTie
        ? "\(faster) and \(slower) are tied: the ratio lies between \(Figure.ratio(comparison.interval.low)) and "
          + "\(Figure.ratio(comparison.interval.high))."
        : "\(faster) is faster than \(slower) by \(margin(comparison))."
    }
  }

  /// `12.0 % (interval 8.1 % to 16.0 %)`
  static func margin(_ comparison: Comparison) -> String {
    let interval = comparison.interval
    return "\(Figure.percentAbove(comparison.ratio.ratio)) (interval \(Figure.percentAbove(interval.low)) to "
      + "\(Figure.percentAbove(interval.high)))"
  }

  /// The run in a minute: one sentence for each framework, then what is left.
  static func inOneMinute(_ run: RunSummary) -> [String] {
    var sentences = run.standings.map(\.framework).compactMap { framework -> String? in
      let won = run.scenarios.filter {
        if case .winner(framework.name, _) = $0.outcome { true } else { false }
      }
      let tied = run.scenarios.filter {
        if case .tie(let names) = $0.outcome { names.contains(framework.name) } else { false }
      }
      guard !won.isEmpty || !tied.isEmpty else { return nil }
      var parts: [String] = []
      if !won.isEmpty {
        parts.append(
          "is fastest in \(won.count) of \(Figure.counted(run.scenarios.count, "scenario")): \(namesWithMargins(won))")
      }
      if !tied.isEmpty { parts.append("ties for first place in \(tied.count): \(names(tied))") }
      return "\(framework.title) \(parts.joined(separator: "; it "))."
    }
    let never = run.competitors.filter { framework in
      !run.scenarios.contains { $0.outcome.winners.contains(framework.name) }
    }
    if !never.isEmpty, run.scenarios.contains(where: { !$0.outcome.winners.isEmpty }) {
      sentences.append("\(list(never.map(\.title))) \(never.count == 1 ? "is" : "are") fastest in none.")
    }
    let open = run.scenarios.filter { $0.outcome.winners.isEmpty }
    // One framework alone wins nothing, and is compared with the reference all the same.
    if !open.isEmpty, run.competitors.count > 1 { sentences.append("No winner: \(names(open)).") }
    if let reference = run.reference, let best = run.standings.first, best.estimate != nil {
      sentences.append(
        "Overall, \(best.framework.title) reaches \(TableText.ratio(best.estimate)) the throughput of "
          + "\(reference.title), which has no framework.")
    }
    return sentences
  }

  /// What the standing is and is not.
  static func standing(_ run: RunSummary) -> String {
    let common = Standing.commonScenarios(run.scenarios)
    let of = "\(common.count) of \(run.scenarios.count) scenarios"
    return "The geometric mean of throughput relative to the reference, over the \(of) that have it for every framework"
      + (common.isEmpty ? "" : " (\(names(common)))")
      + ", with its 95 % interval. Every scenario has the same weight. The mean does not predict the speed of your "
      + "application: look at the scenarios that resemble it."
  }

  static let weights =
    "A weight is how many times a scenario counts in the mean: of two with weights of 3 and 1, the first makes three "
    + "quarters of it, and one without weight is left out. A preset weighs what such an application does most."

  /// What a framework adds to a request, where most and where least; nil where nothing is known of it.
  static func cost(_ framework: Manifest.FrameworkEntry, _ run: RunSummary) -> String? {
    let costs = run.costs.filter { $0.framework.name == framework.name }
      .sorted { $0.ratio.mean > $1.ratio.mean }
    guard let most = costs.first, let least = costs.last else { return nil }
    func words(_ cost: FrameworkCost) -> String {
      "\(cost.scenario) (\(Figure.addedMicroseconds(cost.addedMicroseconds)), "
        + "\(Figure.ratio(cost.ratio.estimate.ratio)))"
    }
    let middle = costs.map(\.ratio.estimate.ratio).geometricMean
    return "\(framework.title) needs \(Figure.ratio(middle)) the CPU time of the reference (geometric mean): "
      + "most in \(list(costs.prefix(3).map(words)))"
      + (costs.count > 3 ? "; least in \(words(least))." : ".")
      + (most.ratio.mean <= 0 ? " It never needs more than the reference." : "")
  }

  /// Comparison results with one of these outcomes, a line each.
  static func results(_ run: RunSummary, _ outcomes: Set<ThresholdResult.Outcome>) -> [String] {
    run.results.filter { outcomes.contains($0.verdict) }.map { "\($0.scenario): \($0.text)" }
  }

  static let gateTitle = "Compared with the baseline"

  /// Two versions that are compared are no framework beside a reference.
  static func hasCosts(_ run: RunSummary) -> Bool { !run.costs.isEmpty && run.manifest.comparison == nil }

  static let noGate =
    "Nothing was compared with a baseline: the gate was off, or the profile has too few rounds for it."

  /// What a framework's comparison results say has changed since the baseline was made.
  static func changesSinceBaseline(_ results: [ThresholdResult]) -> String {
    if results.allSatisfy({ $0.baseline == nil }) { return Figure.missing }
    let changes = results.compactMap(\.baseline).map { $0.changes.map(\.text).joined(separator: ", ") }
      .filter { !$0.isEmpty }.eachOnce
    return changes.isEmpty ? "no known change" : changes.joined(separator: "; ")
  }

  /// Errors of a scenario in a sentence.
  static func errors(_ scenario: ScenarioSummary) -> String {
    let exchanges = scenario.cells.compactMap(\.verified).reduce(0, +)
    let errors = scenario.cells.compactMap(\.errorCount).reduce(0, +)
    guard errors > 0 else {
      return "No errors in \(Figure.count(exchanges)) verified \(scenario.entry.unit)."
    }
    return "Errors by kind, and the verified \(scenario.entry.unit)."
  }

  /// A cell in a line: `26,300 per second, 0.76× of the reference (0.70 to 0.82), p50 1.30 ms, p99 9.90 ms, 0 errors`.
  static func figures(_ cell: CellSummary) -> String {
    guard let throughput = cell.throughput else { return "not measured" }
    let parts = [
      "\(Figure.significant(throughput)) per second",
      cell.ratioToReference.map { _ in "\(TableText.ratio(cell)) of the reference" },
      cell.latency.map { "p50 \(Figure.significant($0[50])) ms, p99 \(Figure.significant($0[99])) ms" },
      Figure.counted(cell.errorCount ?? 0, "error"),
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }

  static let whatCostIs =
    "CPU time of a framework’s processes for each verified exchange, compared with the reference in the same rounds. "
    + "The reference does the same work on uvicorn without a framework. The difference is what the framework, its server "
    + "and its libraries add. PostgreSQL and the load generator are not included."

  static func list(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }

  /// `messages` to `message`.
  static func singular(_ unit: String) -> String { unit.hasSuffix("s") ? String(unit.dropLast()) : unit }

  /// `json (32 % ahead of the next), html (8.1 %)`, the clearest first.
  private static func namesWithMargins(_ scenarios: [ScenarioSummary]) -> String {
    let margins = scenarios.compactMap { scenario -> (name: String, ratio: Double)? in
      guard case .winner(_, let margin) = scenario.outcome else { return nil }
      return (scenario.entry.name, margin.ratio.ratio)
    }
    return margins.sorted { $0.ratio > $1.ratio }.enumerated()
      .map { "\($1.name) (\(Figure.percentAbove($1.ratio))\($0 == 0 ? " ahead of the next" : ""))" }
      .joined(separator: ", ")
  }

  private static func names(_ scenarios: [ScenarioSummary]) -> String {
    scenarios.map(\.entry.name).joined(separator: ", ")
  }
}

extension ThresholdResult.Outcome {
  /// As people are told.
  var word: String {
    switch self {
    case .pass: "pass"
    case .fail: "fail"
    case .undecided: "inconclusive"
    }
  }
}

extension String {
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
