import BenchSupport
@preconcurrency import Foundation
import LoadEngine
import Reports
import Results

/// One line of JSON a second to a file while a load runs, for dashboards.
final class LoadProgress: @unchecked Sendable {
  private let monitor: LoadMonitor
  /// nil for the standard output.
  private let file: ResultFile?
  private let queue = DispatchQueue(label: "progress")
  private let timer: DispatchSourceTimer
  private let started = Instant.now()
  private var before = Instant.now()
  private var failure: (any Error)?

  /// - Parameter path: of what is written through, as results are.
  init(_ monitor: LoadMonitor, to path: String) throws(UsageError) {
    file = try ResultFile.named(path, by: "--progress-json")
    self.monitor = monitor
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
    let line: JSONObject = [
      "schema": LoadReport.currentSchema,
      "time": Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true)) + "Z",
      "elapsed_s": Double(now.nanoseconds(since: started)) * 1e-9, "phase": phase(at: now),
      // What ended in this second, in whatever phase.
      "requests": slice.verified, "errors": slice.errors,
      "requests_per_second": Double(slice.verified) / max(seconds, 0.001), "latency_us": slice.latency.microseconds,
      "verified_in_all": monitor.verified, "failed_in_all": monitor.failed,
    ]
    do {
      let text = try line.text() + "\n"
      if let file { try file.add(text) } else { StandardOutput.write(text) }
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
