import Statistics

/// CPU time per exchange as a multiple of the reference's. Filled marks are above it by more than chance.
package enum CostChart {
  /// nil where no cost is known.
  package static func svg(_ run: RunSummary) -> Markup? {
    let rows = run.scenarios.map { scenario in
      let reference = scenario.cells.first(where: \.framework.isReference)?.cpuMicrosecondsPerRequest
      return DotPlot.Row(
        label: scenario.entry.name, note: Figure.microseconds(reference),
        dots: run.competitors.map { framework in run.cost(scenario, framework).map { dot($0, run) } })
    }
    return DotPlot(
      words: "CPU time per exchange relative to the reference, logarithmic. The table below holds the same figures.",
      rows: rows
    ).svg()
  }

  private static func dot(_ cost: FrameworkCost, _ run: RunSummary) -> DotPlot.Dot {
    let interval = cost.ratio.interval()
    let ratio = cost.ratio.estimate.ratio
    return DotPlot.Dot(
      mark: .of(cost.framework, in: run), ratio: ratio, interval: interval, isFilled: !interval.contains(1),
      words: "\(cost.framework.title) in \(cost.scenario): \(Figure.ratio(ratio)), "
        + "\(Figure.addedMicroseconds(cost.addedMicroseconds))")
  }
}
