import Synchronization

/// What another thread may see of a running load, and do to it.
public final class LoadMonitor: Sendable {
  private let verifiedCount = Atomic<Int>(0)
  private let failedCount = Atomic<Int>(0)
  private let cancellations = Atomic<Int>(0)
  private let timeline = Mutex<Timeline?>(nil)
  private let interval = Mutex(SeriesSlice())
  /// Whether somebody asks for ``takeInterval()``: what ends is then counted twice.
  public let isWatched: Bool

  public init(isWatched: Bool = false) {
    self.isWatched = isWatched
  }

  /// Verified exchanges so far, warm-up included.
  public var verified: Int { verifiedCount.load(ordering: .relaxed) }
  public var failed: Int { failedCount.load(ordering: .relaxed) }

  /// When the measured window begins and ends, as far as it is known: it may still be prolonged. nil until all connections
  /// stand.
  public var window: (start: Instant, end: Instant)? {
    guard let timeline = timeline.withLock({ $0 }), timeline.hasBegun else { return nil }
    return (timeline.windowStart, timeline.windowEnd)
  }

  /// Whether `window` is what it will stay, because it has ended.
  public var isWindowOver: Bool { timeline.withLock { $0 }?.isOver ?? false }

  func watch(_ timeline: Timeline) {
    self.timeline.withLock { $0 = timeline }
  }

  /// Ends the window early; the result says so. What is in flight then has half a second to end, and is cut off at once
  /// where this is called again.
  public func cancel() {
    cancellations.add(1, ordering: .relaxed)
  }

  public var isCancelled: Bool { cancellations.load(ordering: .relaxed) > 0 }
  var isCutOff: Bool { cancellations.load(ordering: .relaxed) > 1 }

  /// What ended, in whatever phase, since this was last called: for whoever watches a load run. It trails what happens by a
  /// few hundredths of a second.
  public func takeInterval() -> SeriesSlice {
    interval.withLock {
      let taken = $0
      $0 = SeriesSlice()
      return taken
    }
  }

  func add(_ slice: SeriesSlice) {
    interval.withLock { $0.merge(slice) }
  }

  func countVerified() {
    verifiedCount.add(1, ordering: .relaxed)
  }

  func countFailed() {
    failedCount.add(1, ordering: .relaxed)
  }
}
