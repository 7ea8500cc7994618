import Gate
import Results
import Statistics

/// One scenario over all frameworks: its cells, how they compare, and who is fastest.
public struct ScenarioSummary: Equatable, Sendable {
  public var entry: Manifest.ScenarioEntry
  /// Fewer than the profile has where everything was decided before, or the time was over; 0 where nothing is timed.
  public var plannedRounds: Int
  /// Whether it ended because its time was over.
  public var isOutOfTime: Bool
  /// In the manifest's order, one for every framework that was expected.
  public var cells: [CellSummary]
  /// Every pair of targets, without the reference: it does not compete.
  var comparisons: [Comparison]
  var outcome: Outcome

  init(
    entry: Manifest.ScenarioEntry, manifest: Manifest, rounds: [Round], retests: [Round] = [],
    parity: ScenarioParity? = nil, lost: [LostCell] = [], end: ScenarioEnd? = nil, counts: [CellCounts] = []
  ) {
    self.entry = entry
    let rounds = rounds.filter { $0.scenario == entry.name }
    let planned = manifest.isTimed ? end?.rounds ?? manifest.profile.rounds : 0
    plannedRounds = planned
    isOutOfTime = end?.cause == .outOfTime
    var cells = manifest.frameworks.map { framework in
      let counts = counts.first { $0.framework == framework.name }
      return CellSummary(
        scenario: entry.name, framework: framework, plannedRounds: planned,
        rounds: rounds.filter { $0.framework == framework.name },
        retest: retests.filter { $0.scenario == entry.name && $0.framework == framework.name }, parity: parity,
        loss: lost.first { $0.scenario == entry.name && $0.framework == framework.name },
        counts: counts, shortfalls: counts.map(manifest.unexplainedShortfalls) ?? [])
    }
    let reference = cells.first { $0.framework.isReference && $0.verdict.isSound }
    let competitors = cells.filter { !$0.framework.isReference && $0.verdict.isSound && !$0.rounds.isEmpty }
    comparisons = Comparison.all(competitors)
    for index in cells.indices where cells[index].verdict.isSound {
      if let reference, !cells[index].framework.isReference {
        let ratios = (cells[index].rounds + reference.rounds).ratios(
          of: cells[index].framework.name, to: reference.framework.name, .throughput, policy: .standard)
        cells[index].ratioToReference = PairedRatio(ratios)
        cells[index].roundRatios = ratios.adjusted
      }
      // Two versions are no competitors.
      if !cells[index].framework.isReference, !cells[index].rounds.isEmpty, manifest.comparison == nil {
        let name = cells[index].framework.name
        cells[index].rank = 1 + comparisons.count { $0.slower == name && !$0.isTie }
      }
    }
    self.cells = cells
    outcome =
      manifest.comparison == nil
      ? Self.outcome(cells, comparisons) : competitors.first.map { .uncontested($0.framework.name) } ?? .nobody
  }

  private static func outcome(_ cells: [CellSummary], _ comparisons: [Comparison]) -> Outcome {
    let ranked = inOrder(cells).filter { $0.rank != nil }.map(\.framework.name)
    guard let first = ranked.first else { return .nobody }
    guard ranked.count > 1 else { return .uncontested(first) }
    let leaders = inOrder(cells).filter { $0.rank == 1 }.map(\.framework.name)
    let everyone = Set(ranked)
    for leader in leaders {
      let rivals = comparisons.flatMap { comparison -> [String] in
        comparison.faster == leader ? [comparison.slower] : comparison.slower == leader ? [comparison.faster] : []
      }
      if Set(rivals).union([leader]) != everyone { return .inconclusive(leaders) }
    }
    // With rounds missing, A can beat B, B beat C and C beat A, each in other rounds.
    guard let leader = leaders.first else { return .inconclusive(ranked) }
    if leaders.count > 1 { return .tie(leaders) }
    guard let second = ranked.first(where: { $0 != leader }),
      let margin = comparisons.first(where: { $0.faster == leader && $0.slower == second && !$0.isTie })
    else { return .inconclusive(leaders) }
    return .winner(leader, margin: margin)
  }

  /// By rank, then by the throughput shown, with the reference where its throughput belongs; then the cells that
  /// are not sound; the missing last.
  var cellsInOrder: [CellSummary] {
    let measured = Self.inOrder(cells)
    var ordered = measured.filter { $0.rank != nil }
      .sorted { ($0.rank ?? 0, -($0.throughput ?? 0)) < ($1.rank ?? 0, -($1.throughput ?? 0)) }
    for cell in measured where cell.rank == nil {
      let place = ordered.firstIndex { cell.verdict.isSound && ($0.throughput ?? 0) < (cell.throughput ?? 0) }
      ordered.insert(cell, at: place ?? ordered.count)
    }
    return ordered
  }

  /// The fastest first, by the geometric mean of the rounds, which agrees with the paired ratios.
  private static func inOrder(_ cells: [CellSummary]) -> [CellSummary] {
    func key(_ cell: CellSummary) -> (Int, Double) {
      let speed = cell.rounds.map(\.load.verifiedPerSecond).geometricMean ?? cell.throughput ?? 0
      return (cell.verdict.isSound ? 0 : cell.verdict == .missing ? 2 : 1, -speed)
    }
    return cells.enumerated().sorted { (key($0.element), $0.offset) < (key($1.element), $1.offset) }.map(\.element)
  }

  public func cell(_ framework: String) -> CellSummary? {
    cells.first { $0.framework.name == framework }
  }
}

private func < (left: ((Int, Double), Int), right: ((Int, Double), Int)) -> Bool {
  (left.0.0, left.0.1, left.1) < (right.0.0, right.0.1, right.1)
}
