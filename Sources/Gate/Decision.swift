import Foundation
import Results
import Statistics

/// A verdict with the rounds that it rests on. `ThresholdResult` is what is recorded of it.
public struct Decision: Equatable, Sendable {
  let comparison: GateComparison
  let verdict: Verdict
  /// Of the ratio that the threshold bounds; nil where there was not enough to estimate it.
  let estimate: LogEstimate?
  /// Two-sided, of the interval that decided: it excludes the threshold exactly where the verdict is pass or fail.
  let confidence: Double

  package init(comparison: GateComparison, verdict: Verdict, estimate: LogEstimate?, confidence: Double) {
    self.comparison = comparison
    self.verdict = verdict
    self.estimate = estimate
    self.confidence = confidence
  }

  var question: GateComparison.Question { comparison.question }
  var rounds: Int { comparison.rounds.count }
}

/// What the gate says of one threshold.
public enum Verdict: Equatable, Sendable {
  /// The whole interval is tolerated.
  case pass
  /// The whole interval lies beyond the threshold, at the confidence that the number of questions asks for.
  case fail
  case inconclusive(Reason)
}

extension ThresholdResult {
  /// What is recorded of a decision.
  package init(scenario: String, _ decision: Decision, baseline: BaselineUse?) {
    let (verdict, reason): (Outcome, Reason?) =
      switch decision.verdict {
      case .pass: (.pass, nil)
      case .fail: (.fail, nil)
      case .inconclusive(let reason): (.undecided, reason)
      }
    let threshold = decision.question.threshold
    self.init(
      scenario: scenario, framework: decision.question.framework, metric: threshold.metric, verdict: verdict,
      reason: reason, confidence: decision.confidence, tolerated: threshold.ratio,
      comparedTo: threshold.yardstick, rounds: decision.rounds, baseline: baseline)
    let interval = decision.estimate?.interval(confidence: decision.confidence)
    (ratio, low, high) = (decision.estimate?.ratio, interval?.low, interval?.high)
    let starts = decision.comparison.rounds.startCount
    self.starts = starts > 1 ? starts : nil
  }

  /// nil where nothing could be estimated.
  package var interval: ConfidenceInterval? {
    guard let low, let high, low > 0 || comparedTo == .itself, low <= high, high.isFinite else { return nil }
    return ConfidenceInterval(low: low, high: high, confidence: confidence)
  }
}

extension Threshold {
  /// What is recorded of its scale.
  var yardstick: ThresholdResult.Yardstick {
    switch scale {
    case .change: .before
    case .reference: .reference
    case .itself: .itself
    }
  }
}
