import Foundation
import LoadEngine

/// Work under a load monitor, on a thread of its own.
package final class BackgroundWork<Value>: @unchecked Sendable {
  package let monitor: LoadMonitor
  private let lock = NSLock()
  private let over = DispatchSemaphore(value: 0)
  private var result: Result<Value, any Error>?
  private let body: (LoadMonitor) throws -> Value

  /// Begins it.
  package init(_ monitor: LoadMonitor = LoadMonitor(), _ body: @escaping (LoadMonitor) throws -> Value) {
    self.monitor = monitor
    self.body = body
    Thread.detachNewThread { [self] in
      let result = Result { try self.body(monitor) }
      lock.withLock { self.result = result }
      over.signal()
    }
  }

  package var isOver: Bool { lock.withLock { result != nil } }

  /// Waits for it. May be called again.
  package func outcome() -> Result<Value, any Error> {
    over.wait()
    over.signal()
    return lock.withLock { result! }
  }
}
