import Synchronization

/// What another thread may see of a running load, and do to it.
public final class LoadMonitor: Sendable {
  private let verifiedCount = Atomic<Int>(0)
  private let failedCount = Atomic<Int>(0)
  private let cancelled = Atomic<Bool>(false)
  private let timeline = Mutex<Timeline?>(nil)

  public init() {}

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

  /// Ends the window early; the result says so.
  public func cancel() {
    cancelled.store(true, ordering: .relaxed)
  }

  public var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  func countVerified() {
    verifiedCount.add(1, ordering: .relaxed)
  }

  func countFailed() {
    failedCount.add(1, ordering: .relaxed)
  }
}
