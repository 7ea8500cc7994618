import Results
import Statistics

extension ThresholdResult {
  /// What is stored of a ruling.
  package init(scenario: String, _ ruling: Ruling, baseline: String?) {
    let verdict: Outcome =
      switch ruling.verdict {
      case .pass: .pass
      case .fail: .fail
      case .undecided: .undecided
      }
    let opinion = ruling.secondOpinion
    self.init(
      scenario: scenario, framework: ruling.question.framework, metric: ruling.question.threshold.metric,
      verdict: verdict, text: ruling.text + (baseline.map { " [\($0)]" } ?? ""), ratio: ruling.estimate?.ratio,
      low: ruling.interval?.low, high: ruling.interval?.high, confidence: ruling.confidence,
      tolerated: ruling.question.threshold.ratio,
      comparedTo: ruling.question.threshold.scale == .change ? "before" : "reference", rounds: ruling.rounds,
      effectSize: opinion.effectSize, bootstrapLow: opinion.bootstrap?.low, bootstrapHigh: opinion.bootstrap?.high,
      mannWhitneyP: opinion.mannWhitney, baseline: baseline)
  }

  /// nil where nothing could be estimated.
  package var interval: ConfidenceInterval? {
    guard let low, let high, low > 0, low <= high, high.isFinite else { return nil }
    return ConfidenceInterval(low: low, high: high, confidence: confidence)
  }
}
