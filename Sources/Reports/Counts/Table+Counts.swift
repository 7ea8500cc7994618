import Gate
import Results
import Statistics

extension Table {
  /// A row for each scenario: the reference's figure, then `414,242, 3.36×` for each framework. nil where nothing has one.
  static func counts(_ metric: CountMetric, _ run: RunSummary) -> Table? {
    let frameworks = [run.reference].compactMap(\.self) + run.competitors
    let rows = run.scenarios.compactMap { scenario -> [Words]? in
      let figures = frameworks.map { scenario.cell($0.name)?.count(metric) }
      if figures.allSatisfy({ $0 == nil }) { return nil }
      let reference = run.reference.flatMap { scenario.cell($0.name)?.count(metric) }
      return [.scenario(scenario.entry.name, isLinked: run.manifest.isTimed)]
        + zip(frameworks, figures).map { framework, figure in
          let multiple = framework.isReference ? nil : CountText.multiple(figure, of: reference)
          return Words(CountText.figure(figure) + (multiple.map { ", \($0)" } ?? ""))
        }
    }
    if rows.isEmpty { return nil }
    return Table(
      metric.title.capitalizedFirst,
      "\(metric.title.capitalizedFirst) per request\(run.reference == nil ? "" : ", and the multiple of the reference’s").",
      [.left("Scenario")] + frameworks.map { .right(.framework($0, run)) }, rows)
  }

  /// A row for each threshold of a count: those that failed first, then the inconclusive.
  static func countResults(_ run: RunSummary) -> Table {
    let results = [ThresholdResult.Outcome.fail, .undecided, .pass].flatMap { outcome in
      run.countResults.filter { $0.verdict == outcome }
    }
    return Table(
      "Comparison results of counts", "Each threshold of a count, per request.",
      [
        .left("Scenario"), .left("Framework"), .left("Count"), .right("Before"), .right("Now"), .right("Change"),
        .right("Interval"), .right("Tolerated"), .left("Result"), .wrapped("Based on"),
      ],
      results.map { result in
        let figure = JudgedFigure(result)
        let changes = result.changes.map(\.text).joined(separator: ", ")
        return [
          result.scenario, run.title(result.framework), result.metric.title, CountText.figure(result.before),
          CountText.figure(result.now), figure.ratio == nil ? Figure.missing : figure.change, figure.intervalText,
          figure.toleratedText, result.verdict == .fail ? "FAIL" : result.verdict.title,
          figure.basis + (result.reason.map { "; \($0)" } ?? "") + (changes.isEmpty ? "" : " (\(changes))"),
        ]
      })
  }
}
