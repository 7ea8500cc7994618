import Glibc
import SeededRandom

/// The instants at which an open loop sends, one after the other.
///
/// A pure value: two copies give the same instants, so that what is due and what was sent can each walk
/// through the schedule without anything being stored between them.
struct ArrivalSchedule: Sendable {
  private let start: UInt64
  private let interval: Double
  private let arrivals: Arrivals
  private var random: SplitMix64
  private var offset: Double
  private(set) var next: Instant

  /// The part of a rate that one of `threads` sends: every `threads`-th instant, beginning with its own.
  init(perSecond: Double, arrivals: Arrivals, from start: Instant, thread: Int, of threads: Int, seed: UInt64) {
    self.start = start.nanoseconds
    self.arrivals = arrivals
    interval = 1e9 * Double(threads) / perSecond
    random = SplitMix64(seed: seed)
    switch arrivals {
    case .constant: offset = 1e9 * Double(thread) / perSecond
    case .poisson: offset = ArrivalSchedule.gap(interval, &random)
    }
    next = Instant(nanoseconds: start.nanoseconds &+ UInt64(offset))
  }

  mutating func advance() {
    switch arrivals {
    case .constant: offset += interval
    case .poisson: offset += ArrivalSchedule.gap(interval, &random)
    }
    next = Instant(nanoseconds: start &+ UInt64(offset))
  }

  private static func gap(_ mean: Double, _ random: inout SplitMix64) -> Double {
    // 53 random bits as a number in (0, 1].
    let uniform = Double((random.next() >> 11) + 1) * 0x1p-53
    return -mean * log(uniform)
  }
}
