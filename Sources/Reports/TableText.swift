import Gate
import Results
import Statistics

/// Figures of a cell as tables show them.
enum TableText {
  /// `1`, `2`, or `1 =` where the place is shared.
  static func rank(_ cell: CellSummary, _ scenario: ScenarioSummary) -> String {
    if cell.framework.isReference { return "reference" }
    guard let rank = cell.rank else { return Figure.missing }
    return scenario.cells.count { $0.rank == rank } > 1 ? "\(rank) =" : "\(rank)"
  }

  static func interval(_ interval: ConfidenceInterval?) -> String {
    guard let interval else { return Figure.missing }
    return "\(Figure.significant(interval.low)) to \(Figure.significant(interval.high))"
  }

  static func ratio(_ estimate: LogEstimate?) -> String {
    estimate.map { ratio($0.ratio, $0.interval()) } ?? Figure.missing
  }

  /// `0.82× (0.80 to 0.84)`
  static func ratio(_ ratio: Double, _ interval: ConfidenceInterval) -> String {
    "\(Figure.ratio(ratio)) (\(Figure.ratio(interval.low).dropLast()) to \(Figure.ratio(interval.high).dropLast()))"
  }

  /// What ticks below the intervals of a table are: of the columns named, with the share from the middle to an end.
  static func strips(_ columns: [(name: String, share: Double?)]) -> String {
    let known = columns.compactMap { column in
      column.share.map { "\(Figure.significant($0 * 100, digits: 2)) % of the \(column.name)" }
    }
    if known.isEmpty { return "" }
    return
      " Ticks below an interval are its rounds, with the mean in the middle; from there to an end of the strip it is "
      + "\(Reading.list(known))."
  }

  static func ratio(_ cell: CellSummary) -> String {
    cell.ratioToReference.map { ratio($0.ratio, $0.interval()) } ?? Figure.missing
  }

  /// With a mark where too few responses lie beyond it.
  static func percentile(_ cell: CellSummary, _ percent: Double, mark: String = "*") -> String {
    guard let latency = cell.latency, let ms = latency[percent] else { return Figure.missing }
    return Figure.significant(ms) + (latency.isSupported(percent) ? "" : mark)
  }
}

extension Table {
  static func overview(_ run: RunSummary) -> Table {
    let places = run.competitors.indices.map { $0 + 1 }
    return Table(
      "Overview", "Throughput relative to the reference. ★ fastest, = tied for the first place.",
      [.left("Scenario")] + run.competitors.map { .right(.framework($0, run)) }
        + [.left("Fastest"), .left("Ahead of the next")],
      run.scenarios.map { scenario in
        [.scenario(scenario.entry.name)] + run.competitors.map { ratio($0, scenario) }
          + fastest(scenario, run).map(Words.init)
      }, markdownOrder: [0, places.count + 1, places.count + 2] + places)
  }

  /// With emphasis where nobody was shown to be faster.
  private static func ratio(_ framework: Manifest.FrameworkEntry, _ scenario: ScenarioSummary) -> Words {
    let text = Figure.ratio(scenario.cell(framework.name)?.ratioToReference?.ratio)
    let winners = scenario.outcome.winners
    guard winners.contains(framework.name) else { return Words(text) }
    return Words(
      markdown: text == Figure.missing ? text : "**\(text)**",
      html: "<span class=\"\(winners.count > 1 ? "tied" : "first")\">\(text)</span>")
  }

  /// Who is fastest, and the margin: two cells.
  private static func fastest(_ scenario: ScenarioSummary, _ run: RunSummary) -> [String] {
    switch scenario.outcome {
    case .winner(let name, let margin): [run.title(name), Reading.margin(margin)]
    case .tie(let names): [Reading.list(names.map(run.title)), "tie"]
    case .uncontested(let name):
      [
        run.title(name),
        scenario.cell(name)?.ratioToReference.map { "\(Figure.ratio($0.ratio)) the reference" } ?? "nothing to compare",
      ]
    case .inconclusive: [Figure.missing, "inconclusive"]
    case .nobody: [Figure.missing, "no valid results"]
    }
  }

  static func standing(_ run: RunSummary) -> Table {
    let hasOutcomes = run.competitors.count > 1
    let outcomes = ["Fastest alone", "Tied for first", "Slower", "Inconclusive"]
    return Table(
      "Overall standing", "Scenarios by outcome, and throughput relative to the reference.",
      [.left("Framework"), .right("To reference")] + (hasOutcomes ? outcomes.map { .right(Words($0)) } : []),
      run.standings.map { standing in
        let counts = [standing.wins, standing.ties, standing.losses, standing.inconclusive]
        return [.framework(standing.framework, run), Words(TableText.ratio(standing.estimate))]
          + (hasOutcomes ? counts.map { Words(String($0)) } : [])
      })
  }

  /// A column for each preset of weights.
  static func weighted(_ standings: WeightedStandings, _ run: RunSummary) -> Table {
    Table(
      "Standing by weights",
      "Throughput relative to the reference with its 95 % interval, by the weights of the scenarios.",
      [.left("Framework")] + standings.presets.map { .right($0.title) },
      standings.frameworks.enumerated().map { place, framework in
        [.framework(framework, run)]
          + standings.presets.map { Words(TableText.ratio(standings.mean(place, $0))) }
      })
  }

  /// Of the gate, by framework.
  static func verdicts(_ run: RunSummary) -> Table {
    Table(
      "Comparison results by framework",
      "Thresholds by framework: how many fail, are inconclusive and pass, and what has changed.",
      [
        .left("Framework"), .right("Fail"), .right("Inconclusive"), .right("Pass"),
        .wrapped("Changed since the baseline"),
      ],
      run.competitors.map { framework in
        let own = run.results.filter { $0.framework == framework.name }
        let counts = [ThresholdResult.Outcome.fail, .undecided, .pass].map { outcome in
          let count = String(own.count { $0.verdict == outcome })
          return outcome == .fail && count != "0"
            ? Words(markdown: count, html: "<strong class=\"bad\">\(count)</strong>") : Words(count)
        }
        return [.framework(framework, run)] + counts + [Words(Reading.changesSinceBaseline(own))]
      })
  }

  /// A row for each threshold: those that failed first, then the inconclusive.
  static func results(_ run: RunSummary) -> Table {
    let results = [ThresholdResult.Outcome.fail, .undecided, .pass].flatMap { outcome in
      run.results.filter { $0.verdict == outcome }
    }
    return Table(
      "Comparison results", "Each threshold with the ratio that it bounds.",
      [
        .left("Scenario"), .left("Framework"), .left("Metric"), .right("Ratio"), .right("Interval"),
        .right("Tolerated"), .left("Result"), .wrapped("Based on"),
      ],
      results.map { result in
        [
          result.scenario, run.title(result.framework),
          title(result), figure(result, result.ratio),
          result.interval.map { "\(figure(result, $0.low)) to \(figure(result, $0.high))" } ?? Figure.missing,
          "\(result.metric.worse == .down ? "from" : "up to") \(figure(result, result.tolerated))",
          result.verdict == .fail ? "FAIL" : result.verdict.title,
          Figure.counted(result.rounds, "round") + (result.starts.map { " on \($0) starts" } ?? "")
            + (result.reason.map { "; \($0.text)" } ?? ""),
        ]
      })
  }

  private static func title(_ result: ThresholdResult) -> String {
    switch result.comparedTo {
    case .before: result.metric.title
    case .reference: result.metric.title + " relative to the reference"
    case .itself: result.metric.title + ", MiB per million requests"
    }
  }

  /// A ratio, or what is bounded itself.
  private static func figure(_ result: ThresholdResult, _ value: Double?) -> String {
    guard result.comparedTo == .itself else { return Figure.ratio(value) }
    return value.map(SoakReading.figure) ?? Figure.missing
  }

  /// A row for each scenario with a cost: the reference's own CPU time, then `+52.1 µs, 2.60× (2.40 to 2.80)` for each.
  static func costs(_ run: RunSummary) -> Table {
    Table(
      "Framework cost", "CPU time that each framework adds to an exchange, with the 95 % interval, and the multiple.",
      [.left("Scenario"), .right("Reference")] + run.competitors.map { .right(.framework($0, run)) },
      run.scenarios.compactMap { scenario in
        let costs = run.competitors.map { run.cost(scenario, $0) }
        guard let known = costs.compactMap(\.self).first else { return nil }
        return [.scenario(scenario.entry.name), Words(Figure.microseconds(known.referenceMicroseconds))]
          + costs.map { cost in
            Words(
              cost.map {
                "\(Figure.addedMicroseconds($0.addedMicroseconds)), "
                  + TableText.ratio($0.ratio.estimate.ratio, $0.ratio.interval())
              } ?? Figure.missing)
          }
      })
  }

  static func scenario(_ scenario: ScenarioSummary, _ run: RunSummary) -> Table {
    let unit = scenario.entry.unit
    // The ratio comes first: on a phone it is in view without scrolling.
    let figures = [
      "\(unit)/s", "95 % interval", "p50 ms", "p95 ms", "p99 ms", "Errors", "CPU %",
      "CPU µs per \(Reading.singular(unit))", "Memory MiB",
    ]
    let cells = scenario.cellsInOrder
    let (throughput, ratio) = (cells.strips(\.throughputStrip), cells.strips(\.ratioStrip))
    return Table(
      scenario.entry.name,
      "\(scenario.entry.name), the fastest first. = shares the place; * comes from few responses."
        + TableText.strips([("ratio", ratio?.share), ("throughput", throughput?.share)]),
      [.left("Framework"), .right("To reference"), .left("Rank")] + figures.map { .right($0) },
      cells.enumerated().map { place, cell in
        let figures = [
          Figure.count(cell.errorCount), Figure.significant(cell.serverCPUPercent),
          Figure.significant(cell.cpuMicrosecondsPerRequest), Figure.significant(cell.memoryMebibytes),
        ]
        return [
          .framework(cell.framework, run), Words(TableText.ratio(cell)).above(ratio?.pictures[place] ?? ""),
          Words(TableText.rank(cell, scenario)), Words(Figure.significant(cell.throughput)),
          Words(TableText.interval(cell.throughputInterval)).above(throughput?.pictures[place] ?? ""),
        ] + ([50, 95, 99].map { TableText.percentile(cell, $0) } + figures).map(Words.init)
      }, markdownOrder: [2, 0, 1] + (3..<12))
  }

  /// The kinds of errors that occurred, and the exchanges; nil where there were none.
  static func errors(_ scenario: ScenarioSummary) -> Table? {
    let kinds = Set(scenario.cells.flatMap(\.errorsByKind.keys)).sorted()
    if kinds.isEmpty { return nil }
    return Table(
      "Errors in \(scenario.entry.name)", Reading.errors(scenario),
      [.left("Framework")] + (kinds + ["verified"]).map { .right($0) },
      scenario.cells.map { cell in
        let counts = kinds.map { cell.rounds.isEmpty ? nil : cell.errorsByKind[$0] ?? 0 } + [cell.verified]
        return [cell.framework.title] + counts.map(Figure.count)
      })
  }

  /// A row for each framework with latencies, in milliseconds.
  static func latencies(_ scenario: ScenarioSummary) -> Table {
    Table(
      "Latency of \(scenario.entry.name)", "Latency in ms over all rounds together. * comes from few responses.",
      [.left("Framework")] + ["responses", "p50", "p90", "p95", "p99", "p99.9", "max"].map { .right($0) },
      scenario.cellsInOrder.compactMap { cell in
        cell.latency.map { latency in
          [cell.framework.title, Figure.count(latency.samples)]
            + LatencySummary.reported.map { TableText.percentile(cell, $0) } + [Figure.significant(latency.maxMs)]
        }
      })
  }

  /// A row for each round: throughput and p99 of every framework, `26,300 · 9.90`.
  static func rounds(_ scenario: ScenarioSummary) -> Table {
    let isMeasured = scenario.cells.contains { !$0.rounds.isEmpty }
    return Table(
      "Rounds of \(scenario.entry.name)", "Verified \(scenario.entry.unit) per second and p99 in ms, by round.",
      [.left("Round")] + scenario.cells.map { .right($0.framework.title) },
      (isMeasured ? Array(1...scenario.plannedRounds) : []).map { number in
        [String(number)]
          + scenario.cells.map { cell in
            guard let round = cell.rounds.first(where: { $0.round == number }) else { return Figure.missing }
            let p99 = round.load.perSecond.compactMap(\.p99Ms).max()
            return Figure.significant(round.load.verifiedPerSecond) + (p99.map { " · \(Figure.significant($0))" } ?? "")
          }
      })
  }

  static func resources(_ run: RunSummary) -> Table {
    Table(
      "Resources", "100 % is one core.",
      [
        .left("Scenario"), .left("Framework"), .right("Server CPU %"), .right("PostgreSQL CPU %"),
        .right("Generator CPU %"), .right("Memory MiB"), .right("Processes"),
      ],
      run.cells.map { cell in
        [cell.scenario, cell.framework.title]
          + [cell.serverCPUPercent, cell.postgresCPUPercent, cell.generatorCPUPercent, cell.memoryMebibytes]
          .map { Figure.significant($0) } + [
            Figure.count(cell.rounds.compactMap { $0.resources.server?.processes }.filter { $0 > 0 }.max())
          ]
      })
  }

  /// Of each check `5 of 5`, and the detail of the first failure or else of the last round.
  static func checks(_ run: RunSummary) -> Table {
    Table(
      "Checks", "Each check was made in every round.",
      [.left("Scenario"), .left("Framework"), .left("Check"), .right("Rounds passed"), .wrapped("Detail")],
      run.cells.flatMap { cell in
        let checks = cell.rounds.flatMap(\.checks)
        return checks.map(\.name).eachOnce.map { name in
          let same = checks.filter { $0.name == name }
          let telling = same.first { !$0.passed } ?? same.last
          return [
            cell.scenario, cell.framework.title, name, "\(same.count { $0.passed }) of \(same.count)",
            telling?.detail ?? "",
          ]
        }
      })
  }
}

extension Sequence where Element: Equatable {
  /// In the order in which they first come.
  var eachOnce: [Element] { reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}
