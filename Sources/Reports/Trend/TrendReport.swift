import Statistics

/// `trend.md`: several runs beside each other, for people who read pull requests.
public enum TrendMarkdown {
  public static func text(_ trend: RunTrend) -> String {
    let head: [Block] = [.heading(1, TrendText.title(trend)), .list(trend.cautions.map(\.text))]
    return MarkdownPage(head + TrendSections.all(trend)).text
  }
}

/// `trend.html`: several runs beside each other, in one self-contained file.
public enum TrendPage {
  public static func text(_ trend: RunTrend) -> String {
    let list = HTMLPage.html([.list(trend.cautions.map(\.text))])
    let box = HTMLPage.box("warn", "<h2>Read with care</h2>\n\(list)")
    let tools = PageTools.html(
      trend.frameworks.enumerated().map { (ChartMark(index: $0), $1) }, scenarios: trend.scenarios)
    return HTMLPage.text(
      title: TrendText.title(trend),
      [.markup(trend.cautions.isEmpty ? "" : box), .markup(tools)] + TrendSections.all(trend))
  }
}

/// What Markdown and the page share.
private enum TrendSections {
  static func all(_ trend: RunTrend) -> [Block] {
    let key = HTMLPage.key(trend.frameworks.enumerated().map { (ChartMark(index: $0), $1.title) })
    let charts = trend.scenarios.compactMap { scenario in
      TrendChart.svg(scenario, trend).map {
        HTMLPage.figure(
          "\(scenario), relative to the reference", $0, style: " id=\"scenario-\(scenario)\"")
      }
    }
    return [
      .section(
        id: "minute",
        [.heading(2, "In one minute"), .list(TrendText.inOneMinute(trend)), .note(Words(TrendText.howCompared))]),
      .section(id: "runs", [.heading(2, "The runs"), .table(runs(trend)), differences(trend)]),
      .section(
        id: "change",
        [
          .only(
            .page, [.heading(2, "What changed from the first to the last"), .markup(changes(trend, key))]),
          .only(.markdown, [.heading(2, "Ratios to the reference")]), .table(ratios(trend)),
        ]),
      .section(
        id: "standing",
        [.heading(2, "Overall standing"), .paragraph(TrendText.aboutStanding(trend)), .table(standing(trend))]),
      .markup(
        """
        <section id="trend">
        <h2>Trend by scenario</h2>
        \(key)<div class="charts">
        \(charts)</div>
        </section>

        """),
    ]
  }

  private static func runs(_ trend: RunTrend) -> Table {
    let header = ["Run", "Folder", "Started", "Profile", "Frameworks", "Machine", "State"]
    return Table(
      "Runs", "The earliest first.", header.map { .left($0) },
      trend.runs.map { run in
        let manifest = run.summary.manifest
        return [
          run.label, run.name, manifest.started,
          "\(manifest.profile.name), \(manifest.profile.rounds) × \(Figure.plain(manifest.profile.windowS)) s",
          run.summary.competitors.map { "\($0.title) \($0.version)" }.joined(separator: ", "),
          "\(manifest.environment.cpuModel), \(Figure.counted(manifest.environment.processors, "processor"))",
          run.summary.state.rawValue,
        ]
      })
  }

  private static func differences(_ trend: RunTrend) -> Block {
    if trend.differences.isEmpty { return .paragraph("Machine, versions and settings are the same in all runs.") }
    return .table(
      Table(
        "Differences", "What is not the same in all runs.",
        [.left("What differs")] + trend.runs.map { .wrapped($0.label) },
        trend.differences.map { [$0.name] + $0.values }))
  }

  private static func changes(_ trend: RunTrend, _ key: Markup) -> Markup {
    guard let chart = TrendChart.changes(trend).svg() else { return "<p>No cell is in both.</p>\n" }
    return HTMLPage.wideFigure(
      """
      Throughput relative to the reference in the last run, as a multiple of that in the first: further right is \
      faster. Filled marks are changes beyond chance.
      """, key: key, chart)
  }

  private static func ratios(_ trend: RunTrend) -> Table {
    Table(
      "Ratios", "Throughput relative to the reference by run, and the change from the first run to the last.",
      [.left("Scenario"), .left("Framework")] + trend.runs.map { .right($0.label) }
        + [.right("Change"), .right("Interval"), .wrapped("Result")], TrendText.ratios(trend))
  }

  private static func standing(_ trend: RunTrend) -> Table {
    Table(
      "Overall standing", "By run.", [.left("Framework")] + trend.runs.map { .right($0.label) },
      trend.frameworks.map { [$0.title] + trend.standing($0).map { Figure.ratio($0) } })
  }
}
