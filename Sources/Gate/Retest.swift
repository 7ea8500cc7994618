import Results
import Statistics

/// Stage two of the gate: suspects are measured again, alone, and decided from the fresh rounds only.
///
/// ```
/// var retest = gate.retest(of: screening.suspects)
/// while case .measure(let frameworks, let rounds) = retest.next {
///   // Measure on, until each of these frameworks has so many fresh rounds beside the reference.
///   retest.look(at: fresh)
/// }
/// ```
///
/// Suspects that all looks would most likely leave undecided are not measured (on): they keep the decision they have.
///
/// Error rate: a look rejects by Holm's method at its part of alpha over all suspects, those already settled counted as
/// if they had passed; the looks' parts add up to alpha (Bonferroni). It holds whatever the dependence between looks,
/// metrics and frameworks, and whatever ends the measuring early.
struct Retest {
  enum Step: Equatable {
    /// Measure until each of these has so many fresh rounds, then look.
    case measure(frameworks: [String], rounds: Int)
    /// `decisions` are final.
    case done
  }

  /// In the order of the suspects.
  private(set) var decisions: [Decision]
  private let gate: Gate
  private var looked = 0
  private var settled: [Bool]

  init(suspects: [GateComparison], gate: Gate) {
    self.gate = gate
    settled = suspects.map { !gate.mayConfirm($0) }
    decisions = zip(suspects, settled).map { suspect, isSettled in
      var judged = suspect
      if !isSettled { judged.rounds = [] }
      return gate.decide(judged, judged.basis, nil)
    }
  }

  var next: Step {
    guard looked < gate.policy.looks.count, settled.contains(false) else { return .done }
    var frameworks: [String] = []
    for (decision, isSettled) in zip(decisions, settled)
    where !isSettled && !frameworks.contains(decision.question.framework) {
      frameworks.append(decision.question.framework)
    }
    return .measure(frameworks: frameworks, rounds: gate.policy.looks[looked])
  }

  /// Decides what the fresh rounds decide.
  ///
  /// - Parameter fresh: The suspects' questions with all their fresh rounds so far, those of earlier looks included and
  ///   those of the first stage not. A suspect that is absent keeps its decision; it is not decided by silence.
  mutating func look(at fresh: [GateComparison]) {
    precondition(looked < gate.policy.looks.count, "the looks are used up")
    looked += 1
    let open = decisions.indices.filter { !settled[$0] }
    let measured = open.compactMap { index in
      fresh.first { $0.question == decisions[index].question }.map {
        (index: index, comparison: $0, basis: $0.basis)
      }
    }
    var pValues = [Double](repeating: 1, count: decisions.count)
    for (index, comparison, basis) in measured {
      guard case .estimate(let estimate) = basis, comparison.shortage(needed: gate.policy.roundsToFail) == nil else {
        continue
      }
      pValues[index] = comparison.question.threshold.pValueOfTolerated(estimate)
    }
    let holm = holmDecisions(pValues, alpha: gate.lookAlpha)
    for (index, comparison, basis) in measured {
      decisions[index] = gate.decide(comparison, basis, holm[index])
      settled[index] = isFinal(decisions[index], comparison)
    }
  }

  private func isFinal(_ decision: Decision, _ fresh: GateComparison) -> Bool {
    switch decision.verdict {
    case .pass, .fail: true
    case .inconclusive(.acrossThreshold): !gate.mayStillConfirm(fresh)
    case .inconclusive(.notConfirmed), .inconclusive(.tooFewRounds): false
    // A measurement that is not sound stays so, for its rounds are counted on, and a baseline is what it is.
    case .inconclusive: true
    }
  }
}
