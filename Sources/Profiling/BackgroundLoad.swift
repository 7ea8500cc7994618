import Foundation
import LoadEngine
import Stack

/// A load on a thread of its own, which goes on until it is ended.
final class BackgroundLoad: @unchecked Sendable {
  private let monitor = LoadMonitor()
  private let lock = NSLock()
  private let over = DispatchSemaphore(value: 0)
  private var outcome: Result<LoadResult, LoadPlanError>?

  init(_ plan: LoadPlan) {
    Thread.detachNewThread { [self] in
      let result: Result<LoadResult, LoadPlanError>
      do throws(LoadPlanError) { result = .success(try plan.run(monitor: monitor)) } catch { result = .failure(error) }
      lock.withLock { outcome = result }
      over.signal()
    }
  }

  /// Waits until the warm-up is over. False where the load ended before.
  func waitForWindow(_ interrupts: Interrupts) throws(DeploymentError) -> Bool {
    while true {
      if let window = monitor.window, Instant.now() >= window.start { return true }
      if isOver { return false }
      try interrupts.sleep(.milliseconds(10))
    }
  }

  /// Exchanges so far, with those of the warm-up.
  var verified: Int { monitor.verified }

  var isOver: Bool { lock.withLock { outcome != nil } }

  /// Ends the load and waits for its last exchanges. May be called again.
  @discardableResult
  func end() throws(LoadPlanError) -> LoadResult {
    monitor.cancel()
    over.wait()
    over.signal()
    return try lock.withLock { outcome! }.get()
  }
}
