import Foundation
import Histogram
import LoadEngine
import Text

/// The result of one load as a screen.
struct LoadSummary {
  let result: LoadResult
  let plan: LoadPlan

  func text(url: String) -> String {
    let threads = "\(plan.threads) thread\(plan.threads == 1 ? "" : "s")"
    var lines = [
      "\(url): \(plan.connections) connection\(plan.connections == 1 ? "" : "s"), \(threads), \(fixed(result.window.inSeconds, 2)) s"
    ]
    lines += addressLines
    if result.isCancelled { lines.append("cancelled: the figures are those of the part that was measured") }
    lines += [""] + named(traffic + ending) + [""] + percentileTable + [""] + named(generator) + errors
    return lines.joined(separator: "\n")
  }

  /// Lines that begin with what they tell of.
  private func named(_ rows: [(name: String, text: String)]) -> [String] {
    TextTable([.left(atLeast: 12), .left], rows.map { [$0.name, $0.text] }, indent: 2, gap: 1).lines
  }

  /// Which address a name stood for, and which of its addresses did not answer at the start.
  private var addressLines: [String] {
    (result.address.map { ["\(plan.endpoint.host) is \($0)"] } ?? [])
      + result.failedAddresses.map { "no connection to \($0)" }
  }

  private var traffic: [(String, String)] {
    let (received, sent) = (megabytes(result.measured.bytesReceived), megabytes(result.measured.bytesSent))
    return [("verified", "\(result.measured.verified)   \(fixed(result.verifiedPerSecond, 1)) a second")] + rate
      + [("received", "\(received)   sent \(sent)")]
  }

  /// What an open loop offered, and what came of it.
  private var rate: [(String, String)] {
    guard let schedule = result.schedule, let offered = plan.ratePerSecond else { return [] }
    let achieved = result.achievedShare(plan).map { "\(fixed(offered * $0, 1)) (\(fixed($0 * 100, 1)) %)" } ?? "–"
    return [
      ("rate", "offered \(fixed(offered, 1)) a second, achieved \(achieved)"),
      (
        "backlog",
        "at most \(schedule.largestBacklog) waiting, \(schedule.unsentInWindow) of \(schedule.dueInWindow) never sent"
      ),
    ]
  }

  /// What became of the requests that were in flight at the end of the window.
  private var ending: [(String, String)] {
    var rows: [(String, String)] = []
    if let longest = result.longestDrain {
      let verified = result.drain.verified + result.verifiedLate
      rows.append(("drained", "\(verified) after the window, the slowest took \(milliseconds(longest))"))
    }
    if let longest = result.longestCutOff {
      rows.append(("cut off", "\(result.cutOff) were in flight, the oldest for \(milliseconds(longest))"))
    }
    if result.connectionsCutOff > 0 {
      rows.append(("cut off", "\(result.connectionsCutOff) connections were being opened"))
    }
    if result.isCancelled, result.warmUp.verified > 0 {
      rows.append(("warm-up", "\(result.warmUp.verified) verified before the window"))
    }
    let unfinished = result.unfinished
    let parts = [
      (unfinished.timedOut, "timed out"), (unfinished.cutOff, "cut off"), (unfinished.unsent, "never sent"),
      (unfinished.drained, "drained"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    if !parts.isEmpty { rows.append(("unfinished", "\(parts.joined(separator: ", ")): in the latency at their age")) }
    rows += result.drain.errors.byKind.map { ("closing", "\($1) × \($0.rawValue) after the window") }
    return rows
  }

  private var percentileTable: [String] {
    var rows = [("latency", result.latency(plan.pacing))]
    if plan.pacing != .closedLoop { rows.append(("from send", result.times.latency)) }
    rows.append(("first byte", result.times.firstByte))
    if !result.times.firstUnit.isEmpty { rows += [("first unit", result.times.firstUnit), ("gap", result.times.gap)] }
    rows.append(("connect", result.times.connect))
    if let schedule = result.schedule { rows.append(("lag", schedule.lag)) }
    let header = ["ms", "p50", "p90", "p95", "p99", "p99.9", "max"]
    let columns = [.left(atLeast: 12)] + [TextTable.Column](repeating: .right(atLeast: 9), count: header.count - 1)
    return TextTable(columns, [header] + rows.map { [$0] + percentiles($1) }, indent: 2, gap: 1).lines
  }

  private var generator: [(String, String)] {
    let cpu = result.generator.userSeconds + result.generator.systemSeconds
    let verified = result.measured.verified
    let perRequest = verified > 0 ? "\(fixed(cpu * 1e6 / Double(verified), 2)) µs for each" : "–"
    return [("generator", "\(fixed(cpu, 2)) CPU s   \(perRequest)")]
      + result.warnings(plan).map { ("warning", $0) }
      + [("errors", result.errors.total == 0 ? "none" : "\(result.errors.total)")]
  }

  private var errors: [String] {
    FailureKind.allCases.filter { result.errors[$0] > 0 }.flatMap { kind in
      ["    \(kind.rawValue): \(result.errors[kind])"]
        + result.failures.filter { $0.kind == kind }.map { "      \($0)\($0.count > 1 ? " (\($0.count) times)" : "")" }
    }
  }

  private func percentiles(_ histogram: Histogram) -> [String] {
    let values = [50, 90, 95, 99, 99.9].map { histogram.percentile($0) } + [histogram.maximum]
    return values.map { $0.map { fixed(Double($0) * 1e-6, 3) } ?? "–" }
  }

  private func milliseconds(_ nanoseconds: UInt64) -> String { "\(fixed(Double(nanoseconds) * 1e-6, 1)) ms" }

  private func megabytes(_ bytes: Int) -> String {
    let seconds = result.window.inSeconds
    guard seconds > 0 else { return "–" }
    return "\(fixed(Double(bytes) / 1_048_576 / seconds, 2)) MiB/s"
  }

  private func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
