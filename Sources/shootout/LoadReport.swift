import BenchSupport
import Foundation
import Histogram
import LoadEngine
import Stack
import Statistics
import Text

/// The JSON of `shootout load --json`; `docs/load.schema.json` describes it. Absent where there is nothing to tell, never
/// zero for it.
struct LoadReport: Encodable {
  static let currentSchema = 1

  let schema = LoadReport.currentSchema
  let engine: String
  let started: String
  let url: String
  let target: Target
  let settings: Settings
  let requests: Int
  /// Verified before the window and after it. They are no part of the result.
  let warmUpRequests: Int
  let drainedRequests: Int
  let accounting: Accounting
  let errors: [String: Int]
  let connectionErrors: [String: Int]
  let failures: [String]
  let failureExamples: [Failure]
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
  let unfinished: UnfinishedCounts
  let drain: Drain
  let schedule: Schedule?
  let limits: [LoadLimits.Outcome]
  let warnings: [String]
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
}

extension LoadReport {
  struct Target: Encodable {
    let `protocol`: String
    let method: String?
    let path: String
  }

  struct Settings: Encodable {
    let connections, threads: Int
    let ratePerSecond: Double?
    let arrivals: String?
    let requests: Int?
    let durationS, warmUpS, timeoutS: Double
    let rampUpS: Double?
    let seed: String
  }

  /// Over all phases: `sent = verified + failed + cut_off`; with a rate `due = sent + unsent`.
  struct Accounting: Encodable {
    let sent, verified: Int
    let failed: Int
    let failedByKind: [String: Int]
    let cutOff: Int
    let due, unsent: Int?
  }

  struct Failure: Encodable {
    let kind, request, detail: String
    let count: Int
  }

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

  struct UnfinishedCounts: Encodable {
    let timedOut, cutOff, unsent, drained: Int
  }

  struct Drain: Encodable {
    let verified: Int
    let longestUs: Double?
    /// Of closing handshakes.
    let errors: [String: Int]
    let cutOff: Int
    let longestCutOffUs: Double?
    let connectionsCutOff: Int
  }

  struct Schedule: Encodable {
    let lagUs: Percentiles?
    let largestBacklog: Int
    let due, unsent: Int
    let offeredPerSecond, achievedPerSecond, achievedShare: Double?
  }

  struct CPU: Encodable {
    let user, system: Double
  }

  struct Second: Encodable {
    let requests: Int
    let errors: Int
    let latencyUs: Percentiles?

    init(_ slice: SeriesSlice) {
      requests = slice.verified
      errors = slice.errors
      latencyUs = Percentiles(slice.latency)
    }
  }

  init(_ result: LoadResult, plan: LoadPlan, url: String, started: Date, limits: [LoadLimits.Outcome]) {
    let latency = result.latency(plan.pacing)
    engine = SuiteVersion.text(checkout: try? Checkout.find())
    self.started = started.formatted(.iso8601)
    self.url = url
    target = Target(plan.work)
    settings = Settings(plan)
    requests = result.measured.verified
    warmUpRequests = result.warmUp.verified
    drainedRequests = result.drain.verified
    accounting = Accounting(result)
    errors = result.errors.named
    connectionErrors = result.connectionErrors.named
    failures = result.failures.map(\.description)
    failureExamples = result.failures.map {
      Failure(kind: $0.kind.rawValue, request: $0.request, detail: $0.detail, count: $0.count)
    }
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
    unfinished = UnfinishedCounts(
      timedOut: result.unfinished.timedOut, cutOff: result.unfinished.cutOff, unsent: result.unfinished.unsent,
      drained: result.unfinished.drained)
    drain = Drain(
      verified: result.drain.verified + result.verifiedLate, longestUs: result.longestDrain.map { Double($0) / 1000 },
      errors: result.drain.errors.named, cutOff: result.cutOff,
      longestCutOffUs: result.longestCutOff.map { Double($0) / 1000 }, connectionsCutOff: result.connectionsCutOff)
    schedule = result.schedule.map { Schedule($0, result, plan) }
    self.limits = limits
    warnings = result.warnings(plan)
    cpuSeconds = CPU(user: result.generator.userSeconds, system: result.generator.systemSeconds)
    generatorLimited = result.generator.isLimited
    address = result.address
    failedAddresses = result.failedAddresses.isEmpty ? nil : result.failedAddresses.map(\.description)
    connections = result.connections
    connectionsOpened = result.connectionsOpened
    perSecond = result.series.map(Second.init)
    latencyHistogram = latency.base64V2()
  }

  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self).escapingControlsInJSON
  }
}

extension LoadReport.Target {
  init(_ work: Work) {
    switch work {
    case .http(let exchanges):
      self.init(protocol: "http", method: exchanges.first?.request.method, path: exchanges.first?.request.target ?? "/")
    case .webSocket(let script): self.init(protocol: "websocket", method: nil, path: script.target)
    }
  }
}

extension LoadPlan {
  /// The rate that an open loop was asked for.
  var ratePerSecond: Double? {
    guard case .openLoop(let perSecond, _) = pacing else { return nil }
    return perSecond
  }
}

extension LoadReport.Settings {
  init(_ plan: LoadPlan) {
    var rate: (perSecond: Double, arrivals: Arrivals)?
    if case .openLoop(let perSecond, let arrivals) = plan.pacing { rate = (perSecond, arrivals) }
    self.init(
      connections: plan.connections, threads: plan.threads, ratePerSecond: rate?.perSecond,
      arrivals: rate.map { $0.arrivals == .poisson ? "poisson" : "constant" }, requests: plan.requests,
      durationS: plan.window.inSeconds, warmUpS: plan.warmUp.inSeconds, timeoutS: plan.timeout.inSeconds,
      rampUpS: plan.rampUp?.inSeconds, seed: String(plan.seed))
  }
}

extension LoadReport.Accounting {
  init(_ result: LoadResult) {
    let failed = result.failedExchanges
    self.init(
      sent: result.sent, verified: result.acknowledged, failed: failed.total, failedByKind: failed.named,
      cutOff: result.cutOff, due: result.schedule?.due, unsent: result.schedule?.unsent)
  }
}

extension LoadReport.Schedule {
  init(_ figures: ScheduleFigures, _ result: LoadResult, _ plan: LoadPlan) {
    let share = result.achievedShare(plan)
    self.init(
      lagUs: .init(figures.lag), largestBacklog: figures.largestBacklog, due: figures.dueInWindow,
      unsent: figures.unsentInWindow, offeredPerSecond: plan.ratePerSecond,
      achievedPerSecond: share.flatMap { share in plan.ratePerSecond.map { $0 * share } }, achievedShare: share)
  }
}

extension ErrorTally {
  fileprivate var named: [String: Int] {
    Dictionary(uniqueKeysWithValues: byKind.map { ($0.key.rawValue, $0.value) })
  }
}
