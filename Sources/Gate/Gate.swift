import Statistics

/// Decides on a family of comparisons so that the chance of even one false alarm stays below `alpha`.
///
/// Two stages. The rounds of a run only screen: they clear a comparison or make it suspect, and never fail it. Suspects
/// are measured again, alone, and `Retest` decides from those fresh rounds only: what was chosen for its bad luck
/// does not bring its luck along. The stages, and the error rates that a simulation shows, are in docs/methodology.md.
public struct Gate: Sendable {
  /// For the whole family, over all looks. A run of several families shares its 0.05 among them.
  public var alpha: Double
  /// Two-sided, of the interval that has to be tolerated as a whole for a pass; not corrected, because a pass that is
  /// wrong is no false alarm.
  public var passConfidence = 0.95
  /// A comparison is suspect where its rounds do not exclude, at this one-sided level, that the truth lies beyond.
  ///
  /// Small on purpose. A comparison that lies just at its threshold becomes suspect with probability 1 − suspicion,
  /// so the suspects are nearly all that could fail, and correcting for their number only costs the error rate a factor
  /// of 1 / (1 − suspicion) at most, which the looks pay for. Smaller values have more measured again for nothing.
  public var suspicion = 0.2
  /// At how many fresh rounds the suspects are looked at. Each look has an equal part of alpha (Bonferroni).
  public var looks = [10, 20]
  /// What all rounds planned for the first stage would decide with a smaller chance than this ends it early.
  public var chanceToScreen = 0.25
  /// The same of the retest. Smaller, because what is given up there could have failed.
  public var chanceToDecide = 0.1
  /// Fewer decide nothing.
  public var minimumRounds = 3
  /// With fewer on either side nothing fails: far out in the tails, Welch's t with few rounds is not as rare as it says.
  public var roundsToFail = Gate.fewestRoundsToFail
  public static let fewestRoundsToFail = 10

  public init(alpha: Double) {
    precondition(alpha > 0 && alpha < 0.5, "alpha is a small probability")
    self.alpha = alpha
  }

  /// Stage one: what a run's own rounds say. No ruling fails.
  public func screen(_ comparisons: [GateComparison]) -> Screening {
    var screening = Screening(rulings: [], suspects: [])
    for comparison in comparisons {
      let basis = comparison.basis(minimumRounds: minimumRounds)
      screening.rulings.append(rule(comparison, basis, nil))
      if case .estimate(let estimate) = basis,
        comparison.question.threshold.pValueOfBeyond(estimate) > suspicion
      {
        screening.suspects.append(comparison)
      }
    }
    return screening
  }

  /// Whether more rounds of the first stage would add nothing: it passes, or has to be confirmed anyway.
  public func isScreened(_ ruling: Ruling) -> Bool {
    ruling.rounds >= roundsToFail && isOnOneSide(ruling.verdict)
  }

  /// Whether all rounds planned for the first stage have a fair chance to bring the interval on one side of the threshold.
  ///
  /// Source: Lan, Simon and Halperin, "Stochastically curtailed tests in long-term clinical trials", Sequential Analysis 1
  /// (1982): what is hardly to be decided by all that is planned is not gone on with.
  package func mayScreen(_ comparison: GateComparison, byRounds planned: Int) -> Bool {
    mayDecide(comparison, comparison.outlook(byRounds: planned, chance: chanceToScreen))
  }

  /// The same of all looks at fresh rounds, before the first of them.
  package func mayConfirm(_ suspect: GateComparison) -> Bool {
    mayDecide(suspect, suspect.outlook(byFreshRounds: looks.last ?? 0, chance: chanceToDecide))
  }

  /// The same of the looks to come.
  ///
  /// - Parameter fresh: With the fresh rounds so far.
  package func mayStillConfirm(_ fresh: GateComparison) -> Bool {
    mayDecide(fresh, fresh.outlook(byRounds: looks.last ?? 0, chance: chanceToDecide))
  }

  private func mayDecide(_ comparison: GateComparison, _ outlook: [LogEstimate]) -> Bool {
    outlook.contains { isOnOneSide(rule(comparison, .estimate($0), nil).verdict) }
  }

  private func isOnOneSide(_ verdict: Verdict) -> Bool { verdict == .pass || verdict == .undecided(.notConfirmed) }

  /// Stage two, to be fed with fresh rounds.
  public func retest(of suspects: [GateComparison]) -> Retest {
    Retest(suspects: suspects, gate: self)
  }

  /// What each look may spend.
  package var lookAlpha: Double { alpha * (1 - suspicion) / Double(looks.count) }

  /// - Parameter decision: Of the one-sided test that the truth lies beyond; nil where nothing may fail.
  package func rule(_ comparison: GateComparison, _ basis: GateComparison.Basis, _ decision: HolmDecision?) -> Ruling {
    func ruling(_ verdict: Verdict, _ confidence: Double, _ estimate: LogEstimate?) -> Ruling {
      Ruling(comparison: comparison, verdict: verdict, estimate: estimate, confidence: confidence)
    }
    let estimate: LogEstimate
    switch basis {
    case .none(let doubt): return ruling(.undecided(doubt), passConfidence, comparison.estimate)
    case .estimate(let known): estimate = known
    }
    let threshold = comparison.question.threshold
    let uncorrected = (1 - passConfidence) / 2
    if threshold.pValueOfBeyond(estimate) <= uncorrected { return ruling(.pass, passConfidence, estimate) }
    // A one-sided level leaves out as much on the other side of the interval that is shown.
    let corrected = decision.map { 2 * $0.confidence - 1 } ?? passConfidence
    if decision?.isSignificant == true { return ruling(.fail, corrected, estimate) }
    if threshold.pValueOfTolerated(estimate) > uncorrected {
      return ruling(.undecided(.acrossThreshold), passConfidence, estimate)
    }
    let shortage = decision == nil ? nil : comparison.shortage(needed: roundsToFail)
    return ruling(.undecided(shortage ?? .notConfirmed), corrected, estimate)
  }
}

/// What a run's own rounds say.
public struct Screening: Equatable, Sendable {
  /// In the order of the comparisons; what is suspect is undecided here until it is confirmed or cleared.
  public var rulings: [Ruling]
  /// What has to be measured again before it may fail.
  public var suspects: [GateComparison]
}
