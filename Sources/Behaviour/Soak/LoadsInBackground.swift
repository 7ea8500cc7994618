import Foundation
import LoadEngine
import Stack

/// Loads on threads of their own, all at the same time, which Ctrl-C ends.
struct LoadsInBackground<Value> {
  private let threads: [LoadThread<Value>]

  /// Begins them.
  init(_ loads: [(LoadMonitor) throws -> Value]) { threads = loads.map(LoadThread.init) }

  /// Waits until all have ended.
  ///
  /// - Throws: what called it off, once all have ended.
  func finish(_ interrupts: Interrupts) throws -> [Result<Value, any Error>] {
    do {
      while !threads.allSatisfy(\.isOver) { try interrupts.sleep(.milliseconds(20)) }
    } catch {
      for thread in threads { thread.cancel() }
      for thread in threads { _ = thread.outcome() }
      throw error
    }
    return threads.map { $0.outcome() }
  }
}

private final class LoadThread<Value>: @unchecked Sendable {
  private let monitor = LoadMonitor()
  private let lock = NSLock()
  private let over = DispatchSemaphore(value: 0)
  private var result: Result<Value, any Error>?
  private let body: (LoadMonitor) throws -> Value

  init(_ body: @escaping (LoadMonitor) throws -> Value) {
    self.body = body
    Thread.detachNewThread { [self] in
      let result = Result { try self.body(monitor) }
      lock.withLock { self.result = result }
      over.signal()
    }
  }

  var isOver: Bool { lock.withLock { result != nil } }

  func cancel() { monitor.cancel() }

  func outcome() -> Result<Value, any Error> {
    over.wait()
    over.signal()
    return lock.withLock { result! }
  }
}
