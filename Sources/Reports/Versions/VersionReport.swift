import Results
import Statistics

/// A comparison of two versions as a page and as Markdown: the answer first, then what changed, which functions, what else
/// differs, and then what it rests on. It ranks nothing.
enum VersionReport {
  static func html(_ sides: VersionSides, _ run: RunSummary) -> String {
    let answer = VersionAnswer(run)
    let boxes = answer.lines.map { line in
      HTMLPage.box(style(line), "<p class=\"answer\"><strong>\(line.word)</strong>\(line.rest)</p>")
    }
    let faults = brokenParts(run)
    let list = faults.isEmpty ? "" : HTMLPage.box("bad", HTMLPage.html([.list(faults)]))
    return HTMLPage.text(
      title: sides.title, header: HTMLPage.facts(facts(sides, run)),
      [
        .markup("<section id=\"answer\">\n\(boxes)\(list)</section>\n"), .note(Words(answer.exit)),
        .markup(contents(run)), .markup(PageTools.html(run)),
        VersionSections.changes(run), VersionSections.calls(sides, run), VersionSections.sides(sides, run),
        .markup(warnings(run)),
      ] + VersionSections.basis(sides, run))
  }

  static func markdown(_ sides: VersionSides, _ run: RunSummary) -> String {
    let answer = VersionAnswer(run)
    let lines = answer.lines.map { line in
      Block.paragraph(Words(symbol(line)) + .strong(line.word) + Words(line.rest))
    }
    let warnings = run.versionWarnings.map(\.sentence)
    return MarkdownPage(
      [.heading(1, sides.title)] + lines + [
        .list(brokenParts(run)), .paragraph(answer.exit), .list(facts(sides, run).map { "\($0): \($1)" }),
        VersionSections.changes(run), VersionSections.calls(sides, run), VersionSections.sides(sides, run),
      ] + (warnings.isEmpty ? [] : [.heading(2, "Warnings"), .list(warnings)]) + VersionSections.basis(sides, run)
    ).text
  }

  /// What is missing or failed, a line each; the thresholds that failed stand in the table.
  static func brokenParts(_ run: RunSummary) -> [String] {
    run.missing.map { "missing: \($0)" }
      + run.problems.filter { $0 != run.end.map(RawResultsProblem.ended) }.map(\.description)
      + run.failedCells.map { "\($0.framework.name) in \($0.scenario): \(Reading.reason($0) ?? "failed")" }
  }

  /// `""` only where everything was decided, and well.
  private static func style(_ line: VersionAnswer.Line) -> String {
    switch line.mood {
    case .bad: "bad"
    case .open: "warn"
    case .good: ""
    }
  }

  /// Colour where there is no style.
  private static func symbol(_ line: VersionAnswer.Line) -> String {
    switch line.mood {
    case .bad: "🔴 "
    case .open: "🟡 "
    case .good: "🟢 "
    }
  }

  private static func facts(_ sides: VersionSides, _ run: RunSummary) -> [(String, String)] {
    let others = SideDifference.all(sides, run)
    return sides.sources
      + (others.isEmpty ? [] : [("What else differs", others.map(\.text).joined(separator: "; "))])
      + EnvironmentRows.brief(run).filter { $0.0 != "Frameworks" }
  }

  private static func contents(_ run: RunSummary) -> Markup {
    let parts = [
      ("changed", "What changed"), ("calls", "Calls"), ("sides", "What else differs"), ("sources", "Sources and files"),
      ("environment", "Environment"),
      ("methodology", "Methodology"), ("reproduce", "How to reproduce"),
    ]
    return HTMLPage.contents("Parts of this page", parts.map { "<a href=\"#\($0)\">\($1)</a>" })
  }

  private static func warnings(_ run: RunSummary) -> Markup {
    let warnings = run.versionWarnings
    if warnings.isEmpty { return "" }
    let items = warnings.map { warning -> String in
      let places = warning.placesInWords(plannedRounds: run.manifest.profile.rounds)
      return warning.sentence + (places.map { " In \($0)." } ?? "")
    }
    return """
      <div class="box warn" id="warnings"><h2>\(Figure.counted(warnings.count, "warning"))</h2>
      \(HTMLPage.html([.list(items)]))</div>

      """
  }
}

extension RunSummary {
  /// Without what the answer says already.
  var versionWarnings: [RunWarning] {
    warnings.filter { warning in
      switch warning.kind {
      case .inconclusive, .noReference, .referenceUnsound, .noParity: false
      case .recorded, .idleTarget, .otherWork, .hypervisor, .quota, .heat, .fewConnections, .unsteadyWarmUp,
        .unevenWorkers, .fewResponses:
        true
      }
    }
  }
}
