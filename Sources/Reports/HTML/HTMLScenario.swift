import Statistics

/// One scenario of the page: what it measures, who is fastest, the table, the pairs, the errors, and the charts.
package enum HTMLScenario {
  package static func section(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup {
    let entry = scenario.entry
    let reasons = scenario.cellsInOrder.compactMap { cell in
      Reading.reason(cell).map { "\(cell.framework.title): \($0)" }
    }
    let warnings = run.warnings.compactMap { warning in
      warning.placesInWords(plannedRounds: run.manifest.profile.rounds, in: entry.name).map { places in
        "\(warning.sentence) In \(places.dropFirst(entry.name.count + 2))."
      }
    }
    return """
      <section id="scenario-\(entry.name)">
      <h3>\(entry.name)</h3>
      <p>\(HTMLPage.withCode(entry.summary)) \
      <span class="soft">Checked: \(HTMLPage.withCode(entry.verification))</span></p>
      <p><strong>\(Reading.outcome(scenario, run))</strong></p>
      \(notes(reasons))\(table(scenario, run))\(HTMLPage.list(Reading.pairs(scenario, run)))\(errors(scenario))\
      \(charts(scenario, run))\(figures(scenario, run))\(profiles(scenario, run))\(doubts(warnings))</section>

      """
  }

  private static func notes(_ items: [String]) -> Markup {
    items.isEmpty ? "" : "<div class=\"box bad\">\(HTMLPage.list(items))</div>\n"
  }

  private static func doubts(_ items: [String]) -> Markup {
    if items.isEmpty { return "" }
    let summary: Markup = "\(Figure.counted(items.count, "warning")) about this scenario"
    return "<div class=\"box warn\">\(HTMLPage.details(summary, HTMLPage.list(items)))</div>\n"
  }

  private static func table(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup {
    let rows = scenario.cellsInOrder.map { cell -> [Markup] in
      let row = TableText.scenarioRow(cell, scenario)
      return [HTMLPage.name(cell.framework, run), "\(row[0])"] + row.dropFirst(2).map { "\($0)" }
    }
    let header = TableText.scenarioHeader(scenario)
    return HTMLPage.table(
      scenario.entry.name, "\(scenario.entry.name), the fastest first. = shares the place; * rests on few responses.",
      ["\(header[1])", "\(header[0])"] + header.dropFirst(2).map { "\($0)" }, alignment: "llrrrrrrrrrr", rows)
  }

  private static func errors(_ scenario: ScenarioSummary) -> Markup {
    let (kinds, rows) = TableText.errors(scenario)
    guard !kinds.isEmpty else { return "<p class=\"soft\">\(Reading.errors(scenario))</p>\n" }
    return HTMLPage.table(
      "Errors in \(scenario.entry.name)", "\(Reading.errors(scenario))", ["Framework"] + kinds.map { "\($0)" },
      alignment: "l" + kinds.map { _ in "r" }.joined(), rows.map { $0.map { "\($0)" as Markup } })
  }

  private static func charts(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup {
    let figures = ScenarioCharts.all(scenario, run).map { HTMLPage.figure("\($0.caption)", $0.chart) }
    if figures.isEmpty { return "" }
    return "\(HTMLPage.key(run.manifest.frameworks, run))<div class=\"charts\">\n\(figures)</div>\n"
  }

  /// The same figures as in the charts, to be read and copied.
  private static func figures(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup {
    let name = scenario.entry.name
    let latency = TableText.latencies(scenario)
    let rounds = TableText.rounds(scenario, run)
    guard !latency.isEmpty, !rounds.isEmpty else { return "" }
    let frameworks = run.manifest.frameworks.map { "\($0.title)" as Markup }
    return HTMLPage.details(
      "The figures behind the charts of \(name)",
      """
      \(HTMLPage.table(
        "Latency of \(name)", "Latency in ms over all rounds together. * rests on few responses.",
        TableText.latencyHeader.map { "\($0)" }, alignment: "lrrrrrrr", latency.map { $0.map { "\($0)" as Markup } }))\
      \(HTMLPage.table(
        "Rounds of \(name)", "Verified \(scenario.entry.unit) per second and p99 in ms, by round.",
        ["Round"] + frameworks, alignment: "l" + frameworks.map { _ in "r" }.joined(),
        rounds.map { $0.map { "\($0)" as Markup } }))
      """)
  }

  /// Flame graphs of this scenario, where there are any.
  private static func profiles(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup {
    let links = run.manifest.frameworks.compactMap { framework -> Markup? in
      let file = "\(framework.name)_\(scenario.entry.name).svg"
      return run.profiles.contains(file) ? ProfileLinks.link(to: file, framework.title) : nil
    }
    if links.isEmpty { return "" }
    let joined = links.enumerated().map { $0 == 0 ? $1 : ", \($1)" as Markup }
    return "<p>Flame graphs: \(joined).</p>\n"
  }
}
