/// `final_report.md`: the whole run for people who read pull requests.
public enum MarkdownReport {
  public static func text(_ run: RunSummary) -> String {
    if let sides = VersionSides(run) { return VersionReport.markdown(sides, run) }
    let title = "Framework Shootout: \(run.inTitle.map { "\($0.title) \($0.version)" }.joined(separator: ", "))"
    let head: [Block] = [
      .heading(1, title), .paragraph(.strong(Reading.state(run))), .list(Reading.faults(run)),
      .list(EnvironmentRows.brief(run).map { "\($0): \($1)" }),
    ]
    if !run.manifest.isTimed {
      let end =
        RunSections.profiles(run) + [RunLinks.section(run), RunSections.environment(run)] + RunSections.methodology(run)
      let behaviour = [.list(BehaviourSections.sentences(run))] + BehaviourSections.blocks(run)
      return MarkdownPage(
        head + behaviour + warnings(run) + RunSections.countGate(run) + RunSections.cost(run) + end
      ).text
    }
    let minute: [Block] = [
      .heading(2, "In one minute"), .list(Reading.inOneMinute(run)), .paragraph(.strong("How far can you trust it?")),
      .list(Trust.sentences(run)),
    ]
    let results =
      [RunSections.overview(run), RunSections.standing(run), RunSections.gate(run)] + RunSections.countGate(run)
      + RunSections.cost(run)
    let scenarios = [.heading(2, "Scenarios")] + run.scenarios.map { RunSections.scenario($0, run) }
    let basis = RunSections.resources(run) + [RunSections.checks(run)] + RunSections.profiles(run)
    let end = [RunLinks.section(run), RunSections.environment(run)] + RunSections.methodology(run)
    return MarkdownPage(head + minute + warnings(run) + results + scenarios + basis + end).text
  }

  private static func warnings(_ run: RunSummary) -> [Block] {
    let heading = Block.heading(2, "Warnings")
    if run.warnings.isEmpty { return [heading, .paragraph("None.")] }
    let long = run.warnings.filter { $0.places.count > 3 }
    func inFull(_ warning: RunWarning) -> String {
      let places = warning.placesInWords(plannedRounds: run.manifest.profile.rounds)
      return warning.sentence + (places.map { " In \($0)." } ?? "")
    }
    let list = Block.list(
      run.warnings.map { warning in
        warning.places.count > 3
          ? "\(warning.sentence) In \(warning.places.count) of \(run.cells.count) cells." : inFull(warning)
      })
    return [heading, list] + (long.isEmpty ? [] : [.details("Where", [.list(long.map(inFull))])])
  }
}
