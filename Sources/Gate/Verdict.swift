/// What the gate says of one threshold.
public enum Verdict: Equatable, Sendable {
  /// The whole interval is tolerated.
  case pass
  /// The whole interval lies beyond the threshold, at the confidence that the number of questions asks for.
  case fail
  case undecided(Doubt)
}

/// Why the gate does not decide.
public enum Doubt: Hashable, Sendable {
  /// The interval reaches across the threshold.
  case acrossThreshold
  /// The uncorrected interval lies beyond the threshold, the corrected one reaches across it.
  case notConfirmed
  case tooFewRounds(Int, needed: Int)
  /// Nothing to compare with was measured before.
  case noBaseline
  /// What there is to compare with comes from elsewhere, or from something else than is measured now; which and how.
  case unsuitableBaseline(String)
  /// What was measured is not what was asked for: limited by the generator, disturbed, cancelled; in words.
  case unsoundMeasurement(String)

  /// As a clause that follows "undecided: ".
  public var text: String {
    switch self {
    case .acrossThreshold: "the interval reaches across the threshold"
    case .notConfirmed: "beyond the threshold, but not shown at the confidence that the number of questions asks for"
    case .tooFewRounds(let rounds, let needed): "\(rounds) rounds, \(needed) are needed"
    case .noBaseline: "no baseline"
    case .unsuitableBaseline(let text), .unsoundMeasurement(let text): text
    }
  }
}
