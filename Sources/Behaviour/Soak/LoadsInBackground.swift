import BenchSupport
import LoadEngine
import Stack

/// Loads on threads of their own, all at the same time, which Ctrl-C ends.
struct LoadsInBackground<Value> {
  private let loads: [BackgroundWork<Value>]

  /// Begins them.
  init(_ loads: [(LoadMonitor) throws -> Value]) { self.loads = loads.map { BackgroundWork(LoadMonitor(), $0) } }

  /// Waits until all have ended.
  ///
  /// - Throws: what called it off, once all have ended.
  func finish(_ interrupts: Interrupts) throws -> [Result<Value, any Error>] {
    do {
      while !loads.allSatisfy(\.isOver) { try interrupts.sleep(.milliseconds(20)) }
    } catch {
      for load in loads { load.monitor.cancel() }
      for load in loads { _ = load.outcome() }
      throw error
    }
    return loads.map { $0.outcome() }
  }
}
