import Results
import Statistics

extension DotPlot {
  /// Throughput relative to the reference. Marks of the fastest and of those tied with it are filled; nil without a
  /// reference.
  static func overview(_ run: RunSummary) -> DotPlot? {
    run.reference.map { reference in
      DotPlot(
        words: "Throughput relative to \(reference.title), logarithmic. The table below holds the same figures. "
          + "Filled marks are the fastest of a scenario or tied with it.",
        rows: run.scenarios.map { scenario in
          Row(
            label: scenario.entry.name, note: note(scenario, run),
            dots: run.competitors.map { ratio($0, scenario, run) })
        })
    }
  }

  private static func ratio(
    _ framework: Manifest.FrameworkEntry, _ scenario: ScenarioSummary, _ run: RunSummary
  ) -> Dot? {
    guard let ratio = scenario.cell(framework.name)?.ratioToReference else { return nil }
    let interval = ratio.interval()
    return Dot(
      mark: .of(framework, in: run), ratio: ratio.ratio, interval: interval,
      isFilled: scenario.outcome.winners.contains(framework.name),
      words: "\(framework.title) in \(scenario.entry.name): \(Figure.ratio(ratio.ratio)), "
        + "interval \(Figure.ratio(interval.low)) to \(Figure.ratio(interval.high))")
  }

  private static func note(_ scenario: ScenarioSummary, _ run: RunSummary) -> String {
    switch scenario.outcome {
    case .winner(let name, let margin): "\(run.title(name)) \(Figure.change(margin.ratio.ratio))"
    case .tie(let names): "= tie of \(names.count)"
    case .uncontested(let name): "only \(run.title(name))"
    case .inconclusive: "inconclusive"
    case .nobody: "no results"
    }
  }

  /// CPU time per exchange as a multiple of the reference's. Filled marks are above it by more than chance.
  static func costs(_ run: RunSummary) -> DotPlot {
    DotPlot(
      words: "CPU time per exchange relative to the reference, logarithmic. The table below holds the same figures.",
      rows: run.scenarios.map { scenario in
        let reference = run.competitors.lazy.compactMap { run.cost(scenario, $0)?.referenceMicroseconds }.first
        return Row(
          label: scenario.entry.name, note: Figure.microseconds(reference),
          dots: run.competitors.map { framework in
            run.cost(scenario, framework).map { cost in
              let (ratio, interval) = (cost.ratio.estimate.ratio, cost.ratio.interval())
              return Dot(
                mark: .of(framework, in: run), ratio: ratio, interval: interval, isFilled: !interval.contains(1),
                words: "\(framework.title) in \(cost.scenario): \(Figure.ratio(ratio)), "
                  + Figure.addedMicroseconds(cost.addedMicroseconds))
            }
          })
      })
  }

  /// How one metric changed since the baseline, or between two versions, with the threshold of each scenario.
  ///
  /// Filled marks passed or failed, hollow ones are inconclusive, and a row with a failure says so. nil where no change
  /// was estimated.
  static func changes(_ metric: Metric, _ run: RunSummary) -> DotPlot? {
    let results = run.results.filter { $0.metric == metric && $0.isOfChange }
    guard results.contains(where: { $0.ratio != nil }) else { return nil }
    let rows = run.scenarios.compactMap { scenario -> Row? in
      let own = results.filter { $0.scenario == scenario.entry.name }
      if own.isEmpty { return nil }
      return Row(
        label: scenario.entry.name, note: note(own), isBad: own.contains { $0.verdict == .fail },
        dots: run.competitors.map { framework in
          own.first { $0.framework == framework.name }.flatMap { change($0, .of(framework, in: run)) }
        },
        limit: own.first?.tolerated)
    }
    return DotPlot(
      words: "\(metric.title) relative to before, logarithmic, with what is tolerated. "
        + "The table of all comparison results holds the same figures.", rows: rows)
  }

  private static func change(_ result: ThresholdResult, _ mark: ChartMark) -> Dot? {
    guard let ratio = result.ratio, ratio > 0, ratio.isFinite else { return nil }
    return Dot(
      mark: mark, ratio: ratio, interval: result.interval, isFilled: result.verdict != .undecided, words: result.text)
  }

  private static func note(_ results: [ThresholdResult]) -> String {
    for outcome in [ThresholdResult.Outcome.fail, .undecided] {
      let count = results.count { $0.verdict == outcome }
      if count > 0 { return "\(count) \(outcome == .fail ? "FAIL" : outcome.title)" }
    }
    return "pass"
  }
}
