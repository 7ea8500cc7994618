import Results
import Statistics

/// One threshold of one framework in one scenario, with the rounds to decide it by.
public struct GateComparison: Equatable, Sendable {
  /// What is asked.
  public struct Question: Hashable, Sendable {
    public var framework: String
    public var threshold: Threshold

    public init(framework: String, threshold: Threshold) {
      self.framework = framework
      self.threshold = threshold
    }
  }

  /// What the rounds are held against.
  public enum Yardstick: Equatable, Sendable {
    /// The ratios to the reference in the rounds of an earlier run; empty where there is no baseline.
    case baseline(RoundRatios)
    /// The reference was measured in the same rounds: `rounds` are the ratios that are asked for.
    case reference
    /// The same with another version. Both are started several times, and each start is one observation: what a single one
    /// decides would look like the version.
    case otherVersion
  }

  public let question: Question
  public let yardstick: Yardstick
  public var rounds: RoundRatios
  /// nil where the shift from run to run is not known. A gate with a stored baseline that leaves it out has false alarms.
  public let runToRun: RunToRunSpread?
  /// Speaks against any decision, however clear the figures.
  public var reason: Reason?
  let policy: GatePolicy

  public init(
    _ question: Question, rounds: RoundRatios, against yardstick: Yardstick, runToRun: RunToRunSpread?,
    policy: GatePolicy, reason: Reason? = nil
  ) {
    precondition(
      question.threshold.scale == .change || yardstick == .reference,
      "a share of the reference is measured within the rounds")
    self.question = question
    self.rounds = rounds
    self.yardstick = yardstick
    self.runToRun = runToRun
    self.policy = policy
    self.reason = reason
  }

  /// The ratio that the threshold bounds; nil where one side has fewer than two rounds or a figure is not finite.
  public var estimate: LogEstimate? {
    mean.flatMap(estimate)
  }

  private func estimate(_ head: LogMean) -> LogEstimate? {
    switch yardstick {
    case .baseline(let earlier):
      return earlier.mean(autocorrelation: policy.autocorrelation).map {
        head.difference(from: $0, runToRun: runToRun)
      }
    case .reference, .otherVersion: return head.estimate
    }
  }

  /// What so many rounds in all would show if those to come scatter as these do: two estimates, beyond each of which the
  /// true one comes to lie with this chance. Empty where nothing would be decided by it, because the reason against it would
  /// last.
  ///
  /// - Parameter planned: In rounds; of two versions, starts grow in proportion.
  func outlook(byRounds planned: Int, chance: Double) -> [LogEstimate] {
    guard let now = mean else { return [] }
    let then = now.resized(to: max(planned * now.values / rounds.count, now.values))
    // The mean of all is that of these and of those to come; its variance is what is left of that of these.
    let variance = now.variance - then.variance
    guard reason == nil, let expected = estimate(then) else { return [] }
    let reach = normalQuantile(1 - chance) * variance.squareRoot()
    return [expected.moved(by: -reach), expected.moved(by: reach)]
  }

  private var mean: LogMean? { rounds.mean(autocorrelation: policy.autocorrelation) }

  /// What there is to decide by, or what forbids a decision before any figure is looked at.
  var basis: Basis {
    if let reason { return .none(reason) }
    if case .baseline(let earlier) = yardstick, earlier.isEmpty, rounds.count >= policy.minimumRounds {
      return .none(.noBaseline)
    }
    if let shortage = shortage(.toDecide) { return .none(shortage) }
    return estimate.map { .estimate($0) } ?? .none(.notPositive)
  }

  enum Need {
    case toDecide, toFail
  }

  /// What either side has less of than is needed: rounds, or starts of two versions.
  func shortage(_ need: Need) -> Reason? {
    let (rounds, starts) =
      switch need {
      case .toDecide: (policy.minimumRounds, policy.minimumStarts)
      case .toFail: (policy.roundsToFail, policy.startsToFail)
      }
    if self.rounds.count < rounds { return .tooFewRounds(rounds: self.rounds.count, needed: rounds) }
    switch yardstick {
    case .reference: return nil
    case .baseline(let earlier):
      return earlier.count < rounds ? .shortBaseline(rounds: earlier.count, needed: rounds) : nil
    case .otherVersion:
      let found = self.rounds.startCount
      return found < starts ? .tooFewStarts(starts: found, needed: starts) : nil
    }
  }

  enum Basis {
    case estimate(LogEstimate)
    case none(Reason)
  }
}
