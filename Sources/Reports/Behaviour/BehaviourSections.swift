/// How servers behave as load grows, lasts and fails: the parts of a report on it, in the order in which it shows them.
enum BehaviourSections {
  static func blocks(_ run: RunSummary) -> [Block] {
    CurveSections.blocks(run) + SoakSections.blocks(run) + FaultSections.blocks(run)
  }

  /// What the first page says of it.
  static func sentences(_ run: RunSummary) -> [String] {
    CurveSections.sentences(run) + SoakSections.sentences(run) + FaultSections.sentences(run)
  }

  /// The ids and names of the parts that are there, for the contents of the page.
  static func parts(_ run: RunSummary) -> [(String, String)] {
    let behaviour = run.behaviour
    return [
      behaviour.curve.isEmpty ? nil : ("curve", "As load grows"),
      behaviour.soak.isEmpty ? nil : ("soak", "As hours pass"),
      behaviour.faults.isEmpty ? nil : ("faults", "When something breaks"),
    ].compactMap(\.self)
  }

  /// What is wrong with a server, a line each: it fails the run.
  static func findings(_ run: RunSummary) -> [String] {
    CurveSections.findings(run) + SoakSections.findings(run) + FaultSections.findings(run)
  }

  /// What the run set out to do and did not, a line each: it can be taken up again.
  static func missing(_ run: RunSummary) -> [String] {
    CurveSections.missing(run) + SoakSections.missing(run) + FaultSections.missing(run)
  }
}
