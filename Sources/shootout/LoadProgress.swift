import BenchSupport
@preconcurrency import Foundation
import LoadEngine
import Results

/// One line of JSON a second to a file while a load runs, for dashboards.
final class LoadProgress: @unchecked Sendable {
  /// What ended in one second, in whatever phase.
  private struct Line: Encodable {
    let schema = LoadReport.currentSchema
    let time: String
    let elapsedS: Double
    let phase: String
    let requests, errors: Int
    let requestsPerSecond: Double
    let latencyUs: LoadReport.Percentiles?
    /// Since the beginning.
    let verifiedInAll, failedInAll: Int
  }

  private let monitor: LoadMonitor
  private let write: (String) throws -> Void
  private let queue = DispatchQueue(label: "progress")
  private let timer: DispatchSourceTimer
  private let started = Instant.now()
  private var before = Instant.now()
  private var failure: (any Error)?

  /// - Parameter write: takes a line with its end.
  init(_ monitor: LoadMonitor, write: @escaping (String) throws -> Void) {
    self.monitor = monitor
    self.write = write
    timer = DispatchSource.makeTimerSource(queue: queue)
    timer.setEventHandler { [weak self] in self?.tell() }
    timer.schedule(deadline: .now() + 1, repeating: 1)
    timer.resume()
  }

  /// Writes what is left.
  ///
  /// - Throws: what a line could not be written for.
  func end() throws {
    timer.cancel()
    queue.sync { tell() }
    if let failure { throw failure }
  }

  private func tell() {
    guard failure == nil else { return }
    let now = Instant.now()
    let seconds = Double(now.nanoseconds(since: before)) * 1e-9
    before = now
    let slice = monitor.takeInterval()
    let line = Line(
      time: Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true)) + "Z",
      elapsedS: Double(now.nanoseconds(since: started)) * 1e-9, phase: phase(at: now), requests: slice.verified,
      errors: slice.errors, requestsPerSecond: Double(slice.verified) / max(seconds, 0.001),
      latencyUs: .init(slice.latency), verifiedInAll: monitor.verified, failedInAll: monitor.failed)
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      try write(String(decoding: try encoder.encode(line), as: UTF8.self) + "\n")
    } catch {
      failure = error
      monitor.cancel()
    }
  }

  private func phase(at now: Instant) -> String {
    guard let window = monitor.window, now >= window.start else { return "warm_up" }
    return monitor.isWindowOver ? "drain" : "window"
  }
}

extension LoadProgress {
  /// - Parameter path: of what is written through, as results are.
  convenience init(_ monitor: LoadMonitor, to path: String) throws(UsageError) {
    let file = try ResultFile.named(path, by: "--progress-json")
    self.init(monitor) { line in
      if let file { try file.add(line) } else { StandardOutput.write(line) }
    }
  }
}
