import Foundation

/// The attachment `gate--<scenario>.json`: what the gate ruled on a scenario.
public struct ScenarioVerdicts: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = ScenarioVerdicts.currentSchema
  public var scenario: String
  /// One sentence: which baseline was used.
  public var baseline: String
  public var rulings: [ThresholdResult]

  public init(scenario: String, baseline: String, rulings: [ThresholdResult]) {
    self.scenario = scenario
    self.baseline = baseline
    self.rulings = rulings
  }
}

/// What the gate ruled on one threshold, as it is attached, collected and reported.
public struct ThresholdResult: Codable, Equatable, Sendable {
  public var scenario: String
  public var framework: String
  public var metric: Metric
  public var verdict: Outcome
  /// One line with figures, threshold and verdict.
  public var text: String
  /// The ratio that the threshold bounds, with the interval that decided; absent where nothing could be estimated.
  public var ratio: Double?
  public var low: Double?
  public var high: Double?
  /// Two-sided.
  public var confidence: Double
  /// The ratio that is just tolerated.
  public var tolerated: Double
  /// `before` or `reference`: what the ratio is a ratio to.
  public var comparedTo: String
  public var rounds: Int
  /// `SecondOpinion`, absent where a method does not apply.
  public var effectSize: Double?
  public var bootstrapLow: Double?
  public var bootstrapHigh: Double?
  public var mannWhitneyP: Double?
  /// Which baseline, and what has changed since; absent where none was used.
  public var baseline: String?

  package init(
    scenario: String, framework: String, metric: Metric, verdict: Outcome, text: String, ratio: Double? = nil,
    low: Double? = nil, high: Double? = nil, confidence: Double, tolerated: Double, comparedTo: String, rounds: Int,
    effectSize: Double? = nil, bootstrapLow: Double? = nil, bootstrapHigh: Double? = nil, mannWhitneyP: Double? = nil,
    baseline: String? = nil
  ) {
    self.scenario = scenario
    self.framework = framework
    self.metric = metric
    self.verdict = verdict
    self.text = text
    self.ratio = ratio
    self.low = low
    self.high = high
    self.confidence = confidence
    self.tolerated = tolerated
    self.comparedTo = comparedTo
    self.rounds = rounds
    self.effectSize = effectSize
    self.bootstrapLow = bootstrapLow
    self.bootstrapHigh = bootstrapHigh
    self.mannWhitneyP = mannWhitneyP
    self.baseline = baseline
  }

  public enum Outcome: String, Codable, CaseIterable, Sendable {
    case pass, fail, undecided
  }

  /// Whether it is about a change, and not about a share of the reference.
  package var isOfChange: Bool { comparedTo == "before" }

  /// Why it is undecided; nil where it is not.
  package var doubt: String? {
    guard verdict == .undecided, let start = text.range(of: ": undecided: ")?.upperBound else { return nil }
    let end = baseline == nil ? nil : text.range(of: " [", options: .backwards)?.lowerBound
    return String(text[start..<max(start, end ?? text.endIndex)])
  }

  enum CodingKeys: String, CodingKey {
    case scenario, framework, metric, verdict, text, ratio, low, high, confidence, tolerated
    case comparedTo = "compared_to"
    case rounds, baseline
    case effectSize = "effect_size"
    case bootstrapLow = "bootstrap_low"
    case bootstrapHigh = "bootstrap_high"
    case mannWhitneyP = "mann_whitney_p"
  }
}
