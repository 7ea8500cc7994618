/// Why a threshold is inconclusive.
public enum Reason: Codable, Hashable, Sendable {
  /// The interval reaches across the threshold.
  case acrossThreshold
  /// The uncorrected interval lies beyond the threshold, the corrected one reaches across it.
  case notConfirmed
  case tooFewRounds(rounds: Int, needed: Int)
  /// Of the servers of two versions.
  case tooFewStarts(starts: Int, needed: Int)
  /// Nothing to compare with was measured before.
  case noBaseline
  case shortBaseline(rounds: Int, needed: Int)
  /// The rounds of the baseline are not like those of this run.
  case otherRounds(then: RoundPlan, now: RoundPlan)
  /// The reference, or what all ran on, is not as it was when the baseline was made.
  case outdatedBaseline(isReference: Bool, changes: [Change])
  case noReference
  /// A figure that cannot be, such as none at all.
  case notPositive
  /// What was measured of one of both sides is not what was asked for.
  case unsound(side: String, fault: Fault)
  /// As an earlier version wrote it.
  case inWords(clause: String)

  public struct RoundPlan: Codable, Hashable, Sendable {
    public var profile: String
    public var windowS: Double
    public var connections: Int

    package init(_ conditions: Baseline.Conditions) {
      (profile, windowS, connections) = (conditions.profile, conditions.windowS, conditions.connections)
    }
  }
}

/// Why rounds decide nothing, however clear their figures are.
public enum Fault: Codable, Hashable, Sendable {
  case errors
  /// Of a check beside the load.
  case failedCheck
  case disturbed(by: Disturbance, rounds: Int, of: Int)
}

/// What makes a figure of a round something else than what was asked for.
public enum Disturbance: String, Codable, CaseIterable, Sendable {
  // Of every figure.
  case otherWork = "other_work"
  case steal
  case quota
  case heat
  case idleTarget = "idle_target"
  /// What else used the machine is not known.
  case unseen
  // Of the throughput.
  case limitedByGenerator = "limited_by_generator"
  // Of the CPU time.
  case unseenServer = "unseen_server"
  // Of the p99.
  case limitedAtFixedRate = "limited_at_fixed_rate"
  case unsent
  case fewAnswers = "few_answers"
}

/// A distribution or a setting that is not as it was; nil where it was absent.
public struct Change: Codable, Hashable, Sendable {
  public var name: String
  public var then: String?
  public var now: String?

  /// By name; what is the same is left out.
  package static func all(from then: [String: String], to now: [String: String]) -> [Change] {
    Set(then.keys).union(now.keys).sorted().compactMap { name in
      then[name] == now[name] ? nil : Change(name: name, then: then[name], now: now[name])
    }
  }
}
