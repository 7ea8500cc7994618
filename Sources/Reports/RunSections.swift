import Foundation
import Results
import Statistics

/// The parts of a run's report that Markdown and the page share.
enum RunSections {
  static func overview(_ run: RunSummary) -> Block {
    .section(
      id: "overview",
      [
        .heading(2, "Overview"),
        .only(
          .markdown,
          [.paragraph("Throughput relative to the reference; the fastest, or those tied for it, in bold.")]),
        chart(
          DotPlot.overview(run),
          """
          Throughput relative to the reference (1×), further right is faster, with 95 % intervals, on a logarithmic \
          scale. Filled marks are the fastest or tied for it. On the right: who is fastest, and by how much.
          """, run),
        .table(.overview(run)),
      ])
  }

  static func standing(_ run: RunSummary) -> Block {
    .section(
      id: "standing",
      [.heading(2, "Overall standing"), .paragraph(Reading.standing(run)), .table(.standing(run))] + weights(run))
  }

  /// The presets, and what a page needs for the weights of its reader.
  private static func weights(_ run: RunSummary) -> [Block] {
    guard let standings = WeightedStandings(run) else { return [] }
    let data = Markup(json: standings.json)
    let blocks: [Block] = [
      .heading(3, "With other weights"), .paragraph(Reading.weights),
      .section(id: "weights", [.table(.weighted(standings, run))]),
      .list(standings.presets.dropFirst().map { Words("\(standings.inWords($0)).") }),
      .markup("<script type=\"application/json\" id=\"standing-data\">\(data)</script>\n"),
    ]
    // Without presets only a reader's own weights are new.
    return standings.presets.count > 1 ? blocks : [.only(.page, blocks)]
  }

  /// The comparison results against the baseline, or between two versions, with the thresholds.
  static func gate(_ run: RunSummary) -> Block {
    let heading = Block.heading(2, Reading.gateTitle)
    guard let sentence = Reading.gate(run) else { return .section(id: "gate", [heading, .paragraph(Reading.noGate)]) }
    let figures = Metric.allCases.compactMap { metric in
      DotPlot.changes(metric, run)?.svg().map { chart in
        HTMLPage.figure(
          """
          Change of \(metric.title) relative to before (1×), with the interval that decided; \
          \(metric.worse == .down ? "left" : "right") is worse. The dashed line is the most that is tolerated; \
          hollow marks are inconclusive.
          """, chart)
      }
    }
    return .section(
      id: "gate",
      [
        heading, .paragraph(sentence),
        .list(Reading.results(run, [.fail])),
        .table(.verdicts(run)),
        .markup(
          figures.isEmpty
            ? "" : "\(HTMLPage.key(run.competitors, run))<div class=\"charts two\">\n\(figures)</div>\n"),
        .details("All \(run.results.count) comparison results, the worst first", [.table(.results(run))]),
      ])
  }

  /// What a request costs each framework, counted and in CPU time; nothing where neither is known.
  static func cost(_ run: RunSummary) -> [Block] {
    guard run.isCounted || Reading.hasCosts(run) else { return [] }
    return [.section(id: "cost", [.heading(2, "What one request costs")] + counted(run) + cpuTime(run) + relation(run))]
  }

  private static func cpuTime(_ run: RunSummary) -> [Block] {
    guard Reading.hasCosts(run) else { return [] }
    return [
      .heading(3, "CPU time"), .paragraph(Reading.whatCostIs),
      .list(run.competitors.compactMap { Reading.cost($0, run) }),
      chart(
        DotPlot.costs(run),
        """
        CPU time per exchange as a multiple of the reference’s (1×), further right costs more, with 95 % intervals. \
        On the right: the time of the reference. Filled marks differ from it by more than chance.
        """, run),
      .table(.costs(run)),
    ]
  }

  /// The counts that most ask for, the others to be opened, and why figures are absent.
  private static func counted(_ run: RunSummary) -> [Block] {
    guard run.isCounted else { return [] }
    func tables(_ metrics: [CountMetric]) -> [Block] {
      metrics.compactMap { metric in
        Table.counts(metric, run).map { .section(id: metric.rawValue, [.heading(4, $0.title), .table($0)]) }
      }
    }
    let others = tables([.systemCalls, .bytesSent, .bytesReceived])
    return [
      .heading(3, "Counts"), .paragraph(Reading.whatCountsAre),
      .list(run.competitors.compactMap { Reading.counts($0, run) }),
      .list(Reading.absences(run) + Reading.explanations(run)),
    ] + tables([.instructions, .pythonCalls, .databaseStatements])
      + (others.isEmpty ? [] : [.details("System calls and bytes", others)])
  }

  /// Nothing where no cell has both figures.
  private static func relation(_ run: RunSummary) -> [Block] {
    guard let relation = InstructionsAndTime(run) else { return [] }
    let plot = ScatterPlot(relation: relation) { .of($0.framework, in: run) }
    return [
      .heading(3, "Instructions and CPU time"), .list(relation.sentences),
      .markup(
        HTMLPage.wideFigure(
          """
          CPU time of an exchange under load beside its instructions, a mark for each cell, both logarithmic. On the dashed \
          line, a million instructions take as long as in the median cell; above it they take longer.
          """, key: HTMLPage.key(run.manifest.frameworks, run), plot.svg())),
    ]
  }

  /// The comparison results of counts, with the thresholds; nothing where none were judged.
  static func countGate(_ run: RunSummary) -> [Block] {
    guard let sentence = Reading.countGate(run) else { return [] }
    let open = run.countResults.filter { $0.verdict == .undecided }
    let reasons = open.compactMap(\.reason).eachOnce.map { reason in
      "\(Figure.counted(open.count { $0.reason == reason }, "threshold")) inconclusive: \(reason)."
    }
    return [
      .section(
        id: "count-gate",
        [
          .heading(2, "Counts compared with the baseline"), .paragraph(sentence),
          .list(run.countRegressions.map(Reading.line)), .list(reasons),
          .details(
            "All \(run.countResults.count) comparison results of counts, the worst first", [.table(.countResults(run))]),
        ])
    ]
  }

  private static func chart(_ plot: DotPlot?, _ caption: Markup, _ run: RunSummary) -> Block {
    .markup(plot?.svg().map { HTMLPage.wideFigure(caption, key: HTMLPage.key(run.competitors, run), $0) } ?? "")
  }

  /// What it measures, who is fastest, the table, the pairs, the errors, and the charts.
  static func scenario(_ scenario: ScenarioSummary, _ run: RunSummary) -> Block {
    let entry = scenario.entry
    let reasons = Reading.reasons(scenario)
    let measured = Words(
      markdown: MarkdownPage.escaped("\(entry.summary) Checked: \(entry.verification)"),
      html: """
        \(HTMLPage.withCode(entry.summary)) <span class="soft">Checked: \(HTMLPage.withCode(entry.verification))</span>
        """)
    return .section(
      id: "scenario-\(entry.name)",
      [
        .heading(3, entry.name), .paragraph(measured), .paragraph(.strong(Reading.outcome(scenario, run))),
        .markup(reasons.isEmpty ? "" : HTMLPage.box("bad", HTMLPage.html([.list(reasons)]))),
        .table(.scenario(scenario, run)), .only(.markdown, [.list(reasons)]), .list(Reading.pairs(scenario, run)),
      ] + errors(scenario) + (Table.fixedRates(scenario).map { [.table($0)] } ?? []) + charts(scenario, run) + [
        flameGraphs(scenario, run), warnings(scenario, run),
      ])
  }

  static func errors(_ scenario: ScenarioSummary) -> [Block] {
    let sentence = Words(Reading.errors(scenario))
    guard let table = Table.errors(scenario) else { return [.only(.page, [.note(sentence)])] }
    return [.only(.markdown, [.paragraph(sentence)]), .table(table)]
  }

  /// With the same figures as a table, to be read and copied.
  static func charts(_ scenario: ScenarioSummary, _ run: RunSummary) -> [Block] {
    let figures = ScenarioCharts.all(scenario, run).map { HTMLPage.figure("\($0.caption)", $0.chart) }
    let tables = [Table.latencies(scenario), .rounds(scenario)]
    return [
      .markup(
        figures.isEmpty
          ? "" : "\(HTMLPage.key(run.manifest.frameworks, run))<div class=\"charts\">\n\(figures)</div>\n"),
      .only(
        .page,
        tables.contains { $0.rows.isEmpty }
          ? [] : [.details("The figures behind the charts of \(scenario.entry.name)", tables.map(Block.table))]),
    ]
  }

  private static func flameGraphs(_ scenario: ScenarioSummary, _ run: RunSummary) -> Block {
    let links = run.manifest.frameworks.compactMap { framework -> Markup? in
      let file = "\(framework.name)_\(scenario.entry.name).svg"
      return run.profiles.contains(file) ? Words.link(to: path(of: file), framework.title).html : nil
    }
    let joined = links.enumerated().map { $0 == 0 ? $1 : ", \($1)" as Markup }
    return .markup(links.isEmpty ? "" : "<p>Flame graphs: \(joined).</p>\n")
  }

  private static func warnings(_ scenario: ScenarioSummary, _ run: RunSummary) -> Block {
    let warnings = run.warnings.compactMap { warning in
      warning.placesInWords(in: scenario.entry.name, plannedRounds: run.manifest.profile.rounds)
        .map { "\(warning.sentence) In \($0)." }
    }
    if warnings.isEmpty { return .markup("") }
    let summary = "\(Figure.counted(warnings.count, "warning")) about this scenario"
    return .markup(HTMLPage.box("warn", HTMLPage.html([.details(summary, [.list(warnings)])])))
  }

  static func resources(_ run: RunSummary) -> [Block] {
    [.heading(2, "Resources under load"), .paragraph("100 % is one core."), .table(.resources(run))]
  }

  static func checks(_ run: RunSummary) -> Block {
    let table = Table.checks(run)
    return .section(
      id: "checks",
      [
        .heading(2, "Checks beside the load"),
        table.rows.isEmpty ? .paragraph("None were recorded.") : .table(table),
      ])
  }

  /// The profiles that lie beside the report; nothing at all where there are none.
  static func profiles(_ run: RunSummary) -> [Block] {
    if run.profiles.isEmpty { return [] }
    return [
      .section(
        id: "profiles",
        [
          .heading(2, "Profiles"),
          .paragraph(
            "Recorded with make profile, apart from the rounds. Tracing slows a server down: these figures are no results."
          ),
          .list(run.profiles.map { .link(to: path(of: $0), $0) }),
        ])
    ]
  }

  /// Relative to the report. What may mean something in an address or in Markdown is percent-encoded.
  private static func path(of profile: String) -> String {
    let ascii = CharacterSet(charactersIn: "!"..."~")
    let plain = CharacterSet.alphanumerics.intersection(ascii).union(CharacterSet(charactersIn: "-._~"))
    return "flamegraphs/" + (profile.addingPercentEncoding(withAllowedCharacters: plain) ?? profile)
  }

  static func environment(_ run: RunSummary) -> Block {
    let frameworks = run.manifest.frameworks
    return .section(
      id: "environment",
      [
        .heading(2, "Environment"),
        .facts(caption: "The machine and the settings of this run.", EnvironmentRows.all(run)),
        .only(
          .page,
          [
            .facts(
              caption: "The frameworks as installed: server and distributions.",
              frameworks.map {
                ("\($0.title) \($0.version)", "\($0.server). \(EnvironmentRows.versions($0))")
              })
          ]),
        .only(
          .markdown,
          [
            .table(
              Table(
                "", "", ["Framework", "Version", "Server", "Installed"].map { .left($0) },
                frameworks.map { [$0.title, $0.version, $0.server, EnvironmentRows.versions($0)] }))
          ]),
      ])
  }

  static func methodology(_ run: RunSummary) -> [Block] {
    [
      .section(
        id: "methodology",
        [.heading(2, "Methodology")]
          + Methodology.paragraphs(run).map { .paragraph(.strong("\($0.title).") + Words(" \($0.text)")) }),
      .section(
        id: "reproduce",
        [
          .heading(2, "How to reproduce"), .code(Methodology.howToReproduce(run)),
          .paragraph(
            .code("make report") + Words(" rebuilds this report from the attachments of the run, offline.")),
        ]),
    ]
  }
}
