import Statistics

/// `report.html`: the whole run, first what a reader wants to know in a minute, then what it rests on.
public enum HTMLReport {
  public static func text(_ run: RunSummary) -> String {
    let title = "Framework Shootout: \(Reading.list(run.competitors.map(\.title)))"
    return HTMLPage.text(
      title: title, header: HTMLPage.facts(nil, EnvironmentRows.brief(run)),
      main: """
        \(state(run))\(minute(run))\(warnings(run))\(contents(run))\(overview(run))\(standing(run))\
        \(HTMLGate.section(run))\(HTMLCost.section(run))\(scenarios(run))\(ProfileLinks.html(run))\(checks(run))\
        \(environment(run))\(methodology(run))
        """)
  }

  private static func state(_ run: RunSummary) -> Markup {
    let style = run.state == .complete ? "box" : "box bad"
    return """
      <div class="\(style)"><p><strong>\(Reading.state(run))</strong></p>
      \(HTMLPage.list(Reading.faults(run)))</div>

      """
  }

  private static func minute(_ run: RunSummary) -> Markup {
    """
    <section id="minute">
    <h2>In one minute</h2>
    <div class="halves">
    <div><h3>Who is faster, and by how much</h3>
    \(HTMLPage.list(Reading.inOneMinute(run)))</div>
    <div><h3>Can it be believed?</h3>
    \(HTMLPage.list(Trust.sentences(run)))</div>
    </div>
    </section>

    """
  }

  private static func warnings(_ run: RunSummary) -> Markup {
    if run.warnings.isEmpty { return "<div class=\"box\"><p>No warnings.</p></div>\n" }
    let items = run.warnings.map { warning -> Markup in
      guard let places = warning.placesInWords(plannedRounds: run.manifest.profile.rounds) else {
        return "\(warning.sentence)"
      }
      let few = warning.places.count <= 3
      let place: Markup =
        few
        ? "<span class=\"soft\">In \(places).</span>"
        : HTMLPage.details(
          "In \(warning.places.count) of \(run.cells.count) cells", "<p class=\"soft\">\(places)</p>\n")
      return "\(warning.sentence) \(place)"
    }
    return """
      <div class="box warn" id="warnings"><h2>\(Figure.counted(run.warnings.count, "warning"))</h2>
      \(HTMLPage.list(items))</div>

      """
  }

  private static func contents(_ run: RunSummary) -> Markup {
    var parts = [("overview", "Overview"), ("standing", "Standing"), ("gate", Reading.gateTitle(run))]
    if Reading.hasCosts(run) { parts.append(("cost", "Framework cost")) }
    parts.append(("scenarios", "Scenarios"))
    if !run.profiles.isEmpty { parts.append(("profiles", "Profiles")) }
    parts += [("checks", "Checks"), ("environment", "Environment"), ("methodology", "Methodology")]
    let links = parts.map { "<li><a href=\"#\($0)\">\($1)</a></li>" as Markup }
    return "<nav aria-label=\"Parts of this page\"><ul>\(links)</ul></nav>\n"
  }

  private static func overview(_ run: RunSummary) -> Markup {
    let figure = OverviewChart.svg(run).map { chart in
      HTMLPage.figure(
        """
        Throughput relative to the reference (1×), further right is faster, with 95 % intervals, on a logarithmic \
        scale. Filled marks share the first place; on the right, who is fastest, and by how much over the next.
        """, "\(HTMLPage.key(run.competitors, run))\(chart)", style: "wide")
    }
    let rows = run.scenarios.map { scenario -> [Markup] in
      let cells = run.competitors.map { framework -> Markup in
        let text = Figure.ratio(scenario.cell(framework.name)?.ratioToReference?.ratio)
        let winners = scenario.outcome.winners
        if !winners.contains(framework.name) { return "\(text)" }
        return "<span class=\"\(winners.count > 1 ? "tied" : "first")\">\(text)</span>"
      }
      return [link(scenario)] + cells + TableText.fastest(scenario, run).map { "\($0)" }
    }
    return """
      <section id="overview">
      <h2>Overview</h2>
      \(figure ?? "")\(HTMLPage.table(
        "Overview", "Throughput relative to the reference. ★ fastest, = tied for the first place.",
        ["Scenario"] + run.competitors.map { HTMLPage.name($0, run) } + ["Fastest", "Ahead of the next"],
        alignment: "l" + run.competitors.map { _ in "r" }.joined() + "ll", rows))</section>

      """
  }

  package static func link(_ scenario: ScenarioSummary) -> Markup { link(to: scenario.entry.name) }

  package static func link(to scenario: String) -> Markup { "<a href=\"#scenario-\(scenario)\">\(scenario)</a>" }

  private static func standing(_ run: RunSummary) -> Markup {
    let rows = run.standings.map { standing -> [Markup] in
      [HTMLPage.name(standing.framework, run), "\(Figure.ratio(standing.ratio))"]
        + [standing.wins, standing.ties, standing.losses, standing.undecided].map { "\($0)" }
    }
    return """
      <section id="standing">
      <h2>Overall standing</h2>
      <p>\(Reading.standing(run))</p>
      \(HTMLPage.table(
        "Overall standing", "Scenarios by outcome, and throughput relative to the reference.",
        ["Framework", "To reference", "Fastest alone", "Tied for first", "Slower", "Undecided"], alignment: "lrrrrr",
        rows))</section>

      """
  }

  private static func scenarios(_ run: RunSummary) -> Markup {
    """
    <h2 id="scenarios">Scenarios</h2>
    <nav aria-label="Scenarios"><ul>\(run.scenarios.map { "<li>\(link($0))</li>" as Markup })</ul></nav>
    \(run.scenarios.map { HTMLScenario.section($0, run) })
    """
  }

  private static func checks(_ run: RunSummary) -> Markup {
    let rows = TableText.checks(run).map { $0.map { "\($0)" as Markup } }
    let table = HTMLPage.table(
      "Checks", "Each check was made in every round.", ["Scenario", "Framework", "Check", "Rounds passed", "Detail"],
      alignment: "llllw", rows)
    return """
      <section id="checks">
      <h2>Checks beside the load</h2>
      \(rows.isEmpty ? "<p>None were recorded.</p>\n" : table)</section>

      """
  }

  private static func environment(_ run: RunSummary) -> Markup {
    let frameworks = run.manifest.frameworks.map { framework -> (String, String) in
      ("\(framework.title) \(framework.version)", "\(framework.server). \(EnvironmentRows.versions(framework))")
    }
    return """
      <section id="environment">
      <h2>Environment</h2>
      \(HTMLPage.facts("The machine and the settings of this run.", EnvironmentRows.all(run)))\
      \(HTMLPage.facts("The frameworks as installed: server and distributions.", frameworks))</section>

      """
  }

  private static func methodology(_ run: RunSummary) -> Markup {
    let paragraphs = Methodology.paragraphs(run).map { title, text -> Markup in
      "<p><strong>\(title).</strong> \(text)</p>\n"
    }
    return """
      <section id="methodology">
      <h2>Methodology</h2>
      \(paragraphs)</section>
      <section id="reproduce">
      <h2>How to reproduce</h2>
      <pre>\(Methodology.howToReproduce(run).joined(separator: "\n"))</pre>
      <p><code>make report</code> rebuilds this report from the attachments of the run, offline.</p>
      </section>

      """
  }
}
