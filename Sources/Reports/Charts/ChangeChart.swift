import Results

/// How one metric changed since the baseline, or between two versions, with the threshold of each scenario.
///
/// Filled marks passed, hollow ones are undecided, and a row with a failure says so.
package enum ChangeChart {
  /// nil where the gate estimated no change of the metric.
  package static func svg(_ metric: Metric, _ run: RunSummary) -> Markup? {
    let rulings = run.rulings.filter { $0.metric == metric && $0.isOfChange }
    guard rulings.contains(where: { $0.ratio != nil }) else { return nil }
    let rows = run.scenarios.compactMap { scenario -> DotPlot.Row? in
      let own = rulings.filter { $0.scenario == scenario.entry.name }
      if own.isEmpty { return nil }
      return DotPlot.Row(
        label: scenario.entry.name, note: note(own), isBad: own.contains { $0.verdict == .fail },
        dots: run.competitors.map { framework in
          own.first { $0.framework == framework.name }.flatMap { dot($0, framework, run) }
        },
        limit: own.first?.tolerated)
    }
    return DotPlot(
      words: "\(metric.title) relative to before, logarithmic, with what is tolerated. "
        + "The table of all rulings holds the same figures.",
      rows: rows
    ).svg()
  }

  private static func dot(
    _ ruling: ThresholdResult, _ framework: Manifest.FrameworkEntry, _ run: RunSummary
  ) -> DotPlot.Dot? {
    guard let ratio = ruling.ratio, ratio > 0, ratio.isFinite else { return nil }
    return DotPlot.Dot(
      mark: .of(framework, in: run), ratio: ratio, interval: ruling.interval, isFilled: ruling.verdict != .undecided,
      words: ruling.text)
  }

  private static func note(_ rulings: [ThresholdResult]) -> String {
    for outcome in [ThresholdResult.Outcome.fail, .undecided] {
      let count = rulings.count { $0.verdict == outcome }
      if count > 0 { return "\(count) \(outcome == .fail ? "FAIL" : outcome.rawValue)" }
    }
    return "pass"
  }
}
