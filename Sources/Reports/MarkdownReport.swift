import Results
import Statistics

/// `final_report.md`: the whole run for people who read pull requests.
public enum MarkdownReport {
  public static func text(_ run: RunSummary) -> String {
    var page = MarkdownPage()
    page.heading(
      1, "Framework Shootout: \(run.competitors.map { "\($0.title) \($0.version)" }.joined(separator: ", "))")
    page.paragraph("**\(MarkdownPage.escaped(Reading.state(run)))**", escaped: true)
    page.list(Reading.faults(run))
    page.list(EnvironmentRows.brief(run).map { "\($0): \($1)" })
    page.heading(2, "In one minute")
    page.list(Reading.inOneMinute(run))
    page.paragraph("**Can it be believed?**", escaped: true)
    page.list(Trust.sentences(run))
    warnings(run, &page)
    overview(run, &page)
    standing(run, &page)
    gate(run, &page)
    cost(run, &page)
    page.heading(2, "Scenarios")
    for scenario in run.scenarios { section(scenario, run, &page) }
    resources(run, &page)
    checks(run, &page)
    ProfileLinks.add(run, to: &page)
    environment(run, &page)
    page.heading(2, "Methodology")
    for (title, text) in Methodology.paragraphs(run) {
      page.paragraph("**\(title).** \(MarkdownPage.escaped(text))", escaped: true)
    }
    page.heading(2, "How to reproduce")
    page.code(Methodology.howToReproduce(run))
    page.paragraph("`make report` rebuilds this report from the attachments of the run, offline.", escaped: true)
    return page.text
  }

  private static func warnings(_ run: RunSummary, _ page: inout MarkdownPage) {
    page.heading(2, "Warnings")
    if run.warnings.isEmpty { return page.paragraph("None.") }
    page.list(
      run.warnings.map { warning in
        let places = warning.placesInWords(plannedRounds: run.manifest.profile.rounds)
        let place = warning.places.count <= 3 ? places : "\(warning.places.count) of \(run.cells.count) cells"
        return warning.sentence + (place.map { " In \($0)." } ?? "")
      })
    let long = run.warnings.filter { $0.places.count > 3 }
    if long.isEmpty { return }
    page.details(
      "Where",
      long.map { warning in
        let places = warning.placesInWords(plannedRounds: run.manifest.profile.rounds) ?? ""
        return "\(warning.sentence) In \(places)."
      })
  }

  private static func gate(_ run: RunSummary, _ page: inout MarkdownPage) {
    page.heading(2, Reading.gateTitle(run))
    guard let sentence = Reading.gate(run) else { return page.paragraph(Reading.noGate) }
    page.paragraph(sentence)
    page.list(Reading.rulings(run, outcomes: run.manifest.comparison == nil ? [.fail] : [.fail, .pass]))
    page.table(
      ["Framework", "Fail", "Undecided", "Pass", "Changed since the baseline"], alignment: "lrrrl",
      rows: run.competitors.map { framework in
        let own = run.rulings.filter { $0.framework == framework.name }
        return [MarkdownPage.escaped(framework.title)]
          + [ThresholdResult.Outcome.fail, .undecided, .pass].map { outcome in
            String(own.count { $0.verdict == outcome })
          } + [MarkdownPage.escaped(Reading.changesSinceBaseline(own))]
      })
    let rows = TableText.rulings(run).map { $0.map(MarkdownPage.escaped) }
    page.detailsTable(
      "All \(rows.count) rulings, the worst first", TableText.comparisonHeader, alignment: "lllrrrll", rows: rows)
  }

  private static func cost(_ run: RunSummary, _ page: inout MarkdownPage) {
    guard Reading.hasCosts(run) else { return }
    page.heading(2, "Framework cost")
    page.paragraph(Reading.whatCostIs)
    page.list(run.competitors.compactMap { Reading.cost($0, run) })
    page.table(
      ["Scenario", "Reference"] + run.competitors.map(\.title),
      alignment: "lr" + run.competitors.map { _ in "r" }.joined(),
      rows: TableText.costs(run).map { $0.map(MarkdownPage.escaped) })
  }

  private static func overview(_ run: RunSummary, _ page: inout MarkdownPage) {
    page.heading(2, "Overview")
    page.paragraph("Throughput relative to the reference; the fastest, or those tied for it, in bold.")
    page.table(
      ["Scenario", "Fastest", "Margin"] + run.competitors.map(\.title),
      alignment: "lll" + run.competitors.map { _ in "r" }.joined(),
      rows: run.scenarios.map { scenario in
        [MarkdownPage.escaped(scenario.entry.name)] + TableText.fastest(scenario, run).map(MarkdownPage.escaped)
          + run.competitors.map { framework in
            let text = Figure.ratio(scenario.cell(framework.name)?.ratioToReference?.ratio)
            return scenario.outcome.winners.contains(framework.name) && text != Figure.missing ? "**\(text)**" : text
          }
      })
  }

  private static func standing(_ run: RunSummary, _ page: inout MarkdownPage) {
    page.heading(2, "Overall standing")
    page.paragraph(Reading.standing(run))
    page.table(
      ["Framework", "To reference", "Fastest alone", "Tied for first", "Slower", "Undecided"], alignment: "lrrrrr",
      rows: run.standings.map {
        [
          MarkdownPage.escaped($0.framework.title), Figure.ratio($0.ratio), String($0.wins), String($0.ties),
          String($0.losses), String($0.undecided),
        ]
      })
  }

  private static func section(_ scenario: ScenarioSummary, _ run: RunSummary, _ page: inout MarkdownPage) {
    page.heading(3, scenario.entry.name)
    page.paragraph("\(scenario.entry.summary) Checked: \(scenario.entry.verification)")
    page.paragraph("**\(MarkdownPage.escaped(Reading.outcome(scenario, run)))**", escaped: true)
    page.table(
      TableText.scenarioHeader(scenario), alignment: "llrrrrrrrrrr",
      rows: scenario.cellsInOrder.map { TableText.scenarioRow($0, scenario).map(MarkdownPage.escaped) })
    page.list(
      scenario.cellsInOrder.compactMap { cell in Reading.reason(cell).map { "\(cell.framework.title): \($0)" } })
    page.list(Reading.pairs(scenario, run))
    errors(scenario, &page)
  }

  private static func errors(_ scenario: ScenarioSummary, _ page: inout MarkdownPage) {
    let (kinds, rows) = TableText.errors(scenario)
    guard !kinds.isEmpty else { return }
    page.paragraph(Reading.errors(scenario))
    page.table(
      ["Framework"] + kinds, alignment: "l" + kinds.map { _ in "r" }.joined(),
      rows: rows.map { $0.map(MarkdownPage.escaped) })
  }

  private static func resources(_ run: RunSummary, _ page: inout MarkdownPage) {
    page.heading(2, "Resources under load")
    page.paragraph("100 % is one core.")
    page.table(
      ["Scenario", "Framework", "Server CPU %", "PostgreSQL CPU %", "Generator CPU %", "Memory MiB", "Processes"],
      alignment: "llrrrrr",
      rows: run.cells.map { cell in
        [
          MarkdownPage.escaped(cell.scenario), MarkdownPage.escaped(cell.framework.title),
          Figure.significant(cell.serverCPUPercent), Figure.significant(cell.postgresCPUPercent),
          Figure.significant(cell.generatorCPUPercent),
          Figure.significant(cell.memoryBytes.map { Double($0) / 1_048_576 }),
          Figure.count(cell.rounds.compactMap { $0.resources.server?.processes }.max()),
        ]
      })
  }

  private static func checks(_ run: RunSummary, _ page: inout MarkdownPage) {
    page.heading(2, "Checks beside the load")
    let rows = TableText.checks(run)
    if rows.isEmpty { return page.paragraph("None were recorded.") }
    page.table(
      ["Scenario", "Framework", "Check", "Rounds passed", "Detail"], alignment: "lllrl",
      rows: rows.map { $0.map(MarkdownPage.escaped) })
  }

  private static func environment(_ run: RunSummary, _ page: inout MarkdownPage) {
    page.heading(2, "Environment")
    page.table(
      ["", "Value"], alignment: "ll", rows: EnvironmentRows.all(run).map { [$0, $1].map(MarkdownPage.escaped) })
    page.table(
      ["Framework", "Version", "Server", "Installed"], alignment: "llll",
      rows: run.manifest.frameworks.map { framework in
        [framework.title, framework.version, framework.server, EnvironmentRows.versions(framework)]
          .map(MarkdownPage.escaped)
      })
  }
}
