import BenchSupport
import Foundation
import Histogram
import LoadEngine
import Reports
import Stack
import Text

/// The JSON of `shootout load --json`; `docs/load.schema.json` describes it.
struct LoadReport {
  static let currentSchema = 1

  let result: LoadResult
  let plan: LoadPlan
  let url: String
  let started: Date
  let limits: [LoadLimits.Outcome]

  func text() throws -> String { try json.text(.prettyPrinted).escapingControlsInJSON }

  private var json: JSONObject {
    let latency = result.latency(plan.pacing)
    let failedAddresses = result.failedAddresses.map(\.description)
    return [
      "schema": Self.currentSchema,
      "engine": SuiteVersion.text(checkout: try? Checkout.find()),
      "started": started.formatted(.iso8601),
      "url": url,
      "target": target,
      "settings": settings,
      "requests": result.measured.verified,
      "warm_up_requests": result.warmUp.verified,
      "drained_requests": result.drain.verified,
      "accounting": accounting,
      "errors": result.errors.named,
      "connection_errors": result.connectionErrors.named,
      "failures": result.failures.map(\.description),
      "failure_examples": failureExamples,
      "duration_s": result.window.inSeconds,
      "cancelled": result.isCancelled,
      "requests_per_second": result.verifiedPerSecond,
      "bytes_sent": result.measured.bytesSent,
      "bytes_received": result.measured.bytesReceived,
      "latency_us": latency.microseconds,
      "send_latency_us": result.schedule == nil ? nil : result.times.latency.microseconds,
      "first_byte_us": result.times.firstByte.microseconds,
      "first_unit_us": result.times.firstUnit.microseconds,
      "gap_us": result.times.gap.microseconds,
      "connect_us": result.times.connect.microseconds,
      "unfinished": unfinished,
      "drain": drain,
      "schedule": schedule,
      "limits": outcomes,
      "warnings": result.warnings(plan),
      "cpu_seconds": cpuSeconds,
      "generator_limited": result.isLimitedByGenerator,
      "address": result.address,
      "failed_addresses": failedAddresses.isEmpty ? nil : failedAddresses,
      "connections": result.connections,
      "connections_opened": result.connectionsOpened,
      "per_second": perSecond,
      "latency_histogram": latency.base64V2(),
    ]
  }

  private var target: JSONObject {
    switch plan.work {
    case .http(let exchanges):
      let request = exchanges.first?.request
      return ["protocol": "http", "method": request?.method, "path": request?.target ?? "/"]
    case .webSocket(let script): return ["protocol": "websocket", "path": script.target]
    }
  }

  private var settings: JSONObject {
    var arrivals: String?
    if case .openLoop(_, let kind) = plan.pacing { arrivals = kind == .poisson ? "poisson" : "constant" }
    return [
      "connections": plan.connections, "threads": plan.threads, "rate_per_second": plan.ratePerSecond,
      "arrivals": arrivals, "requests": plan.requests, "duration_s": plan.window.inSeconds,
      "warm_up_s": plan.warmUp.inSeconds, "timeout_s": plan.timeout.inSeconds, "ramp_up_s": plan.rampUp?.inSeconds,
      "seed": String(plan.seed),
    ]
  }

  /// Over all phases: `sent = verified + failed + cut_off`; with a rate `due = sent + unsent`.
  private var accounting: JSONObject {
    let failed = result.failedExchanges
    return [
      "sent": result.sent, "verified": result.acknowledged, "failed": failed.total, "failed_by_kind": failed.named,
      "cut_off": result.cutOff, "due": result.schedule?.due, "unsent": result.schedule?.unsent,
    ]
  }

  private var failureExamples: [JSONObject] {
    result.failures.map {
      ["kind": $0.kind.rawValue, "request": $0.request, "detail": $0.detail, "count": $0.count]
    }
  }

  private var unfinished: JSONObject {
    let unfinished = result.unfinished
    return [
      "timed_out": unfinished.timedOut, "cut_off": unfinished.cutOff, "unsent": unfinished.unsent,
      "drained": unfinished.drained,
    ]
  }

  private var drain: JSONObject {
    let microseconds = { (nanoseconds: UInt64) in Double(nanoseconds) / 1000 }
    return [
      "verified": result.drain.verified + result.verifiedLate, "longest_us": result.longestDrain.map(microseconds),
      // Of closing handshakes.
      "errors": result.drain.errors.named,
      "cut_off": result.cutOff, "longest_cut_off_us": result.longestCutOff.map(microseconds),
      "connections_cut_off": result.connectionsCutOff,
    ]
  }

  private var schedule: JSONObject? {
    guard let schedule = result.schedule else { return nil }
    let (share, offered) = (result.achievedShare(plan), plan.ratePerSecond)
    let achieved = share.flatMap { share in offered.map { $0 * share } }
    return [
      "lag_us": schedule.lag.microseconds, "largest_backlog": schedule.largestBacklog, "due": schedule.dueInWindow,
      "unsent": schedule.unsentInWindow, "offered_per_second": offered, "achieved_per_second": achieved,
      "achieved_share": share,
    ]
  }

  private var outcomes: [JSONObject] {
    limits.map {
      ["name": $0.name, "allowed": $0.allowed, "seen": $0.seen, "is_met": $0.isMet, "text": $0.text]
    }
  }

  private var cpuSeconds: JSONObject {
    ["user": result.generator.userSeconds, "system": result.generator.systemSeconds]
  }

  private var perSecond: [JSONObject] {
    result.series.map {
      ["requests": $0.verified, "errors": $0.errors, "latency_us": $0.latency.microseconds]
    }
  }
}

extension Histogram {
  /// Of nanoseconds; nil of nothing.
  var microseconds: JSONObject? {
    guard let mean, let maximum else { return nil }
    let value = { (percent: Double) in Double(self.percentile(percent) ?? 0) / 1000 }
    return [
      "p50": value(50), "p90": value(90), "p95": value(95), "p99": value(99), "p999": value(99.9),
      "max": Double(maximum) / 1000, "mean": mean / 1000,
    ]
  }
}

extension LoadPlan {
  /// The rate that an open loop was asked for.
  var ratePerSecond: Double? {
    guard case .openLoop(let perSecond, _) = pacing else { return nil }
    return perSecond
  }
}

extension ErrorTally {
  fileprivate var named: [String: Int] {
    Dictionary(uniqueKeysWithValues: byKind.map { ($0.key.rawValue, $0.value) })
  }
}
