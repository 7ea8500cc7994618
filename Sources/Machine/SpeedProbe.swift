import CLinux
import Foundation
import Statistics

/// Tells how fast the machine is while a window is open: on every processor the same short work, again and again, timed by
/// the CPU time that it takes.
///
/// A machine that is shared changes its speed from one window to the next: its clock changes, and so does what the
/// neighbours on the same cores want of them, which no counter inside shows. What slows the probe down slows the servers
/// down too, so its time explains a part of how the rounds scatter (`LogMean`).
package final class SpeedProbe: @unchecked Sendable {
  /// It is seldom for the sake of what is measured: a thread that wakes up costs the others far more than its work does,
  /// because the scheduler moves them. `docs/lab-notes/2026-11-27-cost-of-the-speed-probe.md` has the figures.
  private static let pause = DispatchTimeInterval.milliseconds(20)
  private let processors: Int
  private let lock = NSLock()
  private let ended = DispatchGroup()
  /// Signalled once for each processor, at least: a surplus is not waited for.
  private let over = DispatchSemaphore(value: 0)
  private var times: [[UInt64]] = []

  /// Begins at once.
  package init(processors: Int = ProcessInfo.processInfo.processorCount) {
    self.processors = processors
    for processor in 0..<processors {
      ended.enter()
      Thread.detachNewThread { [self] in
        let own = probe(processor)
        lock.withLock { times.append(own) }
        ended.leave()
      }
    }
  }

  /// Returns at once; no further probe begins.
  package func stop() { for _ in 0..<processors { over.signal() } }

  /// Waits for the end of all probes, and says what one took: in nanoseconds of CPU time, over all processors.
  package func finish() -> Double? {
    stop()
    ended.wait()
    return SpeedProbe.time(lock.withLock { times })
  }

  /// A processor that may not be used is not probed.
  private func probe(_ processor: Int) -> [UInt64] {
    guard clinux_pin_to_core(Int32(processor)) == 0 else { return [] }
    var times: [UInt64] = []
    while over.wait(timeout: .now() + SpeedProbe.pause) == .timedOut { times.append(clinux_run_speed_probe()) }
    return times
  }

  /// With fewer, a processor has no speed.
  static let fewestTimes = 10
  private static let trimmed = 0.1

  /// The time that belongs to the mean speed: speeds are averaged, and not times, because requests served add up as
  /// speeds do. A tenth at either end is left out of each processor's: a probe into which an interrupt fell says nothing.
  ///
  /// - Parameter times: by processor, in nanoseconds.
  package static func time(_ times: [[UInt64]]) -> Double? {
    let speeds = times.compactMap { times -> Double? in
      let ordered = times.filter { $0 > 0 }.map { 1 / Double($0) }.sorted()
      guard ordered.count >= fewestTimes else { return nil }
      let cut = Int(Double(ordered.count) * trimmed)
      return ordered[cut..<(ordered.count - cut)].reduce(0, +) / Double(ordered.count - 2 * cut)
    }
    return speeds.isEmpty ? nil : Double(speeds.count) / speeds.reduce(0, +)
  }
}
