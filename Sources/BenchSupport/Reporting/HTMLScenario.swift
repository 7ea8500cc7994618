/// One scenario of the page: what it measures, who is fastest, the table, the pairs, and two charts.
enum HTMLScenario {
  static func section(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup {
    let entry = scenario.entry
    let reasons = scenario.cellsInOrder.compactMap { cell in
      Reading.reason(cell).map { "\(cell.framework.title): \($0)" }
    }
    let warnings = run.warnings.compactMap { warning in
      warning.placesInWords(plannedRounds: run.manifest.profile.rounds, in: entry.name).map {
        "\(warning.text) In \($0)."
      }
    }
    return """
      <section id="scenario-\(entry.name)">
      <h3>\(entry.name)</h3>
      <p>\(entry.summary) <span class="soft">\(entry.verification)</span></p>
      <p><strong>\(Reading.outcome(scenario, run))</strong></p>
      \(notes(reasons, style: "box bad"))\(HTMLReport.scroll(entry.name, table(scenario, run)))\
      \(HTMLReport.list(Reading.pairs(scenario, run)))\(charts(scenario, run))\(notes(warnings, style: "box warn"))</section>

      """
  }

  private static func notes(_ items: [String], style: String) -> Markup {
    items.isEmpty ? "" : "<div class=\"\(style)\">\(HTMLReport.list(items))</div>\n"
  }

  private static func table(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup {
    let rows = scenario.cellsInOrder.map { cell -> Markup in
      let row = TableText.scenarioRow(cell, scenario)
      let figures = row.dropFirst(2).map { "<td class=\"n\">\($0)</td>" as Markup }
      return """
        <tr><th scope="row">\(ChartMark.of(cell.framework, in: run).inline)\(row[1])</th>\
        <td>\(row[0])</td>\(figures)</tr>

        """
    }
    let header = TableText.scenarioHeader(scenario)
    let heads = header.dropFirst(2).map { "<th scope=\"col\" class=\"n\">\($0)</th>" as Markup }
    return """
      <table class="figures"><caption><span>\(scenario.entry.name), the fastest first. = shares the place; * rests on few \
      responses.</span></caption>
      <thead><tr><th scope="col">\(header[1])</th><th scope="col">\(header[0])</th>\(heads)</tr></thead>
      <tbody>
      \(rows)</tbody></table>
      """
  }

  private static func charts(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup {
    let figures = [
      ("Verified \(scenario.entry.unit) per second, by round", ScenarioCharts.throughput(scenario, run)),
      ("Latency in ms by percentile, on logarithmic scales", ScenarioCharts.latency(scenario, run)),
    ].compactMap { caption, chart in
      chart.map { "<figure>\n<figcaption>\(caption)</figcaption>\n\($0)</figure>\n" as Markup }
    }
    if figures.isEmpty { return "" }
    return "\(HTMLReport.key(run.manifest.frameworks, run))<div class=\"charts\">\n\(figures)</div>\n"
  }
}
