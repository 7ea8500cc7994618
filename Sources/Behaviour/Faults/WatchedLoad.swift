import BenchSupport
import Foundation
import Histogram
import LoadEngine
import Stack

/// A load on a thread of its own, which is looked at every few hundredths of a second until it is ended.
final class WatchedLoad: @unchecked Sendable {
  private let monitor = LoadMonitor(isWatched: true)
  private let lock = NSLock()
  private let load: BackgroundLoad
  private let watched = DispatchSemaphore(value: 0)
  private var looks: [(at: Instant, verified: Int, errors: Int)] = []
  private var latencies: [Part: Histogram] = [:]
  private var part = Part.before

  /// The parts of a trial.
  enum Part { case before, during, after }

  private static let lookInterval: UInt32 = 20_000

  init(_ plan: LoadPlan) {
    load = BackgroundLoad(plan, monitor: monitor)
    Thread.detachNewThread { [self] in
      while !load.isOver {
        usleep(Self.lookInterval)
        look()
      }
      watched.signal()
    }
  }

  private func look() {
    let slice = monitor.takeInterval()
    let now = Instant.now()
    guard slice.verified > 0 || slice.errors > 0, let window = monitor.window, now > window.start else { return }
    lock.withLock {
      looks.append((now, slice.verified, slice.errors))
      latencies[part, default: Histogram()].merge(slice.latency)
    }
  }

  /// Says which part of the trial begins.
  func begin(_ part: Part) { lock.withLock { self.part = part } }

  /// Waits until the warm-up is over. False where the load ended before.
  func waitForWindow(_ interrupts: Interrupts) throws(DeploymentError) -> Bool { try load.waitForWindow(interrupts) }

  /// Seconds since the window began.
  var seconds: Double {
    monitor.window.map { Double(Instant.now().nanoseconds(since: $0.start)) * 1e-9 } ?? 0
  }

  /// What was seen so far.
  var series: FaultSeries {
    guard let start = monitor.window?.start else { return FaultSeries() }
    return lock.withLock {
      FaultSeries(
        looks.map {
          .init(Double($0.at.nanoseconds(since: start)) * 1e-9, verified: $0.verified, errors: $0.errors)
        })
    }
  }

  /// The p99 of a part in milliseconds; nil of fewer than a hundred.
  func p99(_ part: Part) -> Double? {
    lock.withLock {
      guard let latency = latencies[part], latency.count >= 100 else { return nil }
      return latency.percentile(99).map { Double($0) * 1e-6 }
    }
  }

  /// Ends the load and waits for its last exchanges, and for the last look at them. May be called again.
  @discardableResult
  func end() throws -> LoadResult {
    let result = Result { try load.end() }
    watched.wait()
    watched.signal()
    return try result.get()
  }
}
