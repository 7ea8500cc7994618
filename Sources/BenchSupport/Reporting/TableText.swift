/// The cells of tables as text, the same in Markdown and HTML.
enum TableText {
  static func scenarioHeader(_ scenario: ScenarioSummary) -> [String] {
    [
      "Rank", "Framework", "\(scenario.entry.unit)/s", "95 % interval", "To reference", "p50 ms", "p95 ms", "p99 ms",
      "Errors", "CPU %", "CPU µs per \(Reading.singular(scenario.entry.unit))", "Memory MiB",
    ]
  }

  static func scenarioRow(_ cell: CellSummary, _ scenario: ScenarioSummary) -> [String] {
    [
      rank(cell, scenario), cell.framework.title, Figure.significant(cell.throughput),
      interval(cell.throughputInterval), ratioWithReach(cell), percentile(cell, 50), percentile(cell, 95),
      percentile(cell, 99), Figure.count(cell.errorCount), Figure.significant(cell.serverCPUPercent),
      Figure.significant(cell.cpuMicrosecondsPerRequest),
      Figure.significant(cell.memoryBytes.map { Double($0) / 1_048_576 }),
    ]
  }

  /// `1`, `2`, or `1 =` where the first place is shared.
  static func rank(_ cell: CellSummary, _ scenario: ScenarioSummary) -> String {
    if cell.framework.isReference { return "yardstick" }
    guard let rank = cell.rank else { return Figure.missing }
    let shared = scenario.cells.count { $0.rank == rank } > 1
    return shared ? "\(rank) =" : "\(rank)"
  }

  static func interval(_ interval: ConfidenceInterval?) -> String {
    guard let interval else { return Figure.missing }
    return "\(Figure.significant(interval.low)) to \(Figure.significant(interval.high))"
  }

  /// `0.82× (0.80 to 0.84)`
  static func ratioWithReach(_ cell: CellSummary) -> String {
    guard let ratio = cell.ratioToReference else { return Figure.missing }
    let interval = ratio.interval()
    return
      "\(Figure.ratio(ratio.ratio)) (\(Figure.ratio(interval.low).dropLast()) to \(Figure.ratio(interval.high).dropLast()))"
  }

  /// With `*` where too few responses lie beyond it.
  static func percentile(_ cell: CellSummary, _ percent: Double) -> String {
    guard let latency = cell.latency, let ms = latency[percent] else { return Figure.missing }
    return Figure.significant(ms) + (latency.isSupported(percent) ? "" : "*")
  }

  /// Who is fastest, and the margin: two cells.
  static func fastest(_ scenario: ScenarioSummary, _ run: RunSummary) -> [String] {
    switch scenario.outcome {
    case .winner(let name, let margin): [run.title(name), Reading.margin(margin)]
    case .tie(let names): [Reading.list(names.map(run.title)), "tie"]
    case .uncontested(let name): [run.title(name), "no other to compare"]
    case .undecided: [Figure.missing, "undecided"]
    case .nobody: [Figure.missing, "no sound figures"]
    }
  }

  /// Scenario, framework, check, `5 of 5`, the detail of the first failure or else of the last round.
  static func checks(_ run: RunSummary) -> [[String]] {
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
}
