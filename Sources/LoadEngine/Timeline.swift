import Synchronization

/// The phases that all threads of a load share: ramp-up, warm-up, window, drain.
///
/// The warm-up begins when every connection stands or has failed once, and, where that is asked for, when what they did
/// meanwhile has ended.
final class Timeline: Sendable {
  private let warmUp: Duration
  private let window: Duration
  private let agreedStart: Instant?
  private let unsettled: Atomic<Int>
  /// How many threads have not come to rest since; zero where nobody waits for that.
  private let restless: Atomic<Int>
  private let comesToRest: Bool
  private let startNanoseconds = Atomic<UInt64>(.max)
  private let endNanoseconds = Atomic<UInt64>(.max)
  private let endedInWindow = Atomic<Int>(0)
  private let over = Atomic<Bool>(false)
  /// Of a window that lasts for so many requests: how many may still be begun, and how many have not ended.
  private let toBegin: Atomic<Int>
  private let toEnd: Atomic<Int>
  private let isCounted: Bool
  private let standing = Atomic<UInt64>(Instant.now().nanoseconds)

  /// - Parameters:
  ///   - agreedStart: the window does not begin before.
  ///   - requests: the window ends with the last of so many; nil where it lasts for its time only.
  ///   - threads: so many have to come to rest before the warm-up begins.
  init(
    connections: Int, warmUp: Duration, window: Duration, agreedStart: Instant? = nil, requests: Int? = nil,
    restOf threads: Int = 0
  ) {
    comesToRest = threads > 0
    restless = Atomic(threads)
    isCounted = requests != nil
    toBegin = Atomic(requests ?? 0)
    toEnd = Atomic(requests ?? 0)
    self.agreedStart = agreedStart
    self.warmUp = warmUp
    self.window = window
    unsettled = Atomic(connections)
  }

  /// A connection stands, or has failed for the first time. To be called once for each.
  func connectionSettled() {
    guard unsettled.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
    if !comesToRest { begin() }
  }

  /// Whether nothing more is to be begun until the schedule does.
  var isComingToRest: Bool { comesToRest && unsettled.load(ordering: .acquiring) <= 0 }

  /// Nothing of a thread is under way any more. To be called once for each, while they come to rest.
  func threadRests() {
    if restless.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { begin() }
  }

  private func begin() {
    let earliest = Instant.now() + warmUp
    let start = agreedStart.map { max($0, earliest) } ?? earliest
    // Unless the load has ended already.
    _ = endNanoseconds.compareExchange(expected: .max, desired: (start + window).nanoseconds, ordering: .relaxed)
    startNanoseconds.store(start.nanoseconds, ordering: .releasing)
  }

  var hasBegun: Bool { startNanoseconds.load(ordering: .acquiring) != .max }
  /// The beginning of the warm-up, where it has begun.
  var warmUpStart: Instant {
    Instant(nanoseconds: startNanoseconds.load(ordering: .acquiring) &- warmUp.wholeNanoseconds)
  }
  var windowStart: Instant { Instant(nanoseconds: startNanoseconds.load(ordering: .acquiring)) }
  var windowEnd: Instant { Instant(nanoseconds: endNanoseconds.load(ordering: .acquiring)) }

  func countEndedInWindow() {
    endedInWindow.add(1, ordering: .relaxed)
  }

  /// Moves the end of a window in which too little ended, unless another thread has moved it already.
  ///
  /// - Returns: false where the window is over.
  func prolong(_ end: Instant, until minimum: Int, atMost longest: Duration) -> Bool {
    // What one thread has prolonged is longer for all.
    if windowEnd > end { return true }
    guard endedInWindow.load(ordering: .relaxed) < minimum, end + window <= windowStart + longest else {
      return false
    }
    _ = endNanoseconds.compareExchange(
      expected: end.nanoseconds, desired: (end + window).nanoseconds, ordering: .acquiringAndReleasing)
    return true
  }

  /// Whether the load has ended before its window began.
  func hasEndedEarly(at now: Instant) -> Bool { windowEnd <= now && !hasBegun }

  /// When a connection was last seen to stand, or the load began: one of so many requests that gets no connection is given up.
  var lastStanding: Instant { Instant(nanoseconds: standing.load(ordering: .relaxed)) }
  func stands(at instant: Instant) { standing.store(instant.nanoseconds, ordering: .relaxed) }

  /// Takes one of the requests of a window that lasts for so many; false where none is left.
  func takeRequest() -> Bool {
    guard toBegin.load(ordering: .relaxed) > 0 else { return false }
    return toBegin.subtract(1, ordering: .relaxed).newValue >= 0
  }

  /// One of the requests taken has ended, whatever became of it. The last one ends the window.
  func requestEnded(at instant: Instant) {
    if toEnd.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { end(at: instant) }
  }

  /// Whether all requests of a window that lasts for so many were taken.
  var hasTakenAll: Bool { isCounted && toBegin.load(ordering: .relaxed) <= 0 }

  /// Whether the window has ended for good, and is not prolonged.
  var isOver: Bool { over.load(ordering: .acquiring) }
  func windowEnded() { over.store(true, ordering: .releasing) }

  /// Ends the window at an instant, for a load that is cancelled. The first thread to say so decides.
  func end(at instant: Instant) {
    // Not by Atomic.min: of unsigned numbers it takes the signed one for the smaller, and .max stayed (Swift 6.3).
    var seen = endNanoseconds.load(ordering: .relaxed)
    while instant.nanoseconds < seen {
      let (isDone, original) = endNanoseconds.compareExchange(
        expected: seen, desired: instant.nanoseconds, ordering: .acquiringAndReleasing)
      if isDone { return }
      seen = original
    }
  }
}
