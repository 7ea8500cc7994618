import CLinux
import Foundation

/// Tells how fast the machine is while a window is open: on every processor the same short work, again and again, timed by
/// the CPU time that it takes.
///
/// A machine that is shared changes its speed from one window to the next: its clock changes, and so does what the
/// neighbours on the same cores want of them, which no counter inside shows. What slows the probe down slows the servers
/// down too, so its time explains a part of how the rounds scatter (`LogMean`). It takes about 1 % of each processor, of
/// whoever is measured.
final class SpeedProbe: @unchecked Sendable {
  private static let pauseMicroseconds: UInt32 = 2000
  private let lock = NSLock()
  private let ended = DispatchGroup()
  private var isOver = false
  private var times: [[UInt64]] = []

  /// Begins at once.
  init(processors: Int = ProcessInfo.processInfo.processorCount) {
    for processor in 0..<processors {
      ended.enter()
      Thread.detachNewThread { [self] in
        let own = probe(processor)
        lock.withLock { times.append(own) }
        ended.leave()
      }
    }
  }

  /// Returns at once; the last probe ends within a few milliseconds.
  func stop() { lock.withLock { isOver = true } }

  /// Waits for the end of all probes, and says what one took: in nanoseconds of CPU time, over all processors.
  func finish() -> Double? {
    stop()
    ended.wait()
    return SpeedProbe.time(lock.withLock { times })
  }

  /// A processor that may not be used is not probed.
  private func probe(_ processor: Int) -> [UInt64] {
    guard clinux_pin_to_core(Int32(processor)) == 0 else { return [] }
    var times: [UInt64] = []
    while !lock.withLock({ isOver }) {
      usleep(SpeedProbe.pauseMicroseconds)
      times.append(clinux_run_speed_probe())
    }
    return times
  }

  /// With fewer, a processor has no speed.
  static let fewestTimes = 20
  private static let trimmed = 0.1

  /// The time that belongs to the mean speed: speeds are averaged, and not times, because requests served add up as
  /// speeds do. A tenth at either end is left out of each processor's: a probe into which an interrupt fell says nothing.
  ///
  /// - Parameter times: by processor, in nanoseconds.
  static func time(_ times: [[UInt64]]) -> Double? {
    let speeds = times.compactMap { times -> Double? in
      let ordered = times.filter { $0 > 0 }.map { 1 / Double($0) }.sorted()
      guard ordered.count >= fewestTimes else { return nil }
      let cut = Int(Double(ordered.count) * trimmed)
      return ordered[cut..<(ordered.count - cut)].reduce(0, +) / Double(ordered.count - 2 * cut)
    }
    return speeds.isEmpty ? nil : Double(speeds.count) / speeds.reduce(0, +)
  }
}
