/// The sentences that all reports share, so that Markdown, HTML and the terminal never disagree.
enum Reading {
  /// How far the run can be believed, in one sentence.
  static func state(_ run: RunSummary) -> String {
    let cells = run.cells.count
    switch run.state {
    case .complete:
      let verified = run.cells.compactMap(\.verified).reduce(0, +)
      return "All \(cells) cells were measured without an error; \(Figure.count(verified)) responses were verified."
    case .failed:
      let faults = [
        run.failedCells.isEmpty ? nil : "\(counted(run.failedCells.count, "cell")) of \(cells) failed",
        run.regressions.isEmpty ? nil : "the gate found \(counted(run.regressions.count, "regression"))",
      ]
      return "\(list(faults.compactMap(\.self))); what is written of the others stands.".capitalizedFirst
    case .incomplete:
      let lacking = run.missing.count
      let faults = [
        lacking == 0 ? nil : "\(counted(lacking, "cell")) of \(cells) \(lacking == 1 ? "lacks" : "lack") rounds",
        run.problems.isEmpty ? nil : "\(counted(run.problems.count, "problem")) with the evidence",
        run.failedCells.isEmpty ? nil : "\(counted(run.failedCells.count, "cell")) failed",
      ]
      return "This report is INCOMPLETE: \(list(faults.compactMap(\.self)))."
    }
  }

  /// Everything that keeps the run from being complete or sound, a line each.
  static func faults(_ run: RunSummary) -> [String] {
    run.missing.map { "missing: \($0)" } + run.problems.map(\.description) + run.failedCells.map(failure)
      + run.regressions.map { "regression: \($0.scenario): \($0.text)" }
  }

  /// How the gate ruled, in one sentence; nil where it was off.
  static func gate(_ run: RunSummary) -> String? {
    guard !run.verdicts.isEmpty else { return nil }
    let counts = ScenarioRuling.Outcome.allCases.map { outcome in
      "\(run.rulings.count { $0.verdict == outcome }) \(outcome.rawValue)"
    }
    let origins = run.verdicts.map(\.baseline).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return "The gate: \(list(counts)) of \(counted(run.rulings.count, "threshold")); \(list(origins))."
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
    case .missing: return "not measured"
    case .unverified:
      let rounds = cell.rounds.filter { $0.load.verified == 0 }.map { String($0.round) }
      return "no verified response in round\(rounds.count == 1 ? "" : "s") \(rounds.joined(separator: ", "))"
    case .failedChecks:
      let failed = cell.rounds.flatMap { round in
        round.checks.filter { !$0.passed }.map { "\($0.name) in round \(round.round): \($0.detail)" }
      }
      return "failed check: " + failed.joined(separator: "; ")
    case .errors:
      let kinds = cell.errorsByKind.sorted { $0.key < $1.key }.map { "\($0.key) \(Figure.count($0.value))" }
      let words = "\(counted(cell.errorCount ?? 0, "error")) (\(kinds.joined(separator: ", ")))"
      return words + (cell.failures.first.map { ". First failure: \($0)" } ?? "")
    }
  }

  /// Who is fastest in a scenario and by how much.
  static func outcome(_ scenario: ScenarioSummary, _ run: RunSummary) -> String {
    if run.manifest.comparison != nil, let head = scenario.cells.first(where: { !$0.framework.isReference }) {
      guard let ratio = head.ratioToReference, let base = run.reference else {
        return "The two versions cannot be compared: one of them has no sound figures."
      }
      let interval = ratio.interval()
      return "\(head.framework.title) reaches \(Figure.ratio(ratio.ratio)) the throughput of \(base.title) "
        + "(\(Figure.ratio(interval.low)) to \(Figure.ratio(interval.high)))."
    }
    let unranked = scenario.cells.filter { !$0.framework.isReference && $0.rank == nil }.map(\.framework.title)
    let rest = unranked.isEmpty ? "" : " Without a rank: \(list(unranked))."
    return leaders(scenario, run) + rest
  }

  private static func leaders(_ scenario: ScenarioSummary, _ run: RunSummary) -> String {
    switch scenario.outcome {
    case .winner(let name, let margin):
      "\(run.title(name)) is fastest, \(self.margin(margin)) ahead of \(run.title(margin.slower))."
    case .tie(let names):
      "A tie: \(list(names.map(run.title))). The rounds do not show that one of them is faster."
    case .uncontested(let name):
      "Only \(run.title(name)) has sound figures, so there is nothing to compare."
    case .undecided(let names):
      "Undecided between \(list(names.map(run.title))): too few rounds in which both were measured."
    case .nobody:
      "No framework has sound figures."
    }
  }

  /// Every pair of contestants in a sentence.
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
    var sentences = run.competitors.compactMap { framework -> String? in
      let won = run.scenarios.filter {
        if case .winner(framework.name, _) = $0.outcome { true } else { false }
      }
      let tied = run.scenarios.filter {
        if case .tie(let names) = $0.outcome { names.contains(framework.name) } else { false }
      }
      guard !won.isEmpty || !tied.isEmpty else { return nil }
      var parts: [String] = []
      if !won.isEmpty { parts.append("is fastest in \(won.count) of \(run.scenarios.count): \(names(won))") }
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
    if run.manifest.comparison == nil, !open.isEmpty { sentences.append("Not decided: \(names(open)).") }
    if let reference = run.reference, let best = run.standings.first, let ratio = best.ratio {
      sentences.append(
        "Over all, \(best.framework.title) reaches \(Figure.ratio(ratio)) the throughput of \(reference.title)"
          + (run.manifest.comparison == nil ? ", the yardstick without a framework." : "."))
    }
    return sentences
  }

  /// What the standing is and is not.
  static func standing(_ run: RunSummary) -> String {
    let common = Standing.commonScenarios(run.scenarios)
    let of = "\(common.count) of \(run.scenarios.count) scenarios"
    return "The geometric mean of throughput relative to the reference, over the \(of) that have it for every framework"
      + (common.isEmpty ? "" : " (\(names(common)))")
      + ". Every scenario counts alike. It is not a forecast for an application, which spends its time in other "
      + "proportions; look at the scenarios that resemble yours."
  }

  /// Rulings that are no pass, a line each; all of them where two versions are compared, for they are the answer.
  static func rulings(_ run: RunSummary) -> [String] {
    run.rulings.filter { $0.verdict != .pass || run.manifest.comparison != nil }.map { "\($0.scenario): \($0.text)" }
  }

  static func counted(_ count: Int, _ noun: String) -> String {
    "\(Figure.count(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  static func list(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }

  /// `messages` to `message`.
  static func singular(_ unit: String) -> String { unit.hasSuffix("s") ? String(unit.dropLast()) : unit }

  private static func names(_ scenarios: [ScenarioSummary]) -> String {
    scenarios.map(\.entry.name).joined(separator: ", ")
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
