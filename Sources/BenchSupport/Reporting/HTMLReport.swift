/// `report.html`: one file that needs no network and no script, for light, dark, paper and phone.
public enum HTMLReport {
  public static func text(_ run: RunSummary) -> String {
    let title = "Framework Shootout: \(Reading.list(run.competitors.map(\.title)))"
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title)</title>
      <style>
      \(HTMLStyle.css)
      </style>
      </head>
      <body>
      <header>
      <h1>\(title)</h1>
      <p class="soft">\(subtitle(run))</p>
      </header>
      <main>
      \(state(run))\(warnings(run))<section id="minute">
      <h2>In one minute</h2>
      \(list(Reading.inOneMinute(run)))</section>
      \(gate(run))\
      \(overview(run))\(standing(run))<h2 id="scenarios">Scenarios</h2>
      \(contents(run))\(run.scenarios.map { HTMLScenario.section($0, run) })\(checks(run))\(ProfileLinks.html(run))\
      \(environment(run))\
      \(methodology(run))</main>
      </body>
      </html>

      """
    return page.text
  }

  private static func subtitle(_ run: RunSummary) -> String {
    let manifest = run.manifest
    return "\(Reading.list(run.manifest.frameworks.map { "\($0.title) \($0.version)" })). "
      + "\(manifest.started), profile \(manifest.profile.name), deployment \(manifest.deployment), "
      + "\(manifest.environment.cpuModel), \(Reading.counted(manifest.environment.processors, "processor"))."
  }

  private static func state(_ run: RunSummary) -> Markup {
    let style = run.state == .complete ? "box" : "box bad"
    return """
      <div class="\(style)"><p><strong>\(Reading.state(run))</strong></p>
      \(list(Reading.faults(run)))</div>

      """
  }

  private static func warnings(_ run: RunSummary) -> Markup {
    if run.warnings.isEmpty { return "<div class=\"box\"><p>No warnings.</p></div>\n" }
    let items = run.warnings.map { warning -> Markup in
      let places = warning.placesInWords(plannedRounds: run.manifest.profile.rounds)
      return "<li>\(warning.text)\(places.map { " <span class=\"soft\">In \($0).</span>" as Markup } ?? "")</li>\n"
    }
    return """
      <div class="box warn"><h2>\(Reading.counted(run.warnings.count, "warning"))</h2>
      <ul>
      \(items)</ul></div>

      """
  }

  private static func gate(_ run: RunSummary) -> Markup {
    guard let sentence = Reading.gate(run) else { return "" }
    return """
      <section id="gate">
      <h2>Gate</h2>
      <p>\(sentence)</p>
      \(list(Reading.rulings(run)))</section>

      """
  }

  private static func overview(_ run: RunSummary) -> Markup {
    let figure = OverviewChart.svg(run).map { chart -> Markup in
      """
      <figure class="wide">
      <figcaption>Throughput relative to the reference (1×), with 95 % intervals, on a logarithmic scale. Filled marks
      share the first place; on the right, who is fastest.</figcaption>
      \(key(run.competitors, run))\(chart)</figure>

      """
    }
    let rows = run.scenarios.map { scenario -> Markup in
      let cells = run.competitors.map { framework -> Markup in
        let text = Figure.ratio(scenario.cell(framework.name)?.ratioToReference?.ratio)
        let winners = scenario.outcome.winners
        let style = !winners.contains(framework.name) ? "n" : winners.count > 1 ? "n tied" : "n first"
        return "<td class=\"\(style)\">\(text)</td>"
      }
      let fastest = TableText.fastest(scenario, run)
      return """
        <tr><th scope="row"><a href="#scenario-\(scenario.entry.name)">\(scenario.entry.name)</a></th>\(cells)\
        <td>\(fastest[0])</td><td>\(fastest[1])</td></tr>

        """
    }
    let heads = run.competitors.map { framework -> Markup in
      "<th scope=\"col\" class=\"n\">\(ChartMark.of(framework, in: run).inline)\(framework.title)</th>"
    }
    return """
      <section id="overview">
      <h2>Overview</h2>
      \(figure ?? "")\(scroll("Overview", """
        <table class="figures"><caption><span>Throughput relative to the reference. ★ fastest, = tied for the first \
        place.</span></caption>
        <thead><tr><th scope="col">Scenario</th>\(heads)<th scope="col">Fastest</th><th scope="col">Ahead of the next\
        </th></tr></thead>
        <tbody>
        \(rows)</tbody></table>
        """))</section>

      """
  }

  private static func standing(_ run: RunSummary) -> Markup {
    let rows = run.standings.map { standing -> Markup in
      let figures = [standing.wins, standing.ties, standing.losses, standing.undecided]
      return """
        <tr><th scope="row">\(ChartMark.of(standing.framework, in: run).inline)\(standing.framework.title)</th>\
        <td class="n">\(Figure.ratio(standing.ratio))</td>\(figures.map { "<td class=\"n\">\($0)</td>" as Markup })</tr>

        """
    }
    return """
      <section id="standing">
      <h2>Overall standing</h2>
      <p>\(Reading.standing(run))</p>
      \(scroll("Overall standing", """
        <table class="figures"><caption><span>Scenarios by outcome, and throughput relative to the reference.</span></caption>
        <thead><tr><th scope="col">Framework</th><th scope="col" class="n">To reference</th>\
        <th scope="col" class="n">Fastest alone</th><th scope="col" class="n">Tied for first</th>\
        <th scope="col" class="n">Slower</th><th scope="col" class="n">Undecided</th></tr></thead>
        <tbody>
        \(rows)</tbody></table>
        """))</section>

      """
  }

  private static func contents(_ run: RunSummary) -> Markup {
    let links = run.scenarios.map { "<li><a href=\"#scenario-\($0.entry.name)\">\($0.entry.name)</a></li>" as Markup }
    return "<nav aria-label=\"Scenarios\"><ul>\(links)</ul></nav>\n"
  }

  private static func checks(_ run: RunSummary) -> Markup {
    let rows = TableText.checks(run).map { row -> Markup in
      """
      <tr><th scope="row">\(row[0])</th>\(row[1..<4].map { "<td>\($0)</td>" as Markup })<td class="wrap">\(row[4])</td></tr>

      """
    }
    let table = scroll(
      "Checks",
      """
      <table class="figures"><caption><span>Each check was made in every round.</span></caption>
      <thead><tr><th scope="col">Scenario</th><th scope="col">Framework</th><th scope="col">Check</th>\
      <th scope="col">Rounds passed</th><th scope="col">Detail</th></tr></thead>
      <tbody>
      \(rows)</tbody></table>
      """)
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
      \(facts("The machine and the settings of this run.", EnvironmentRows.machine(run)))\
      \(facts("The frameworks as installed: server and distributions.", frameworks))</section>

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

  private static func facts(_ caption: String, _ rows: [(String, String)]) -> Markup {
    let rows = rows.map { "<tr><th scope=\"row\">\($0)</th><td>\($1)</td></tr>\n" as Markup }
    return "<table class=\"facts\"><caption><span>\(caption)</span></caption>\n<tbody>\n\(rows)</tbody></table>\n"
  }

  /// Which mark is which framework.
  static func key(_ frameworks: [Manifest.FrameworkEntry], _ run: RunSummary) -> Markup {
    let items = frameworks.map { "<li>\(ChartMark.of($0, in: run).inline)\($0.title)</li>" as Markup }
    return "<ul class=\"key\">\(items)</ul>\n"
  }

  /// A table that is wider than a phone scrolls by itself, also with the keyboard.
  static func scroll(_ name: String, _ table: Markup) -> Markup {
    "<div class=\"scroll\" role=\"region\" aria-label=\"\(name)\" tabindex=\"0\">\n\(table)\n</div>\n"
  }

  /// Nothing at all where there are no items.
  static func list(_ items: [String]) -> Markup {
    items.isEmpty ? "" : "<ul>\n\(items.map { "<li>\($0)</li>\n" as Markup })</ul>\n"
  }
}
