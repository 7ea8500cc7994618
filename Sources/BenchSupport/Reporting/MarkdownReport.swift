/// `final_report.md`: the whole run for people who read pull requests.
public enum MarkdownReport {
  public static func text(_ run: RunSummary) -> String {
    var page = MarkdownPage()
    page.heading(
      1, "Framework Shootout: \(run.competitors.map { "\($0.title) \($0.version)" }.joined(separator: ", "))")
    page.paragraph("**\(MarkdownPage.escaped(Reading.state(run)))**", escaped: true)
    page.list(Reading.faults(run))
    warnings(run, &page)
    page.heading(2, "In one minute")
    page.list(Reading.inOneMinute(run))
    gate(run, &page)
    overview(run, &page)
    standing(run, &page)
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
        return warning.text + (places.map { " In \($0)." } ?? "")
      })
  }

  private static func gate(_ run: RunSummary, _ page: inout MarkdownPage) {
    guard let sentence = Reading.gate(run) else { return }
    page.heading(2, "Gate")
    page.paragraph(sentence)
    page.list(Reading.rulings(run))
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
    page.paragraph("\(scenario.entry.summary) \(scenario.entry.verification)")
    page.paragraph("**\(MarkdownPage.escaped(Reading.outcome(scenario, run)))**", escaped: true)
    page.table(
      TableText.scenarioHeader(scenario), alignment: "llrrrrrrrrrr",
      rows: scenario.cellsInOrder.map { TableText.scenarioRow($0, scenario).map(MarkdownPage.escaped) })
    page.list(
      scenario.cellsInOrder.compactMap { cell in Reading.reason(cell).map { "\(cell.framework.title): \($0)" } })
    page.list(Reading.pairs(scenario, run))
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
      ["", "Value"], alignment: "ll", rows: EnvironmentRows.machine(run).map { [$0, $1].map(MarkdownPage.escaped) })
    page.table(
      ["Framework", "Version", "Server", "Installed"], alignment: "llll",
      rows: run.manifest.frameworks.map { framework in
        [framework.title, framework.version, framework.server, EnvironmentRows.versions(framework)]
          .map(MarkdownPage.escaped)
      })
  }
}

/// Markdown put together block by block, with an empty line between.
struct MarkdownPage {
  private(set) var text = ""

  mutating func heading(_ level: Int, _ words: String) {
    block(String(repeating: "#", count: level) + " " + Self.escaped(words))
  }

  mutating func paragraph(_ words: String, escaped: Bool = false) {
    block(escaped ? words : Self.escaped(words))
  }

  /// Nothing at all where there are no items.
  mutating func list(_ items: [String]) {
    if !items.isEmpty { block(items.map { "- " + Self.escaped($0) }.joined(separator: "\n")) }
  }

  mutating func code(_ lines: [String]) {
    block("```\n" + lines.joined(separator: "\n") + "\n```")
  }

  /// The cells are Markdown already; `alignment` has `l` or `r` for each column.
  mutating func table(_ header: [String], alignment: String, rows: [[String]]) {
    let rules = alignment.map { $0 == "r" ? "---:" : "---" }
    block(
      ([header.map(Self.escaped), rules] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(
        separator: "\n"))
  }

  private mutating func block(_ block: String) {
    text += (text.isEmpty ? "" : "\n") + block + "\n"
  }

  /// Text that Markdown shows as it is.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\", "`", "*", "_", "|", "<", ">", "[", "]", "#": result += "\\\(character)"
      case _ where character.isNewline: result += " "
      default: result.append(character)
      }
    }
    return result
  }
}
