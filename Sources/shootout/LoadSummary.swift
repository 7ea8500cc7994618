import Foundation
import Histogram
import LoadEngine

/// The result of one load as a screen.
struct LoadSummary {
  private let result: LoadResult
  private let plan: LoadPlan

  init(_ result: LoadResult, plan: LoadPlan) {
    self.result = result
    self.plan = plan
  }

  func text(url: String) -> String {
    let figures = result.measured
    let window = result.window.inSeconds
    var lines = [
      "\(url): \(plan.connections) connections, \(plan.threads) thread\(plan.threads == 1 ? "" : "s"), \(fixed(window, 2)) s"
    ]
    lines += addressLines(of: plan.endpoint.host)
    if result.isCancelled { lines.append("cancelled: the figures are those of the part that was measured") }
    lines.append("")
    lines.append(line("verified", "\(figures.verified)   \(fixed(result.verifiedPerSecond, 1)) a second"))
    lines += rate
    lines.append(
      line("received", "\(megabytes(figures.bytesReceived, window))   sent \(megabytes(figures.bytesSent, window))"))
    lines += ending
    lines.append("")
    lines += percentileTable
    lines.append("")
    let cpu = result.generator.userSeconds + result.generator.systemSeconds
    let perRequest = figures.verified > 0 ? "\(fixed(cpu * 1e6 / Double(figures.verified), 2)) µs for each" : "–"
    lines.append(line("generator", "\(fixed(cpu, 2)) CPU s   \(perRequest)"))
    lines += result.warnings(plan).map { line("warning", $0) }
    lines += errors
    return lines.joined(separator: "\n")
  }

  /// What an open loop offered, and what came of it.
  private var rate: [String] {
    guard let schedule = result.schedule, let offered = plan.ratePerSecond else { return [] }
    let achieved = result.achievedShare(plan).map { "\(fixed(offered * $0, 1)) (\(fixed($0 * 100, 1)) %)" } ?? "–"
    return [
      line("rate", "offered \(fixed(offered, 1)) a second, achieved \(achieved)"),
      line(
        "backlog",
        "at most \(schedule.largestBacklog) waiting, \(schedule.unsentInWindow) of \(schedule.dueInWindow) never sent"),
    ]
  }

  /// What became of the requests that were in flight at the end of the window.
  private var ending: [String] {
    var lines: [String] = []
    if let longest = result.longestDrain {
      let verified = result.drain.verified + result.verifiedLate
      lines.append(line("drained", "\(verified) after the window, the slowest took \(milliseconds(longest))"))
    }
    if let longest = result.longestCutOff {
      lines.append(line("cut off", "\(result.cutOff) were in flight, the oldest for \(milliseconds(longest))"))
    }
    if result.connectionsCutOff > 0 {
      lines.append(line("cut off", "\(result.connectionsCutOff) connections were being opened"))
    }
    if result.isCancelled, result.warmUp.verified > 0 {
      lines.append(line("warm-up", "\(result.warmUp.verified) verified before the window"))
    }
    let unfinished = result.unfinished
    let parts = [
      (unfinished.timedOut, "timed out"), (unfinished.cutOff, "cut off"), (unfinished.unsent, "never sent"),
      (unfinished.drained, "drained"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    if !parts.isEmpty {
      lines.append(line("unfinished", "\(parts.joined(separator: ", ")): in the latency at their age"))
    }
    for (kind, count) in result.drain.errors.byKind {
      lines.append(line("closing", "\(count) × \(kind.rawValue) after the window"))
    }
    return lines
  }

  private var percentileTable: [String] {
    var lines = [row("ms", ["p50", "p90", "p95", "p99", "p99.9", "max"])]
    lines.append(row("latency", percentiles(result.latency(plan.pacing))))
    if plan.pacing != .closedLoop { lines.append(row("from send", percentiles(result.times.latency))) }
    lines.append(row("first byte", percentiles(result.times.firstByte)))
    if !result.times.firstUnit.isEmpty {
      lines.append(row("first unit", percentiles(result.times.firstUnit)))
      lines.append(row("gap", percentiles(result.times.gap)))
    }
    lines.append(row("connect", percentiles(result.times.connect)))
    if let schedule = result.schedule { lines.append(row("lag", percentiles(schedule.lag))) }
    return lines
  }

  private var errors: [String] {
    let errors = result.errors
    var lines = [line("errors", errors.total == 0 ? "none" : "\(errors.total)")]
    for kind in FailureKind.allCases {
      let examples = result.failures.filter { $0.kind == kind }
      guard errors[kind] > 0 else { continue }
      lines.append("    \(kind.rawValue): \(errors[kind])")
      lines += examples.map { "      \($0)\($0.count > 1 ? " (\($0.count) times)" : "")" }
    }
    return lines
  }

  private func line(_ name: String, _ text: String) -> String {
    "  " + name.padding(toLength: 12, withPad: " ", startingAt: 0) + " " + text
  }

  /// Which address a name stood for, and which of its addresses did not answer at the start.
  private func addressLines(of host: String) -> [String] {
    (result.address.map { ["\(host) is \($0)"] } ?? []) + result.failedAddresses.map { "no connection to \($0)" }
  }

  private func row(_ name: String, _ cells: [String]) -> String {
    "  " + name.padding(toLength: 12, withPad: " ", startingAt: 0)
      + cells.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
  }

  private func percentiles(_ histogram: Histogram) -> [String] {
    let values = [50, 90, 95, 99, 99.9].map { histogram.percentile($0) } + [histogram.maximum]
    return values.map { $0.map { fixed(Double($0) * 1e-6, 3) } ?? "–" }
  }

  private func milliseconds(_ nanoseconds: UInt64) -> String { "\(fixed(Double(nanoseconds) * 1e-6, 1)) ms" }

  private func megabytes(_ bytes: Int, _ seconds: Double) -> String {
    guard seconds > 0 else { return "–" }
    return "\(fixed(Double(bytes) / 1_048_576 / seconds, 2)) MiB/s"
  }

  private func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
