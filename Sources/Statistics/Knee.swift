import Foundation

/// A rate that was offered in one round, and what came of it.
public struct OfferedRate: Equatable, Sendable {
  public var perSecond: Double
  /// Of the latency from the instant at which each request was due; nil where none was answered.
  public var p99Ms: Double?
  /// Of what was due, from 0 to 1.
  public var servedShare: Double
  /// Whether the generator was the limit: what was late may be its own lateness.
  public var isLimitedByGenerator: Bool

  public init(perSecond: Double, p99Ms: Double?, servedShare: Double, isLimitedByGenerator: Bool = false) {
    self.perSecond = perSecond
    self.p99Ms = p99Ms
    self.servedShare = servedShare
    self.isLimitedByGenerator = isLimitedByGenerator
  }
}

/// When a rate counts as held.
public struct KneeCriterion: Equatable, Sendable {
  public var latencyMs: Double
  public var servedShare: Double

  public init(latencyMs: Double, servedShare: Double) {
    self.latencyMs = latencyMs
    self.servedShare = servedShare
  }

  public func holds(_ rate: OfferedRate) -> Bool {
    rate.servedShare >= servedShare && rate.p99Ms.map { $0 <= latencyMs } ?? false
  }
}

/// What one round says of the highest rate that is held.
///
/// Rates are looked at from the highest downwards: overload does not hold by chance, and a round in which something else
/// disturbed a low rate still knows its knee.
public enum RoundKnee: Equatable, Sendable {
  /// It lies between two rates, and by interpolation here.
  case within(Double, holds: Double, fails: Double)
  /// The highest rate held; or the generator was the limit at all that failed, and they say nothing of the server.
  case atLeast(Double, isLimitedByGenerator: Bool)
  /// Not even the lowest rate held.
  case below(Double)

  /// nil of no rates.
  public init?(_ rates: [OfferedRate], _ criterion: KneeCriterion) {
    let rates = rates.filter { $0.perSecond > 0 && $0.perSecond.isFinite }.sorted { $0.perSecond < $1.perSecond }
    if rates.isEmpty { return nil }
    let held = rates.last(where: criterion.holds)
    // A rate that failed where the generator was the limit says nothing; one beyond it may.
    let failed = rates.filter { $0.perSecond > held?.perSecond ?? 0 }
    switch (held, failed.first { !$0.isLimitedByGenerator }) {
    case (let held?, let failed?):
      self = .within(criterion.crossing(held, failed), holds: held.perSecond, fails: failed.perSecond)
    case (let held?, nil): self = .atLeast(held.perSecond, isLimitedByGenerator: !failed.isEmpty)
    case (nil, let failed?): self = .below(failed.perSecond)
    case (nil, nil): self = .atLeast(0, isLimitedByGenerator: true)
    }
  }

  /// What is certain to be held, as far as a round can be.
  fileprivate var held: Double {
    switch self {
    case .within(_, let holds, _): holds
    case .atLeast(let rate, _): rate
    case .below: 0
    }
  }
}

extension KneeCriterion {
  /// Where the limit is crossed on the way from a rate that holds to one that does not: the latency is taken for a power of the
  /// rate between them, and the share that is served for a straight line. Whichever limit is met first counts.
  fileprivate func crossing(_ held: OfferedRate, _ failed: OfferedRate) -> Double {
    var shares: [Double] = []
    if let low = held.p99Ms, let high = failed.p99Ms, high > latencyMs, low > 0 {
      shares.append(log(latencyMs / low) / log(high / low))
    }
    if failed.servedShare < servedShare {
      shares.append((held.servedShare - servedShare) / (held.servedShare - failed.servedShare))
    }
    // Nothing was answered at the rate that failed: then nothing is known but that the other one held.
    let share = min(1, max(0, shares.min() ?? 0))
    return held.perSecond * pow(failed.perSecond / held.perSecond, share)
  }
}

/// The highest rate that is held, over all rounds.
public enum Knee: Equatable, Sendable {
  /// With a 95 % interval: that of Student's t over the knees of the rounds, and never narrower than the steps between which
  /// they lie, because what happens between two rates was not measured.
  case known(Double, ConfidenceInterval, rounds: Int)
  case atLeast(Double, isLimitedByGenerator: Bool)
  case below(Double)

  /// nil of no rounds.
  ///
  /// Rounds in which the generator was the limit are left out where they are fewer than half; else they decide. One round that
  /// does not know its knee on both sides leaves the whole as open as itself: to leave it out would choose among results.
  public init?(_ rounds: [RoundKnee]) {
    if rounds.isEmpty { return nil }
    let limited = rounds.filter { if case .atLeast(_, true) = $0 { true } else { false } }
    guard limited.count * 2 < rounds.count else {
      self = .atLeast(Self.middle(rounds.map(\.held)), isLimitedByGenerator: true)
      return
    }
    let own = rounds.filter { !limited.contains($0) }
    if own.contains(where: { if case .atLeast = $0 { true } else { false } }) {
      self = .atLeast(Self.middle(own.map(\.held)), isLimitedByGenerator: false)
      return
    }
    let failing = own.map { round in
      switch round {
      case .within(_, _, let fails): fails
      case .below(let rate), .atLeast(let rate, _): rate
      }
    }
    let estimates: [Double] = own.compactMap { if case .within(let rate, _, _) = $0 { rate } else { nil } }
    guard estimates.count == own.count else {
      self = .below(Self.middle(failing))
      return
    }
    let (low, high) = (Self.middle(own.map(\.held)), Self.middle(failing))
    let estimate = Self.middle(estimates)
    let scatter = LogMean(of: estimates)?.interval()
    self = .known(
      estimate,
      ConfidenceInterval(
        low: min(low, scatter?.low ?? low), high: max(high, scatter?.high ?? high), confidence: 0.95),
      rounds: own.count)
  }

  /// The geometric mean; zero where one of them is.
  private static func middle(_ rates: [Double]) -> Double {
    guard !rates.isEmpty, rates.allSatisfy({ $0 > 0 }) else { return 0 }
    return exp(rates.reduce(0) { $0 + log($1) } / Double(rates.count))
  }

  /// What can be said to be held: the estimate, or the least that it is; nil where not even the lowest rate was.
  public var held: Double? {
    switch self {
    case .known(let rate, _, _): rate
    case .atLeast(let rate, _): rate > 0 ? rate : nil
    case .below: nil
    }
  }
}
