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

/// The requests of an open loop that have fallen due, as far as they wait for a connection.
struct DueRequests {
  /// Where the schedule has come to by the clock, and by what was sent.
  private var due: ArrivalSchedule
  private var unsent: ArrivalSchedule
  private(set) var waiting = 0
  /// Of a load of so many requests: how many may still fall due in the window.
  private var limit: Int?

  init(_ schedule: ArrivalSchedule, limit: Int?) {
    due = schedule
    unsent = schedule
    self.limit = limit
  }

  /// When the next one falls due: none does after the window, nor more than were asked for.
  func next(before windowEnd: Instant) -> Instant? {
    due.next < windowEnd && limit != 0 ? due.next : nil
  }

  /// - Returns: when the next one fell due; nil where none has that is not waiting already.
  mutating func fall(by now: Instant, windowStart: Instant, windowEnd: Instant) -> Instant? {
    guard let next = next(before: windowEnd), next <= now else { return nil }
    due.advance()
    waiting += 1
    if next >= windowStart { limit? -= 1 }
    return next
  }

  /// Takes the one that has waited longest.
  ///
  /// - Returns: when it fell due; nil where none waits.
  mutating func take() -> Instant? {
    guard waiting > 0 else { return nil }
    defer { unsent.advance() }
    waiting -= 1
    return unsent.next
  }
}
