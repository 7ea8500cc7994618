import Gate
import Results
import Statistics

/// The cells of tables as text, the same in Markdown and HTML.
package enum TableText {
  package static func scenarioHeader(_ scenario: ScenarioSummary) -> [String] {
    [
      "Rank", "Framework", "\(scenario.entry.unit)/s", "95 % interval", "To reference", "p50 ms", "p95 ms", "p99 ms",
      "Errors", "CPU %", "CPU µs per \(Reading.singular(scenario.entry.unit))", "Memory MiB",
    ]
  }

  package static func scenarioRow(_ cell: CellSummary, _ scenario: ScenarioSummary) -> [String] {
    [
      rank(cell, scenario), cell.framework.title, Figure.significant(cell.throughput),
      interval(cell.throughputInterval), ratioWithReach(cell), percentile(cell, 50), percentile(cell, 95),
      percentile(cell, 99), Figure.count(cell.errorCount), Figure.significant(cell.serverCPUPercent),
      Figure.significant(cell.cpuMicrosecondsPerRequest),
      Figure.significant(cell.memoryBytes.map { Double($0) / 1_048_576 }),
    ]
  }

  /// `1`, `2`, or `1 =` where the first place is shared.
  package static func rank(_ cell: CellSummary, _ scenario: ScenarioSummary) -> String {
    if cell.framework.isReference { return "yardstick" }
    guard let rank = cell.rank else { return Figure.missing }
    let shared = scenario.cells.count { $0.rank == rank } > 1
    return shared ? "\(rank) =" : "\(rank)"
  }

  package static func interval(_ interval: ConfidenceInterval?) -> String {
    guard let interval else { return Figure.missing }
    return "\(Figure.significant(interval.low)) to \(Figure.significant(interval.high))"
  }

  /// `0.82× (0.80 to 0.84)`
  package static func ratioWithReach(_ cell: CellSummary) -> String {
    guard let ratio = cell.ratioToReference else { return Figure.missing }
    let interval = ratio.interval()
    return
      "\(Figure.ratio(ratio.ratio)) (\(Figure.ratio(interval.low).dropLast()) to \(Figure.ratio(interval.high).dropLast()))"
  }

  /// With `*` where too few responses lie beyond it.
  package static func percentile(_ cell: CellSummary, _ percent: Double) -> String {
    guard let latency = cell.latency, let ms = latency[percent] else { return Figure.missing }
    return Figure.significant(ms) + (latency.isSupported(percent) ? "" : "*")
  }

  /// Who is fastest, and the margin: two cells.
  package static func fastest(_ scenario: ScenarioSummary, _ run: RunSummary) -> [String] {
    switch scenario.outcome {
    case .winner(let name, let margin): [run.title(name), Reading.margin(margin)]
    case .tie(let names): [Reading.list(names.map(run.title)), "tie"]
    case .uncontested(let name): [run.title(name), "no other to compare"]
    case .undecided: [Figure.missing, "undecided"]
    case .nobody: [Figure.missing, "no sound figures"]
    }
  }

  /// Scenario, framework, check, `5 of 5`, the detail of the first failure or else of the last round.
  package static func checks(_ run: RunSummary) -> [[String]] {
    run.cells.flatMap { cell in
      let checks = cell.rounds.flatMap(\.checks)
      let names = checks.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      return names.map { name in
        let same = checks.filter { $0.name == name }
        let telling = same.first { !$0.passed } ?? same.last
        return [
          cell.scenario, cell.framework.title, name, "\(same.count { $0.passed }) of \(same.count)",
          telling?.detail ?? "",
        ]
      }
    }
  }

  /// The kinds of errors that occurred, and a row for each framework: its counts, and its exchanges.
  package static func errors(_ scenario: ScenarioSummary) -> (kinds: [String], rows: [[String]]) {
    let kinds = Set(scenario.cells.flatMap(\.errorsByKind.keys)).sorted()
    let rows = scenario.cells.map { cell in
      [cell.framework.title]
        + kinds.map { cell.rounds.isEmpty ? Figure.missing : Figure.count(cell.errorsByKind[$0] ?? 0) }
        + [Figure.count(cell.verified)]
    }
    return (kinds.isEmpty ? [] : kinds + ["verified"], rows)
  }

  package static let latencyHeader = ["Framework", "responses", "p50", "p90", "p95", "p99", "p99.9", "max"]

  /// A row for each framework with latencies, in milliseconds.
  package static func latencies(_ scenario: ScenarioSummary) -> [[String]] {
    scenario.cellsInOrder.compactMap { cell in
      cell.latency.map { latency in
        [cell.framework.title, Figure.count(latency.samples)] + LatencySummary.reported.map { percentile(cell, $0) }
          + [Figure.significant(latency.maxMs)]
      }
    }
  }

  /// A row for each round: throughput and p99 of every framework, `26,300 · 9.90`.
  package static func rounds(_ scenario: ScenarioSummary, _ run: RunSummary) -> [[String]] {
    guard scenario.cells.contains(where: { !$0.rounds.isEmpty }) else { return [] }
    return (1...scenario.plannedRounds).map { number in
      [String(number)]
        + scenario.cells.map { cell in
          guard let round = cell.rounds.first(where: { $0.round == number }) else { return Figure.missing }
          let p99 = round.load.perSecond.compactMap(\.p99Ms).max()
          return Figure.significant(round.load.verifiedPerSecond) + (p99.map { " · \(Figure.significant($0))" } ?? "")
        }
    }
  }

  package static let comparisonHeader = [
    "Scenario", "Framework", "Metric", "Ratio", "Interval", "Tolerated", "Verdict", "Rests on",
  ]

  /// A row for each ruling: those that failed first, then the undecided.
  package static func rulings(_ run: RunSummary) -> [[String]] {
    [ThresholdResult.Outcome.fail, .undecided, .pass].flatMap { outcome in
      run.rulings.filter { $0.verdict == outcome }.map { ruling in
        let bound = ruling.metric.worse == .down ? "from" : "up to"
        let rounds = Figure.counted(ruling.rounds, "round")
        return [
          ruling.scenario, run.title(ruling.framework),
          ruling.metric.title + (ruling.isOfChange ? "" : " of the reference’s"), Figure.ratio(ruling.ratio),
          ruling.interval.map { "\(Figure.ratio($0.low)) to \(Figure.ratio($0.high))" } ?? Figure.missing,
          "\(bound) \(Figure.ratio(ruling.tolerated))", ruling.verdict == .fail ? "FAIL" : ruling.verdict.rawValue,
          rounds + (ruling.reason.map { "; \($0.text)" } ?? "") + (otherMethods(ruling).map { " (\($0))" } ?? ""),
        ]
      }
    }
  }

  /// `effect 1.20; Mann–Whitney p 0.0310`: what decides nothing, and is worth a look where it contradicts.
  private static func otherMethods(_ ruling: ThresholdResult) -> String? {
    var words: [String] = []
    if let effect = ruling.effectSize { words.append("effect \(Figure.significant(effect))") }
    if let low = ruling.bootstrapLow, let high = ruling.bootstrapHigh {
      words.append("bootstrap \(Figure.ratio(low)) to \(Figure.ratio(high))")
    }
    if let p = ruling.mannWhitneyP { words.append("Mann–Whitney p \(p < 0.001 ? "< 0.001" : Figure.significant(p))") }
    return words.isEmpty ? nil : words.joined(separator: "; ")
  }

  /// A row for each scenario with a cost: the reference's own CPU time, then `+52.1 µs, 2.60× (2.40 to 2.80)` for each.
  package static func costs(_ run: RunSummary) -> [[String]] {
    run.scenarios.compactMap { scenario in
      let costs = run.competitors.map { run.cost(scenario, $0) }
      guard let known = costs.compactMap(\.self).first else { return nil }
      return [scenario.entry.name, Figure.microseconds(known.referenceMicroseconds)]
        + costs.map { cost in
          guard let cost else { return Figure.missing }
          let interval = cost.ratio.interval()
          return "\(Figure.addedMicroseconds(cost.addedMicroseconds)), \(Figure.ratio(cost.ratio.estimate.ratio)) "
            + "(\(Figure.ratio(interval.low).dropLast()) to \(Figure.ratio(interval.high).dropLast()))"
        }
    }
  }
}
