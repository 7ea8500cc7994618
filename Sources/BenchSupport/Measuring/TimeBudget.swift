import LoadEngine

/// The time that the scenarios of a run have together.
///
/// Each has an equal part of what is left when it begins. What it does not need is there for those that follow, and what it
/// takes beyond its part they lack.
public struct TimeBudget: Sendable {
  /// When the last scenario is to end.
  public let end: Instant

  public init(_ limit: Duration, from start: Instant) {
    end = start + limit
  }

  /// When a scenario is to end that begins now.
  ///
  /// - Parameters:
  ///   - weight: as how many others it counts; more than one where its rounds take longer by plan.
  ///   - following: how many come after it.
  public func end(from now: Instant, weight: Int, following: Int) -> Instant {
    let part = Double(end.nanoseconds(since: now)) * Double(weight) / Double(weight + following)
    return now + .nanoseconds(Int64(part))
  }
}
