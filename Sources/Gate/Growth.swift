import Foundation
import Results
import Statistics

/// Whether something that a server holds grows with what it answers: memory, or open descriptors.
public struct Growth: Equatable, Sendable {
  public enum Verdict: Equatable, Sendable {
    /// Shown to grow by more than is tolerated.
    case leaks
    /// Shown to grow; whether by more than is tolerated is not known.
    case mayLeak
    /// Shown to grow, and by no more than is tolerated.
    case grows
    /// It grew, and less and less.
    case levelsOff
    /// No growth is seen, and none beyond what is tolerated can be.
    case steady
    /// No growth is seen, and one beyond what is tolerated may be hidden.
    case tooWide
    /// There is no slope.
    case unknown(Drift.Problem)
    /// Nothing is known of what it holds, as of a server elsewhere.
    case unseen
  }

  public let verdict: Verdict
  /// For each million of exchanges; absent where there is no slope.
  public let drift: Drift?
  /// The slope that is just tolerated.
  public let tolerated: Double
  /// Whether it rose by enough in all to be more than how coarsely it is held.
  let isVisible: Bool

  /// - Parameters:
  ///   - starts: what was held after so many million exchanges, for each start of the server.
  ///   - least: a rise by less than this in all is none.
  public init(_ starts: [[Drift.Point]], tolerating tolerated: Double, from least: Double = 0) {
    self.tolerated = tolerated
    let done = starts.reduce(0) { sum, points in
      sum + (points.last.flatMap { last in points.first.map { last.done - $0.done } } ?? 0)
    }
    guard starts.contains(where: { !$0.isEmpty }) else {
      (drift, verdict, isVisible) = (nil, .unseen, false)
      return
    }
    do throws(Drift.Problem) {
      let drift = try Drift(starts)
      self.drift = drift
      isVisible = drift.slope * done >= least
      verdict = Self.verdict(drift, isVisible, tolerated)
    } catch {
      (drift, verdict, isVisible) = (nil, .unknown(error), false)
    }
  }

  public var interval: ConfidenceInterval? { drift?.interval() }

  /// How many times as long it has to last, at least, for what is beyond tolerance to be excluded; absent where it has lasted
  /// long enough, and where its own slope is not tolerated.
  ///
  /// Over a longer time the half-width of the slope falls with its power of 1.5 where neighbours have nothing in common, and
  /// more slowly where they have.
  public var timesAsLong: Double? {
    guard verdict == .tooWide, let drift, let interval, drift.slope < tolerated else { return nil }
    return pow((interval.high - drift.slope) / (tolerated - max(0, drift.slope)), 2.0 / 3)
  }

  private static func verdict(_ drift: Drift, _ isVisible: Bool, _ tolerated: Double) -> Verdict {
    let interval = drift.interval()
    if drift.isRising, isVisible {
      if interval.low > tolerated { return .leaks }
      return interval.high > tolerated ? .mayLeak : .grows
    }
    if drift.isLevellingOff { return .levelsOff }
    return interval.high > tolerated ? .tooWide : .steady
  }
}

extension [SoakSegment] {
  /// MiB for each million of exchanges, of the segments of one framework.
  public func memoryGrowth(_ policy: GatePolicy) -> Growth {
    growth(tolerating: policy.memorySlope, from: policy.leastMemoryRise) { segment in
      segment.round.resources.server?.anonymousMemoryBytes.map { (segment.exchangesAfter, Double($0) / 1_048_576) }
    }
  }

  /// Open descriptors for each million of exchanges, of the segments of one framework.
  public func descriptorGrowth(_ policy: GatePolicy) -> Growth {
    growth(tolerating: policy.descriptorSlope) { segment in
      segment.round.resources.server?.descriptors.map { (segment.exchangesBefore, Double($0)) }
    }
  }

  private func growth(
    tolerating tolerated: Double, from least: Double = 0, _ figure: (SoakSegment) -> (exchanges: Int, figure: Double)?
  ) -> Growth {
    let starts = Dictionary(grouping: self, by: \.start).sorted { $0.key < $1.key }
    return Growth(
      starts.map { _, segments in
        segments.sorted { $0.segment < $1.segment }.compactMap(figure).map {
          Drift.Point(done: Double($0.exchanges) / 1e6, figure: $0.figure)
        }
      }, tolerating: tolerated, from: least)
  }
}
