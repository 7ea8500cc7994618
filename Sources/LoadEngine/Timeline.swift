import Synchronization

/// The phases that all threads of a load share: ramp-up, warm-up, window, drain.
///
/// The warm-up begins when every connection stands or has failed once.
final class Timeline: Sendable {
  private let warmUp: Duration
  private let window: Duration
  private let agreedStart: Instant?
  private let unsettled: Atomic<Int>
  private let startNanoseconds = Atomic<UInt64>(.max)
  private let endNanoseconds = Atomic<UInt64>(.max)
  private let verifiedInWindow = Atomic<Int>(0)
  private let over = Atomic<Bool>(false)

  /// - Parameter agreedStart: the window does not begin before.
  init(connections: Int, warmUp: Duration, window: Duration, agreedStart: Instant? = nil) {
    self.agreedStart = agreedStart
    self.warmUp = warmUp
    self.window = window
    unsettled = Atomic(connections)
  }

  /// A connection stands, or has failed for the first time. To be called once for each.
  func connectionSettled() {
    guard unsettled.subtract(1, ordering: .relaxed).newValue == 0 else { return }
    let earliest = Instant.now() + warmUp
    let start = agreedStart.map { max($0, earliest) } ?? earliest
    endNanoseconds.store((start + window).nanoseconds, ordering: .relaxed)
    startNanoseconds.store(start.nanoseconds, ordering: .releasing)
  }

  var hasBegun: Bool { startNanoseconds.load(ordering: .acquiring) != .max }
  /// The beginning of the warm-up, where it has begun.
  var warmUpStart: Instant {
    Instant(nanoseconds: startNanoseconds.load(ordering: .acquiring) &- warmUp.wholeNanoseconds)
  }
  var windowStart: Instant { Instant(nanoseconds: startNanoseconds.load(ordering: .acquiring)) }
  var windowEnd: Instant { Instant(nanoseconds: endNanoseconds.load(ordering: .acquiring)) }

  func countVerifiedInWindow() {
    verifiedInWindow.add(1, ordering: .relaxed)
  }

  /// Moves the end of a window in which too little was verified, unless another thread has moved it already.
  ///
  /// - Returns: false where the window is over.
  func prolong(_ end: Instant, until minimum: Int, atMost longest: Duration) -> Bool {
    // What one thread has prolonged is longer for all.
    if windowEnd > end { return true }
    guard verifiedInWindow.load(ordering: .relaxed) < minimum, end + window <= windowStart + longest else {
      return false
    }
    _ = endNanoseconds.compareExchange(
      expected: end.nanoseconds, desired: (end + window).nanoseconds, ordering: .acquiringAndReleasing)
    return true
  }

  /// Whether the window has ended for good, and is not prolonged.
  var isOver: Bool { over.load(ordering: .acquiring) }
  func windowEnded() { over.store(true, ordering: .releasing) }

  /// Ends the window at an instant, for a load that is cancelled. The first thread to say so decides.
  func end(at instant: Instant) {
    endNanoseconds.min(instant.nanoseconds, ordering: .releasing)
  }
}
