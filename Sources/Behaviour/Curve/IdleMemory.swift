import BenchSupport
import Foundation
import LoadEngine
import Stack

/// Looks at the memory of a server in the middle of a window, while all connections are open: at its end they close.
final class IdleMemory: @unchecked Sendable {
  private let monitor: LoadMonitor
  private let sampler: ResourceSampler
  private let lock = NSLock()
  private let ended = DispatchSemaphore(value: 0)
  private var isOver = false
  private var sample: ResourceSample?

  init(_ monitor: LoadMonitor, _ stack: Stack, _ server: String) {
    self.monitor = monitor
    sampler = ResourceSampler(stack, underLoad: server)
    Thread.detachNewThread { [self] in
      watch()
      ended.signal()
    }
  }

  /// To be called when the load is over. Of the server its anonymous memory, of the generator all.
  func finish() -> (serverBytes: Int?, generatorBytes: Int?) {
    lock.withLock { isOver = true }
    ended.wait()
    return lock.withLock { (sample?.serverMemory?.anonymous, sample?.generatorMemory?.total) }
  }

  private func watch() {
    while !lock.withLock({ isOver }) {
      if let window = monitor.window {
        let middle = window.start + .nanoseconds(Int64(window.end.nanoseconds(since: window.start) / 2))
        if Instant.now() >= middle {
          let taken = sampler.sample(withMemory: true)
          return lock.withLock { sample = taken }
        }
      }
      usleep(10_000)
    }
  }
}
