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
/// Suspects that all looks would most likely leave undecided are not measured (on): they keep the ruling they have.
///
/// Error rate: a look rejects by Holm's method at its part of alpha over all suspects, those already settled counted as
/// if they had passed; the looks' parts add up to alpha (Bonferroni). It holds whatever the dependence between looks,
/// metrics and frameworks, and whatever ends the measuring early.
public struct Retest: Sendable {
  public enum Step: Equatable, Sendable {
    /// Measure until each of these has so many fresh rounds, then look.
    case measure(frameworks: [String], rounds: Int)
    /// `rulings` are final.
    case done
  }

  /// In the order of the suspects.
  public private(set) var rulings: [Ruling]
  private let gate: Gate
  private var looked = 0
  private var settled: [Bool]

  package init(suspects: [GateComparison], gate: Gate) {
    self.gate = gate
    settled = suspects.map { !gate.mayConfirm($0) }
    rulings = zip(suspects, settled).map { suspect, isSettled in
      var judged = suspect
      if !isSettled { judged.rounds = [] }
      return gate.rule(judged, judged.basis(minimumRounds: gate.minimumRounds), nil)
    }
  }

  public var next: Step {
    guard looked < gate.looks.count, settled.contains(false) else { return .done }
    var frameworks: [String] = []
    for (ruling, isSettled) in zip(rulings, settled)
    where !isSettled && !frameworks.contains(ruling.question.framework) {
      frameworks.append(ruling.question.framework)
    }
    return .measure(frameworks: frameworks, rounds: gate.looks[looked])
  }

  /// Decides what the fresh rounds decide.
  ///
  /// - Parameter fresh: The suspects' questions with all their fresh rounds so far, those of earlier looks included and
  ///   those of the first stage not. A suspect that is absent keeps its ruling; it is not decided by silence.
  public mutating func look(at fresh: [GateComparison]) {
    precondition(looked < gate.looks.count, "the looks are used up")
    looked += 1
    let open = rulings.indices.filter { !settled[$0] }
    let measured = open.compactMap { index in
      fresh.first { $0.question == rulings[index].question }.map {
        (index: index, comparison: $0, basis: $0.basis(minimumRounds: gate.minimumRounds))
      }
    }
    var pValues = [Double](repeating: 1, count: rulings.count)
    for (index, comparison, basis) in measured {
      guard case .estimate(let estimate) = basis, comparison.shortage(needed: gate.roundsToFail) == nil else {
        continue
      }
      pValues[index] = comparison.question.threshold.pValueOfTolerated(estimate)
    }
    let decisions = holmDecisions(pValues, alpha: gate.lookAlpha)
    for (index, comparison, basis) in measured {
      rulings[index] = gate.rule(comparison, basis, decisions[index])
      settled[index] = isFinal(rulings[index], comparison)
    }
  }

  private func isFinal(_ ruling: Ruling, _ fresh: GateComparison) -> Bool {
    switch ruling.verdict {
    case .pass, .fail: true
    // A measurement that is not sound stays so: its rounds are counted on.
    case .undecided(.unsoundMeasurement), .undecided(.unsuitableBaseline), .undecided(.noBaseline): true
    case .undecided(.acrossThreshold): !gate.mayStillConfirm(fresh)
    case .undecided(.notConfirmed), .undecided(.tooFewRounds): false
    }
  }
}
