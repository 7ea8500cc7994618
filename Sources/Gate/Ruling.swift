import Foundation
import Statistics

/// A verdict with what it rests on.
public struct Ruling: Equatable, Sendable {
  /// What decided: after a retest its rounds, else those of the run.
  public let comparison: GateComparison
  public let verdict: Verdict
  /// Of the ratio that the threshold bounds; nil where there was not enough to estimate it.
  public let estimate: LogEstimate?
  /// Two-sided, of the interval that decided: it excludes the threshold exactly where the verdict is pass or fail.
  public let confidence: Double

  package init(
    comparison: GateComparison, verdict: Verdict, estimate: LogEstimate? = nil, confidence: Double
  ) {
    self.comparison = comparison
    self.verdict = verdict
    self.estimate = estimate
    self.confidence = confidence
  }

  public var question: GateComparison.Question { comparison.question }
  public var rounds: Int { comparison.rounds.count }
  /// Takes a moment, and is asked for only where it is told.
  public var secondOpinion: SecondOpinion { SecondOpinion(comparison) }
  public var interval: ConfidenceInterval? { estimate?.interval(confidence: confidence) }

  /// One line, such as `aquilia throughput 0.88× of before (0.85–0.91 at 99.8 %, 20 rounds), tolerated from 0.95×: fail`.
  public var text: String {
    let threshold = question.threshold
    let side = threshold.scale == .change ? "before" : "the reference"
    let bound = threshold.metric.worse == .down ? "from" : "up to"
    var figures = " not estimated"
    if let estimate, let interval {
      let level = String(format: "%.4g", confidence * 100)
      figures = " \(ratio(estimate.ratio))× of \(side)"
      figures += " (\(ratio(interval.low))–\(ratio(interval.high)) at \(level) %, \(rounds) rounds)"
    }
    return "\(question.framework) \(threshold.metric.title)\(figures), "
      + "tolerated \(bound) \(ratio(threshold.ratio))×: \(verdictText)"
  }

  private var verdictText: String {
    switch verdict {
    case .pass: "pass"
    case .fail: "fail"
    case .undecided(let doubt): "undecided: \(doubt.text)"
    }
  }

  private func ratio(_ value: Double) -> String { String(format: "%.3g", value) }
}
