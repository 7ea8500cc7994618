import Statistics

/// What each chart of a scenario shows, for those who cannot see it.
extension Reading {
  package static func rankingInWords(_ scenario: ScenarioSummary) -> String {
    let cells = scenario.cellsInOrder.compactMap { cell in
      cell.throughput.map { throughput in
        "\(cell.framework.title) \(Figure.significant(throughput))"
          + (cell.throughputInterval.map { " (\(TableText.interval($0)))" } ?? "")
      }
    }
    return "Verified \(scenario.entry.unit) per second, the fastest first: \(cells.joined(separator: ", "))."
  }

  package static func roundsInWords(_ scenario: ScenarioSummary) -> String {
    let cells = scenario.cells.compactMap { cell -> String? in
      let figures = cell.rounds.map(\.load.verifiedPerSecond)
      guard let least = figures.min(), let most = figures.max() else { return nil }
      return "\(cell.framework.title) between \(Figure.significant(least)) and \(Figure.significant(most))"
    }
    return "Verified \(scenario.entry.unit) per second in each round: \(cells.joined(separator: ", "))."
  }

  package static func latencyInWords(_ scenario: ScenarioSummary) -> String {
    let cells = scenario.cells.compactMap { cell in
      cell.latency.map {
        "\(cell.framework.title) p50 \(Figure.significant($0[50])), p99 \(Figure.significant($0[99]))"
      }
    }
    return "Latency in milliseconds below which a share of the responses arrived: \(cells.joined(separator: "; "))."
  }

  package static func latencyOverTimeInWords(_ scenario: ScenarioSummary) -> String {
    let cells = scenario.cells.compactMap { cell -> String? in
      let figures = cell.rounds.flatMap(\.load.perSecond).compactMap(\.p99Ms)
      guard let least = figures.min(), let most = figures.max() else { return nil }
      return "p99 of \(cell.framework.title) between \(Figure.significant(least)) and \(Figure.significant(most))"
    }
    return "Latency in milliseconds, second by second: \(cells.joined(separator: ", "))."
  }
}
