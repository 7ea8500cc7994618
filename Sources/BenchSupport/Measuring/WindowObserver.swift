import Foundation
import LoadEngine
import Machine
import Results

/// Samples the machine when the window of a running load begins and when it ends, on a thread of its own, and has its speed
/// probed in between.
package final class WindowObserver: @unchecked Sendable {
  private let monitor: LoadMonitor
  private let sampler: ResourceSampler
  private let lock = NSLock()
  private let ended = DispatchSemaphore(value: 0)
  private var isOver = false
  private var samples: (start: ResourceSample, end: ResourceSample)?
  private var probeNs: Double?

  package init(_ monitor: LoadMonitor, _ sampler: ResourceSampler) {
    self.monitor = monitor
    self.sampler = sampler
    Thread.detachNewThread { [self] in
      observe()
      ended.signal()
    }
  }

  /// To be called when the load is over. Nil where it never came to a window.
  package func finish() -> ResourceFigures? {
    let loadEnded = Instant.now()
    lock.withLock { isOver = true }
    ended.wait()
    guard let window = monitor.window, let samples = lock.withLock({ samples }) else { return nil }
    var figures = sampler.difference(
      from: samples.start, to: samples.end,
      window: .nanoseconds(Int64(window.end.nanoseconds(since: window.start))), loadEnded: loadEnded)
    // The speed of this machine says nothing of a server elsewhere.
    figures.speedProbeNs = sampler.seesServer ? lock.withLock { probeNs } : nil
    return figures
  }

  private func observe() {
    guard wait(until: { $0.start }) else { return }
    let start = sampler.sample(withDescriptors: true)
    let probe = SpeedProbe()
    let isWhole = wait(until: { $0.end }, and: { $0.isWindowOver })
    probe.stop()
    guard isWhole else { return }
    let end = sampler.sample(withMemory: true)
    let probed = probe.finish()
    lock.withLock { (samples, probeNs) = ((start, end), probed) }
  }

  /// Waits for an instant of the window, which may still move. False where the load was over long before it.
  private func wait(
    until instant: ((start: Instant, end: Instant)) -> Instant, and isReached: (LoadMonitor) -> Bool = { _ in true }
  ) -> Bool {
    while true {
      var pause = 1_000_000 as UInt64
      if let window = monitor.window {
        let left = instant(window).nanoseconds(since: .now())
        if left == 0, isReached(monitor) { return true }
        if left > 0 { pause = min(left, 50_000_000) }
      }
      if lock.withLock({ isOver }) { return false }
      usleep(UInt32(pause / 1000 + 1))
    }
  }
}
