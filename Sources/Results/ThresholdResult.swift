/// The attachment `gate--<scenario>.json`: how the gate decided on a scenario, and when its rounds ended.
public struct ScenarioVerdicts: Codable, Equatable, Sendable {
  public static let currentSchema = 3

  public var schema = ScenarioVerdicts.currentSchema
  public var scenario: String
  /// One sentence: which baseline was used.
  public var baseline: String
  /// Absent in files of earlier versions.
  public var end: ScenarioEnd?
  /// How many rounds an earlier version measured again; absent since one stage decides.
  public var retests: Int?
  public var results: [ThresholdResult]

  public init(
    scenario: String, baseline: String, end: ScenarioEnd? = nil, retests: Int? = nil, results: [ThresholdResult]
  ) {
    self.scenario = scenario
    self.baseline = baseline
    self.end = end
    self.retests = retests
    self.results = results
  }
}

/// After how many rounds a scenario ended, and why.
public struct ScenarioEnd: Codable, Equatable, Sendable {
  public var rounds: Int
  public var cause: Cause

  public enum Cause: String, Codable, Sendable {
    case allPlanned = "all_planned"
    /// More rounds would have added nothing.
    case decided
    /// Its part of the run's time was over.
    case outOfTime = "out_of_time"
  }

  public init(rounds: Int, cause: Cause) {
    self.rounds = rounds
    self.cause = cause
  }
}

/// How the gate decided on one threshold: the record and the working value.
public struct ThresholdResult: Codable, Equatable, Sendable {
  public var scenario: String
  public var framework: String
  public var metric: Metric
  public var verdict: Outcome
  /// Why it is inconclusive; absent where it is not.
  public var reason: Reason?
  /// The ratio that the threshold bounds, with the interval that decided; absent where nothing could be estimated. Of a
  /// growth of memory it is the slope itself, in MiB for each million of exchanges, which may be below zero.
  public var ratio: Double?
  public var low: Double?
  public var high: Double?
  /// Two-sided.
  public var confidence: Double
  /// The ratio that is just tolerated; of a growth of memory the slope.
  public var tolerated: Double
  public var comparedTo: Yardstick
  public var rounds: Int
  /// How many starts of the servers the rounds are on; absent where the servers were started once.
  public var starts: Int?
  /// What it was held against; absent where nothing stored was used.
  public var baseline: BaselineUse?

  package init(
    scenario: String, framework: String, metric: Metric, verdict: Outcome, reason: Reason? = nil,
    confidence: Double, tolerated: Double, comparedTo: Yardstick, rounds: Int, baseline: BaselineUse? = nil
  ) {
    self.scenario = scenario
    self.framework = framework
    self.metric = metric
    self.verdict = verdict
    self.reason = reason
    self.confidence = confidence
    self.tolerated = tolerated
    self.comparedTo = comparedTo
    self.rounds = rounds
    self.baseline = baseline
  }

  /// In files `undecided` is what people are told is inconclusive.
  public enum Outcome: String, Codable, CaseIterable, Sendable {
    case pass, fail, undecided
  }

  /// What the ratio is a ratio to.
  public enum Yardstick: String, Codable, Sendable {
    /// What the same framework did before: a stored baseline, or another version measured in the same rounds.
    case before
    /// The reference in the same round.
    case reference
    /// Nothing: the figure itself is bounded.
    case itself
  }

  /// Whether it is about a change, and not about a share of the reference.
  package var isOfChange: Bool { comparedTo == .before }
}

/// Which stored baseline a framework was held against, and what it has changed since.
public struct BaselineUse: Codable, Hashable, Sendable {
  public var name: String
  /// Made on a machine like this one.
  public var isOwn: Bool
  public var changes: [Change]

  package init(name: String, isOwn: Bool, changes: [Change]) {
    self.name = name
    self.isOwn = isOwn
    self.changes = changes
  }

  private enum CodingKeys: CodingKey { case name, isOwn, changes }

  public init(from decoder: any Decoder) throws {
    if let note = try? decoder.singleValueContainer().decode(String.self) {
      self = BaselineUse(earlier: note)
      return
    }
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    isOwn = try container.decode(Bool.self, forKey: .isOwn)
    changes = try container.decode([Change].self, forKey: .changes)
  }
}
