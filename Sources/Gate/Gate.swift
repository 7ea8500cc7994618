import Results
import Statistics

/// Decides on a family of comparisons so that the chance of even one false alarm stays below `alpha`.
///
/// It decides once, by the rounds that there are in the end. A scenario ends before all rounds planned only where nothing in
/// it could fail any more, so looking in between causes no false alarm. The rules, and the error rates that a simulation
/// shows, are in docs/methodology.md.
struct Gate: Sendable {
  /// For the whole family. A run of several families shares its false alarms among them.
  let alpha: Double
  var policy: GatePolicy

  package init(alpha: Double, policy: GatePolicy) {
    precondition(alpha > 0 && alpha < 0.5, "alpha is a small probability")
    self.alpha = alpha
    self.policy = policy
  }

  /// In the order of the comparisons.
  ///
  /// Holm's method over those that may fail: it holds whatever the dependence between metrics and frameworks.
  func decide(
    _ comparisons: [GateComparison], mayFail: (GateComparison.Question) -> Bool = { _ in true }
  ) -> [Decision] {
    let family = comparisons.indices.filter { mayFail(comparisons[$0].question) }
    let pValues = family.map { index in
      let comparison = comparisons[index]
      guard case .estimate(let estimate) = comparison.basis, comparison.shortage(.toFail) == nil else { return 1.0 }
      return comparison.question.threshold.pValueOfTolerated(estimate)
    }
    let holm = Dictionary(uniqueKeysWithValues: zip(family, holmDecisions(pValues, alpha: alpha)))
    return comparisons.indices.map { decide(comparisons[$0], comparisons[$0].basis, holm[$0]) }
  }

  /// Whether a scenario may end before all rounds planned: everything that may fail passes, or would hardly be decided by the
  /// rounds that are left either. What is beyond its threshold is measured to the last round, and fails there or not.
  ///
  /// - Parameter hopes: The same comparisons, with reasons against a decision only where they last through all rounds.
  func isDecided(
    _ comparisons: [GateComparison], hopes: [GateComparison], planned: Int,
    mayFail: (GateComparison.Question) -> Bool = { _ in true }
  ) -> Bool {
    zip(comparisons, hopes).allSatisfy { comparison, hope in
      !mayFail(comparison.question) || decide(comparison, comparison.basis, nil).verdict == .pass
        || !mayDecide(hope, byRounds: planned)
    }
  }

  /// Whether all rounds planned have a fair chance to bring the interval on one side of the threshold.
  ///
  /// Source: Lan, Simon and Halperin, "Stochastically curtailed tests in long-term clinical trials", Sequential Analysis 1
  /// (1982): what is hardly to be decided by all that is planned is not gone on with.
  func mayDecide(_ comparison: GateComparison, byRounds planned: Int) -> Bool {
    comparison.outlook(byRounds: planned, chance: policy.chanceToDecide).contains { outlook in
      let verdict = decide(comparison, .estimate(outlook), nil).verdict
      return verdict == .pass || verdict == .inconclusive(.notConfirmed)
    }
  }

  /// - Parameter holm: Of the one-sided test that the truth lies beyond; nil where nothing may fail.
  private func decide(_ comparison: GateComparison, _ basis: GateComparison.Basis, _ holm: HolmDecision?) -> Decision {
    let passConfidence = policy.passConfidence
    func decision(_ verdict: Verdict, _ confidence: Double, _ estimate: LogEstimate?) -> Decision {
      Decision(comparison: comparison, verdict: verdict, estimate: estimate, confidence: confidence)
    }
    let estimate: LogEstimate
    switch basis {
    case .none(let reason): return decision(.inconclusive(reason), passConfidence, comparison.estimate)
    case .estimate(let known): estimate = known
    }
    let threshold = comparison.question.threshold
    let uncorrected = (1 - passConfidence) / 2
    if threshold.pValueOfBeyond(estimate) <= uncorrected { return decision(.pass, passConfidence, estimate) }
    // A one-sided level leaves out as much on the other side of the interval that is shown.
    let corrected = holm.map { 2 * $0.confidence - 1 } ?? passConfidence
    if holm?.isSignificant == true { return decision(.fail, corrected, estimate) }
    if threshold.pValueOfTolerated(estimate) > uncorrected {
      return decision(.inconclusive(.acrossThreshold), passConfidence, estimate)
    }
    let shortage = holm == nil ? nil : comparison.shortage(.toFail)
    return decision(.inconclusive(shortage ?? .notConfirmed), corrected, estimate)
  }
}
