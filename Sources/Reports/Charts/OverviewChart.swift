import Results
import Statistics

/// Throughput relative to the reference: a line for each scenario, a mark with its interval for each framework.
///
/// Marks of the fastest and of those tied with it are filled, the others hollow.
package enum OverviewChart {
  /// nil without a reference, or where no cell has a ratio to it.
  package static func svg(_ run: RunSummary) -> Markup? {
    guard let reference = run.reference else { return nil }
    let rows = run.scenarios.map { scenario in
      DotPlot.Row(
        label: scenario.entry.name, note: note(scenario, run),
        dots: run.competitors.map { dot(scenario, $0, run) })
    }
    let words =
      "Throughput relative to \(reference.title), logarithmic. The table below holds the same figures. "
      + "Filled marks are the fastest of a scenario or tied with it."
    return DotPlot(words: words, rows: rows).svg()
  }

  private static func dot(
    _ scenario: ScenarioSummary, _ framework: Manifest.FrameworkEntry, _ run: RunSummary
  ) -> DotPlot.Dot? {
    guard let ratio = scenario.cell(framework.name)?.ratioToReference else { return nil }
    let interval = ratio.interval()
    return DotPlot.Dot(
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
    case .undecided: "undecided"
    case .nobody: "no figures"
    }
  }
}
