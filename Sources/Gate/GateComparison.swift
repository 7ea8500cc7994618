import Results
import Statistics

/// One threshold of one framework in one scenario, with the rounds to decide it by.
public struct GateComparison: Equatable, Sendable {
  /// What is asked; the same in both stages.
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
    /// The other side was measured in the same rounds: `rounds` are the ratios that are asked for. So it is where
    /// two versions are compared, and where the threshold is a share of the reference.
    case withinRound
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
      question.threshold.scale == .change || yardstick == .withinRound,
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
    case .withinRound:
      return runToRun.map { head.estimate(acrossRuns: $0) } ?? head.estimate
    }
  }

  /// What so many rounds in all would show if those to come scatter as these do: two estimates, beyond each of which the
  /// true one comes to lie with this chance. Empty where nothing would be decided by it, because the reason against it would
  /// last.
  func outlook(byRounds planned: Int, chance: Double) -> [LogEstimate] {
    guard let now = mean else { return [] }
    let then = now.resized(to: max(planned, now.values))
    // The mean of all is that of these and of those to come; its variance is what is left of that of these.
    return outlook(then, apart: now.variance - then.variance, chance)
  }

  /// The same of so many other rounds alone.
  func outlook(byFreshRounds count: Int, chance: Double) -> [LogEstimate] {
    guard let now = mean else { return [] }
    let then = now.resized(to: count)
    return outlook(then, apart: now.variance + then.variance, chance)
  }

  /// - Parameter variance: Of the distance between the mean of these rounds and the one foretold.
  private func outlook(_ then: LogMean, apart variance: Double, _ chance: Double) -> [LogEstimate] {
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
    if let shortage = shortage(needed: policy.minimumRounds) { return .none(shortage) }
    return estimate.map { .estimate($0) } ?? .none(.notPositive)
  }

  /// Whether either side has fewer rounds than are needed.
  func shortage(needed: Int) -> Reason? {
    if rounds.count < needed { return .tooFewRounds(rounds: rounds.count, needed: needed) }
    if case .baseline(let earlier) = yardstick, earlier.count < needed {
      return .shortBaseline(rounds: earlier.count, needed: needed)
    }
    return nil
  }

  enum Basis {
    case estimate(LogEstimate)
    case none(Reason)
  }
}
