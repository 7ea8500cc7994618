import LoadEngine
import Stack

/// A load on a thread of its own, which goes on until it is ended.
package final class BackgroundLoad: Sendable {
  private let work: BackgroundWork<LoadResult>

  package init(_ plan: LoadPlan, monitor: LoadMonitor = LoadMonitor()) {
    work = BackgroundWork(monitor) { try plan.run(monitor: $0) }
  }

  /// Waits until the warm-up is over. False where the load ended before.
  package func waitForWindow(_ interrupts: Interrupts) throws(DeploymentError) -> Bool {
    while true {
      if let window = work.monitor.window, Instant.now() >= window.start { return true }
      if isOver { return false }
      try interrupts.sleep(.milliseconds(10))
    }
  }

  /// Exchanges so far, with those of the warm-up.
  package var verified: Int { work.monitor.verified }

  package var isOver: Bool { work.isOver }

  /// Ends the load and waits for its last exchanges. May be called again.
  @discardableResult
  package func end() throws -> LoadResult {
    work.monitor.cancel()
    return try work.outcome().get()
  }
}
