import Statistics

/// `report.html`: the whole run, first what a reader wants to know in a minute, then what it rests on.
public enum HTMLReport {
  public static func text(_ run: RunSummary) -> String {
    if let sides = VersionSides(run) { return VersionReport.html(sides, run) }
    let title = "Framework Shootout: \(Reading.list(run.inTitle.map(\.title)))"
    let isTimed = run.manifest.isTimed
    let results =
      (isTimed ? [RunSections.overview(run), RunSections.standing(run), RunSections.gate(run)] : [])
      + BehaviourSections.blocks(run) + RunSections.countGate(run) + RunSections.cost(run)
    let scenarios =
      isTimed ? [Block.markup(scenarioLinks(run))] + run.scenarios.map { RunSections.scenario($0, run) } : []
    let basis =
      RunSections.profiles(run) + (isTimed ? [RunSections.checks(run)] : [])
      + [RunLinks.section(run), RunSections.environment(run)]
    return HTMLPage.text(
      title: title, header: HTMLPage.facts(EnvironmentRows.brief(run)),
      [
        .markup(state(run)), .markup(minute(run)), .markup(warnings(run)), .markup(contents(run)),
        .markup(PageTools.html(run)),
      ]
        + results + scenarios + basis + RunSections.methodology(run))
  }

  private static func state(_ run: RunSummary) -> Markup {
    let blocks: [Block] = [.paragraph(.strong(Reading.state(run))), .list(Reading.faults(run))]
    return HTMLPage.box(run.state == .complete ? "" : "bad", HTMLPage.html(blocks))
  }

  private static func minute(_ run: RunSummary) -> Markup {
    if !run.manifest.isTimed { return HTMLPage.html([.list(BehaviourSections.sentences(run))]) }
    return """
      <section id="minute">
      <h2>In one minute</h2>
      <div class="halves">
      <div><h3>Who is faster, and by how much</h3>
      \(HTMLPage.html([.list(Reading.inOneMinute(run))]))</div>
      <div><h3>How far can you trust it?</h3>
      \(HTMLPage.html([.list(Trust.sentences(run))]))</div>
      </div>
      </section>

      """
  }

  private static func warnings(_ run: RunSummary) -> Markup {
    let busy = run.manifest.scenarios.compactMap { CurveText.disturbance($0.name, run) }
    if run.warnings.isEmpty, busy.isEmpty { return HTMLPage.box("", "<p>No warnings.</p>") }
    let items =
      busy.map { "<li>\($0)</li>\n" as Markup }
      + run.warnings.map { warning -> Markup in
        guard let places = warning.placesInWords(plannedRounds: run.manifest.profile.rounds) else {
          return "<li>\(warning.sentence)</li>\n"
        }
        let place: Markup =
          warning.places.count <= 3
          ? "<span class=\"soft\">In \(places).</span>"
          : HTMLPage.html([
            .details("In \(warning.places.count) of \(run.cells.count) cells", [.note(Words(places))])
          ])
        return "<li>\(warning.sentence) \(place)</li>\n"
      }
    return """
      <div class="box warn" id="warnings"><h2>\(Figure.counted(busy.count + run.warnings.count, "warning"))</h2>
      <ul>
      \(items)</ul>
      </div>

      """
  }

  private static func contents(_ run: RunSummary) -> Markup {
    let isTimed = run.manifest.isTimed
    var parts = isTimed ? [("overview", "Overview"), ("standing", "Standing"), ("gate", Reading.gateTitle)] : []
    parts += BehaviourSections.parts(run)
    if !run.countVerdicts.isEmpty { parts.append(("count-gate", "Counts compared with the baseline")) }
    if run.isCounted || Reading.hasCosts(run) { parts.append(("cost", "What one request costs")) }
    if isTimed { parts.append(("scenarios", "Scenarios")) }
    if !run.profiles.isEmpty { parts.append(("profiles", "Profiles")) }
    if isTimed { parts.append(("checks", "Checks")) }
    parts += [("sources", "Sources and files"), ("environment", "Environment"), ("methodology", "Methodology")]
    return HTMLPage.contents("Parts of this page", parts.map { "<a href=\"#\($0)\">\($1)</a>" })
  }

  private static func scenarioLinks(_ run: RunSummary) -> Markup {
    let links = run.scenarios.map { Words.scenario($0.entry.name).html }
    return "<h2 id=\"scenarios\">Scenarios</h2>\n\(HTMLPage.contents("Scenarios", links))"
  }
}
