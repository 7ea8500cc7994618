import Results

/// What changed: the gate's verdicts against the baseline, or between two versions, with the thresholds.
package enum HTMLGate {
  package static func section(_ run: RunSummary) -> Markup {
    """
    <section id="gate">
    <h2>\(Reading.gateTitle(run))</h2>
    \(content(run))</section>

    """
  }

  private static func content(_ run: RunSummary) -> Markup {
    guard let sentence = Reading.gate(run) else { return "<p>\(Reading.noGate)</p>\n" }
    let figures = Metric.allCases.compactMap { metric in
      ChangeChart.svg(metric, run).map { chart in
        HTMLPage.figure(
          """
          Change of \(metric.title) relative to before (1×), with the interval that decided; \
          \(metric.worse == .down ? "left" : "right") is worse. The dashed line is what is just tolerated; \
          hollow marks are undecided.
          """, chart)
      }
    }
    let charts: Markup =
      figures.isEmpty ? "" : "\(HTMLPage.key(run.competitors, run))<div class=\"charts two\">\n\(figures)</div>\n"
    let rows = TableText.rulings(run).map { $0.map { "\($0)" as Markup } }
    let telling = Reading.rulings(run, outcomes: run.manifest.comparison == nil ? [.fail] : [.fail, .pass])
    return """
      <p>\(sentence)</p>
      \(HTMLPage.list(telling))\(HTMLPage.table(
        "Verdicts", "Thresholds by framework: how many failed, are undecided and passed, and what has changed.",
        ["Framework", "Fail", "Undecided", "Pass", "Changed since the baseline"], alignment: "lrrrw",
        counts(run)))\
      \(charts)\
      \(HTMLPage.details("All \(rows.count) rulings, the worst first", HTMLPage.table(
        "Rulings", "Each threshold with the ratio that it bounds.", TableText.comparisonHeader.map { "\($0)" },
        alignment: "lllrrrlw", rows)))
      """
  }

  private static func counts(_ run: RunSummary) -> [[Markup]] {
    run.competitors.map { framework in
      let own = run.rulings.filter { $0.framework == framework.name }
      let counts = [ThresholdResult.Outcome.fail, .undecided, .pass].map { outcome -> Markup in
        let count = own.count { $0.verdict == outcome }
        return outcome == .fail && count > 0 ? "<strong class=\"bad\">\(count)</strong>" : "\(count)"
      }
      let changes = Reading.changesSinceBaseline(own)
      return [HTMLPage.name(framework, run)] + counts + ["\(changes)"]
    }
  }
}
