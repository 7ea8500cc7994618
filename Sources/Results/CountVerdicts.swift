/// The attachment `count-gate--<scenario>.json`: how the gate by counts decided on a scenario.
public struct CountVerdicts: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = CountVerdicts.currentSchema
  public var scenario: String
  /// One sentence: what was compared with.
  public var baseline: String
  public var results: [CountResult]

  public init(scenario: String, baseline: String, results: [CountResult]) {
    self.scenario = scenario
    self.baseline = baseline
    self.results = results
  }

  public var fileName: String { "count-gate--\(scenario).json" }
}

extension CountVerdicts: VersionedRecord {
  package static let firstSealedSchema = 1

  package init(earlier schema: Int, from decoder: any Decoder) throws {
    try self.init(from: decoder)
  }
}

/// How the gate by counts decided on one threshold.
public struct CountResult: Codable, Equatable, Sendable {
  public var scenario: String
  public var framework: String
  public var metric: CountMetric
  public var verdict: ThresholdResult.Outcome
  /// Why it is inconclusive, as a clause; absent where it is not.
  public var reason: String?
  /// For one exchange; absent where it is not known.
  public var before: Double?
  public var now: Double?
  /// Of `now` to `before`, with its 95 % interval; absent where there is none, as of nothing to nothing.
  public var ratio: Double?
  public var low: Double?
  public var high: Double?
  /// The ratio that is just tolerated.
  public var tolerated: Double
  /// How many starts of the server decided, of either side.
  public var starts: Int
  /// What changed of the packages since the stored baseline; empty where nothing stored was used.
  public var changes: [Change]

  public init(
    scenario: String, framework: String, metric: CountMetric, verdict: ThresholdResult.Outcome, reason: String? = nil,
    before: Double? = nil, now: Double? = nil, ratio: Double? = nil, low: Double? = nil, high: Double? = nil,
    tolerated: Double, starts: Int, changes: [Change] = []
  ) {
    self.scenario = scenario
    self.framework = framework
    self.metric = metric
    self.verdict = verdict
    self.reason = reason
    self.before = before
    self.now = now
    self.ratio = ratio
    self.low = low
    self.high = high
    self.tolerated = tolerated
    self.starts = starts
    self.changes = changes
  }
}
