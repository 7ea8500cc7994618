import Text

/// A run that looked at how servers behave, for a terminal: the answer, then what is wrong or open.
enum BehaviourTerminal {
  static func lines(_ run: RunSummary) -> [String] {
    CurveTerminal.lines(run)
      + (FaultSections.terminal(run) + BehaviourSections.sentences(run) + Reading.faults(run) + [Reading.state(run)])
      .flatMap { TerminalText.wrapped($0) }
  }
}
