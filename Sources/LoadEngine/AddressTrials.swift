/// Which of several addresses to try next, and when.
///
/// A pure value. One after another, in the order given; the next one as soon as one has failed, or has not answered within
/// 250 ms, or sooner where the time would be over before all had their turn. Who answers late may still be first. Source: RFC 8305, section 5, without the alternation of the families.
struct AddressTrials {
  enum Step: Equatable {
    case begin(Int)
    case wait(until: Instant)
    /// All have failed, or the time is over.
    case giveUp
  }

  static let delay = Duration.milliseconds(250)

  private let count: Int
  private let deadline: Instant
  private var begun = 0
  private var failed = 0
  private var nextBegin = Instant(nanoseconds: 0)

  init(of count: Int, until deadline: Instant) {
    self.count = count
    self.deadline = deadline
  }

  mutating func next(at now: Instant) -> Step {
    guard now < deadline, failed < count else { return .giveUp }
    guard begun < count else { return .wait(until: deadline) }
    guard now >= nextBegin else { return .wait(until: min(nextBegin, deadline)) }
    begun += 1
    nextBegin = now + min(AddressTrials.delay, share(of: now))
    return .begin(begun - 1)
  }

  /// The part of the time left that each of those not begun has, and the last one that has.
  private func share(of now: Instant) -> Duration {
    .nanoseconds(Int64(clamping: deadline.nanoseconds(since: now)) / Int64(count - begun + 1))
  }

  /// One that has begun has failed.
  mutating func oneFailed() {
    failed += 1
    nextBegin = Instant(nanoseconds: 0)
  }
}
