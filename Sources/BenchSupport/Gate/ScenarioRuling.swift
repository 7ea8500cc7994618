import Foundation
import Statistics

/// The attachment `gate--<scenario>.json`: what the gate ruled on a scenario.
public struct ScenarioVerdicts: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = ScenarioVerdicts.currentSchema
  public var scenario: String
  /// One sentence: which baseline was used.
  public var baseline: String
  public var rulings: [ScenarioRuling]

  public init(scenario: String, baseline: String, rulings: [ScenarioRuling]) {
    self.scenario = scenario
    self.baseline = baseline
    self.rulings = rulings
  }
}

/// What the gate ruled on one threshold, as it is attached, collected and reported.
public struct ScenarioRuling: Codable, Equatable, Sendable {
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

  public enum Outcome: String, Codable, CaseIterable, Sendable {
    case pass, fail, undecided
  }

  init(scenario: String, _ ruling: Ruling, baseline: String?) {
    self.scenario = scenario
    framework = ruling.question.framework
    metric = ruling.question.threshold.metric
    switch ruling.verdict {
    case .pass: verdict = .pass
    case .fail: verdict = .fail
    case .undecided: verdict = .undecided
    }
    text = ruling.text + (baseline.map { " [\($0)]" } ?? "")
    ratio = ruling.estimate?.ratio
    low = ruling.interval?.low
    high = ruling.interval?.high
    confidence = ruling.confidence
    tolerated = ruling.question.threshold.ratio
    comparedTo = ruling.question.threshold.scale == .change ? "before" : "reference"
    rounds = ruling.rounds
    let opinion = ruling.secondOpinion
    effectSize = opinion.effectSize
    bootstrapLow = opinion.bootstrap?.low
    bootstrapHigh = opinion.bootstrap?.high
    mannWhitneyP = opinion.mannWhitney
    self.baseline = baseline
  }

  /// Whether it is about a change, and not about a share of the reference.
  var isOfChange: Bool { comparedTo == "before" }

  /// nil where nothing could be estimated.
  var interval: ConfidenceInterval? {
    guard let low, let high, low > 0, low <= high, high.isFinite else { return nil }
    return ConfidenceInterval(low: low, high: high, confidence: confidence)
  }

  /// Why it is undecided; nil where it is not.
  var doubt: String? {
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
