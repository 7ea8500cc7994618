import Foundation
import LoadEngine

/// The result of one load as a screen and as JSON.
struct LoadSummary {
  private let result: LoadResult
  private let pacing: Pacing

  init(_ result: LoadResult, pacing: Pacing) {
    self.result = result
    self.pacing = pacing
  }

  /// In open loop from the intended instant on: the clock that does not forget who had to wait.
  private var latency: Histogram {
    pacing == .closedLoop ? result.times.latency : result.times.intendedLatency
  }

  func text(url: String, plan: LoadPlan) -> String {
    let figures = result.measured
    let window = result.window.inSeconds
    var lines = [
      "\(url): \(plan.connections) connections, \(plan.threads) thread\(plan.threads == 1 ? "" : "s"), \(fixed(window, 2)) s"
    ]
    lines += addressLines(of: plan.endpoint.host)
    if result.isCancelled { lines.append("cancelled: the figures are those of the part that was measured") }
    lines.append("")
    lines.append("  verified     \(figures.verified)   \(fixed(result.verifiedPerSecond, 1)) a second")
    lines.append(
      "  received     \(megabytes(figures.bytesReceived, window))   sent \(megabytes(figures.bytesSent, window))")
    lines.append("")
    lines.append(row("ms", ["p50", "p90", "p95", "p99", "p99.9", "max"]))
    lines.append(row("latency", percentiles(latency)))
    if pacing != .closedLoop { lines.append(row("from send", percentiles(result.times.latency))) }
    lines.append(row("first byte", percentiles(result.times.firstByte)))
    if !result.times.firstUnit.isEmpty {
      lines.append(row("first unit", percentiles(result.times.firstUnit)))
      lines.append(row("gap", percentiles(result.times.gap)))
    }
    lines.append(row("connect", percentiles(result.times.connect)))
    if let schedule = result.schedule {
      lines.append(row("lag", percentiles(schedule.lag)))
      lines.append("  backlog      at most \(schedule.largestBacklog) requests, \(schedule.unsent) never sent")
    }
    lines.append("")
    let generator = result.generator
    let cpu = generator.userSeconds + generator.systemSeconds
    let perRequest = figures.verified > 0 ? "\(fixed(cpu * 1e6 / Double(figures.verified), 2)) µs for each" : "–"
    lines.append("  generator    \(fixed(cpu, 2)) CPU s   \(perRequest)")
    if generator.isLimited {
      lines.append(
        "  warning      the generator had or wanted a processor \(Int(generator.busiestThread * 100)) % of the time: it limits the result"
      )
    }
    let errors = result.errors
    lines.append("  errors       \(errors.total == 0 ? "none" : "\(errors.total)")")
    for kind in FailureKind.allCases where errors[kind] > 0 { lines.append("    \(kind.rawValue): \(errors[kind])") }
    for failure in result.failures.prefix(FailureSample.limit) { lines.append("    \(failure)") }
    return lines.joined(separator: "\n")
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

  private func megabytes(_ bytes: Int, _ seconds: Double) -> String {
    guard seconds > 0 else { return "–" }
    return "\(fixed(Double(bytes) / 1_048_576 / seconds, 2)) MiB/s"
  }

  private func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(LoadReport(result, latency: latency)), as: UTF8.self)
  }
}

/// The JSON of `shootout load --json`. Absent where there is nothing to tell, never zero for it.
private struct LoadReport: Encodable {
  let requests: Int
  /// Verified before the window and after it. They are no part of the result.
  let warmUpRequests: Int
  let drainedRequests: Int
  let errors: [String: Int]
  let failures: [String]
  let durationS: Double
  let cancelled: Bool
  let requestsPerSecond: Double
  let bytesSent: Int
  let bytesReceived: Int
  let latencyUs: Percentiles?
  let sendLatencyUs: Percentiles?
  let firstByteUs: Percentiles?
  /// Of chunks and of events.
  let firstUnitUs: Percentiles?
  let gapUs: Percentiles?
  let connectUs: Percentiles?
  let schedule: Schedule?
  let cpuSeconds: CPU
  let generatorLimited: Bool
  /// Where the host is a name: the address in use, and those that did not answer at the start.
  let address: String?
  let failedAddresses: [String]?
  let connections: Int
  let connectionsOpened: Int
  let perSecond: [Second]
  /// HdrHistogram V2 compressed, base64, in nanoseconds.
  let latencyHistogram: String

  struct Percentiles: Encodable {
    let p50, p90, p95, p99, p999, max, mean: Double

    init?(_ histogram: Histogram) {
      guard let mean = histogram.mean, let maximum = histogram.maximum else { return nil }
      let value = { (percent: Double) in Double(histogram.percentile(percent) ?? 0) / 1000 }
      p50 = value(50)
      p90 = value(90)
      p95 = value(95)
      p99 = value(99)
      p999 = value(99.9)
      max = Double(maximum) / 1000
      self.mean = mean / 1000
    }
  }

  struct Schedule: Encodable {
    let lagUs: Percentiles?
    let largestBacklog: Int
    let unsent: Int
  }

  struct CPU: Encodable {
    let user, system: Double
  }

  struct Second: Encodable {
    let requests: Int
    let errors: Int
    let latencyUs: Percentiles?
  }

  init(_ result: LoadResult, latency: Histogram) {
    requests = result.measured.verified
    warmUpRequests = result.warmUp.verified
    drainedRequests = result.drain.verified
    errors = Dictionary(uniqueKeysWithValues: result.errors.byKind.map { ($0.key.rawValue, $0.value) })
    failures = result.failures.map(\.description)
    durationS = result.window.inSeconds
    cancelled = result.isCancelled
    requestsPerSecond = result.verifiedPerSecond
    bytesSent = result.measured.bytesSent
    bytesReceived = result.measured.bytesReceived
    latencyUs = Percentiles(latency)
    sendLatencyUs = result.schedule == nil ? nil : Percentiles(result.times.latency)
    firstByteUs = Percentiles(result.times.firstByte)
    firstUnitUs = Percentiles(result.times.firstUnit)
    gapUs = Percentiles(result.times.gap)
    connectUs = Percentiles(result.times.connect)
    schedule = result.schedule.map {
      Schedule(lagUs: Percentiles($0.lag), largestBacklog: $0.largestBacklog, unsent: $0.unsent)
    }
    cpuSeconds = CPU(user: result.generator.userSeconds, system: result.generator.systemSeconds)
    generatorLimited = result.generator.isLimited
    address = result.address
    failedAddresses = result.failedAddresses.isEmpty ? nil : result.failedAddresses.map(\.description)
    connections = result.connections
    connectionsOpened = result.connectionsOpened
    perSecond = result.series.map {
      Second(requests: $0.verified, errors: $0.errors, latencyUs: Percentiles($0.latency))
    }
    latencyHistogram = latency.base64V2()
  }
}
