import Results
import Statistics

/// The parts of a comparison of two versions that its page and its Markdown share.
enum VersionSections {
  /// As many rows as a reader looks at; the others can be opened.
  private static let mostCalls = 40
  private static let mostOrigins = 8

  /// Scenario by scenario, counts first, then time.
  static func changes(_ run: RunSummary) -> Block {
    let judged = run.judged
    if judged.isEmpty {
      return .section(id: "changed", [.heading(2, "What changed"), .paragraph("Nothing was judged in this run.")])
    }
    return .section(
      id: "changed",
      [
        .heading(2, "What changed"), .table(.changes(run)),
        .details("All \(judged.count) thresholds, the worse first", [.table(.judged(run))]),
      ])
  }

  /// Functions, system calls and statements.
  static func calls(_ sides: VersionSides, _ run: RunSummary) -> Block {
    let calls = ComparedCalls(sides, run)
    let scenarios = calls.scenarios
    var blocks: [Block] = [
      .heading(2, "Called more often or less often per request"), .paragraph(sentence(calls, run)),
    ]
    if !calls.origins.isEmpty {
      blocks += [.heading(3, "Where it begins")] + folded(calls.origins, mostOrigins) { .origins($0, scenarios) }
      blocks.append(.heading(3, "All calls"))
    }
    blocks += folded(calls.called, mostCalls) { .calls($0, scenarios) }
    if !calls.resumed.isEmpty {
      blocks.append(.details(resumptions(calls.resumed), [.table(.calls(calls.resumed, scenarios))]))
    }
    return .section(id: "calls", blocks + [.list(Reading.absences(run) + Reading.unnamed(run))])
  }

  /// The first rows as a table, and the others to be opened.
  private static func folded<Row>(_ rows: [Row], _ most: Int, _ table: ([Row]) -> Table) -> [Block] {
    let rest = Array(rows.dropFirst(most))
    return (rows.isEmpty ? [] : [.table(table(Array(rows.prefix(most))))])
      + (rest.isEmpty ? [] : [.details("\(rest.count) more", [.table(table(rest))])])
  }

  static func sentence(_ calls: ComparedCalls, _ run: RunSummary) -> String {
    let functions = calls.functions.filter(\.isFunction)
    if calls.compared.isEmpty {
      return run.isCounted
        ? "The calls of functions were not counted on both sides." : "Nothing was counted in this run."
    }
    let place = "in \(Figure.counted(calls.compared.count, "scenario"))"
    if functions.isEmpty {
      let isDearer = run.judged.contains { $0.quantity == .count(.instructions) && $0.verdict == .fail }
      let isWithin = isDearer && !calls.resumed.contains { $0.largest > 0 }
      return "No Python function is called more often or less often than before, \(place)."
        + (isWithin ? " So what costs more is work within a function." : "")
    }
    let more = functions.count { $0.largest > 0 }
    let new = functions.count { $0.places.allSatisfy { $0.base == 0 } }
    let gone = functions.count { $0.places.allSatisfy { $0.head == 0 } }
    let ofThem = [new == 0 ? nil : "\(new) new", gone == 0 ? nil : "\(gone) gone"].compactMap(\.self)
    return "\(Figure.counted(more, "function")) \(more == 1 ? "is" : "are") called more often and "
      + "\(functions.count - more) less often than before, \(place)"
      + (ofThem.isEmpty ? "." : " (\(ofThem.joined(separator: ", "))).")
  }

  /// Of coroutines and generators that go on more often or less often.
  static func resumptions(_ resumed: [CallDifference]) -> String {
    let more = resumed.count { $0.largest > 0 }
    let counts = [
      more == 0 ? nil : "\(more) more often", more == resumed.count ? nil : "\(resumed.count - more) less often",
    ]
    return "Coroutines and generators that go on after waiting: " + counts.compactMap(\.self).joined(separator: ", ")
  }

  static func sides(_ sides: VersionSides, _ run: RunSummary) -> Block {
    let differences = SideDifference.all(sides, run)
    return .section(
      id: "sides",
      [
        .heading(2, "What else differs between the sides"),
        differences.isEmpty
          ? .paragraph("Nothing that is known: distributions, interpreter and server are the same on both sides.")
          : .table(.sides(differences)),
      ])
  }

  /// Charts, what was measured of each scenario, checks, environment and method: what the answer rests on.
  static func basis(_ sides: VersionSides, _ run: RunSummary) -> [Block] {
    let measured =
      run.manifest.isTimed ? [charts(run)] + run.scenarios.map { scenario($0, run) } + [RunSections.checks(run)] : []
    return [.heading(2, heading), .list(Trust.sentences(run))] + measured + RunSections.profiles(run)
      + [RunLinks.section(run), RunSections.environment(run)] + RunSections.methodology(run)
  }

  /// Where the summary of a pull request ends (`.ci/summary`).
  static let heading = "Measurements"

  /// Nothing where no change of time was estimated.
  private static func charts(_ run: RunSummary) -> Block {
    let figures = Metric.allCases.compactMap { metric in
      DotPlot.changes(metric, run)?.svg().map { chart in
        HTMLPage.figure(
          """
          Change of \(metric.title) from base (1×) to head, with the interval that decided; \
          \(metric.worse == .down ? "left" : "right") is worse. The dashed line is the most that is tolerated; \
          hollow marks are inconclusive.
          """, chart)
      }
    }
    return .markup(figures.isEmpty ? "" : "<div class=\"charts two\">\n\(figures)</div>\n")
  }

  private static func scenario(_ scenario: ScenarioSummary, _ run: RunSummary) -> Block {
    let reasons = Reading.reasons(scenario)
    let entry = scenario.entry
    return .section(
      id: "scenario-\(entry.name)",
      [
        .heading(3, entry.name), .note(Words("\(entry.summary) Checked: \(entry.verification)")),
        .markup(reasons.isEmpty ? "" : HTMLPage.box("bad", HTMLPage.html([.list(reasons)]))),
        .only(.markdown, [.list(reasons)]),
        .details(
          "What was measured of \(entry.name)",
          [.table(.measured(scenario, run))] + RunSections.errors(scenario) + RunSections.charts(scenario, run)),
      ])
  }
}
