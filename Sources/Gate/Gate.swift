import Results
import Statistics

/// Decides on a family of comparisons so that the chance of even one false alarm stays below `alpha`.
///
/// Two stages. The rounds of a run only screen: they clear a comparison or make it suspect, and never fail it. Suspects
/// are measured again, alone, and `Retest` decides from those fresh rounds only: what was chosen for its bad luck
/// does not bring its luck along. The stages, and the error rates that a simulation shows, are in docs/methodology.md.
struct Gate: Sendable {
  /// For the whole family, over all looks. A run of several families shares its false alarms among them.
  let alpha: Double
  var policy: GatePolicy

  package init(alpha: Double, policy: GatePolicy) {
    precondition(alpha > 0 && alpha < 0.5, "alpha is a small probability")
    self.alpha = alpha
    self.policy = policy
  }

  /// Stage one: what a run's own rounds say. No decision fails.
  func screen(_ comparisons: [GateComparison]) -> Screening {
    var screening = Screening(decisions: [], suspects: [])
    for comparison in comparisons {
      let basis = comparison.basis
      screening.decisions.append(decide(comparison, basis, nil))
      if case .estimate(let estimate) = basis,
        comparison.question.threshold.pValueOfBeyond(estimate) > policy.suspicion
      {
        screening.suspects.append(comparison)
      }
    }
    return screening
  }

  /// Whether more rounds of the first stage would add nothing: it passes, or has to be confirmed anyway.
  func isScreened(_ decision: Decision) -> Bool {
    decision.rounds >= policy.roundsToFail && isOnOneSide(decision.verdict)
  }

  /// Whether a scenario may end before all rounds planned: everything that may fail is screened, or would hardly be decided
  /// by those that are left either.
  ///
  /// - Parameter hopes: The same comparisons, with reasons against a decision only where they last through all rounds.
  func isDecided(
    _ comparisons: [GateComparison], hopes: [GateComparison], planned: Int,
    mayFail: (GateComparison.Question) -> Bool = { _ in true }
  ) -> Bool {
    zip(comparisons, hopes).allSatisfy { comparison, hope in
      !mayFail(comparison.question) || isScreened(decide(comparison, comparison.basis, nil))
        || !mayScreen(hope, byRounds: planned)
    }
  }

  /// Whether all rounds planned for the first stage have a fair chance to bring the interval on one side of the threshold.
  ///
  /// Source: Lan, Simon and Halperin, "Stochastically curtailed tests in long-term clinical trials", Sequential Analysis 1
  /// (1982): what is hardly to be decided by all that is planned is not gone on with.
  func mayScreen(_ comparison: GateComparison, byRounds planned: Int) -> Bool {
    mayDecide(comparison, comparison.outlook(byRounds: planned, chance: policy.chanceToScreen))
  }

  /// The same of all looks at fresh rounds, before the first of them.
  func mayConfirm(_ suspect: GateComparison) -> Bool {
    mayDecide(suspect, suspect.outlook(byFreshRounds: policy.looks.last ?? 0, chance: policy.chanceToDecide))
  }

  /// The same of the looks to come.
  ///
  /// - Parameter fresh: With the fresh rounds so far.
  func mayStillConfirm(_ fresh: GateComparison) -> Bool {
    mayDecide(fresh, fresh.outlook(byRounds: policy.looks.last ?? 0, chance: policy.chanceToDecide))
  }

  private func mayDecide(_ comparison: GateComparison, _ outlook: [LogEstimate]) -> Bool {
    outlook.contains { isOnOneSide(decide(comparison, .estimate($0), nil).verdict) }
  }

  private func isOnOneSide(_ verdict: Verdict) -> Bool { verdict == .pass || verdict == .inconclusive(.notConfirmed) }

  /// Stage two, to be fed with fresh rounds.
  func retest(of suspects: [GateComparison]) -> Retest {
    Retest(suspects: suspects, gate: self)
  }

  /// What each look may spend.
  var lookAlpha: Double { alpha * (1 - policy.suspicion) / Double(policy.looks.count) }

  /// - Parameter holm: Of the one-sided test that the truth lies beyond; nil where nothing may fail.
  func decide(_ comparison: GateComparison, _ basis: GateComparison.Basis, _ holm: HolmDecision?) -> Decision {
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
    let shortage = holm == nil ? nil : comparison.shortage(needed: policy.roundsToFail)
    return decision(.inconclusive(shortage ?? .notConfirmed), corrected, estimate)
  }
}

/// What a run's own rounds say.
struct Screening: Equatable {
  /// In the order of the comparisons; what is suspect is inconclusive here until it is confirmed or cleared.
  var decisions: [Decision]
  /// What has to be measured again before it may fail.
  var suspects: [GateComparison]
}
