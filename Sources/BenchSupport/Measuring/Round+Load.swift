import Foundation
import LoadEngine
import Results
import Stack

extension Round {
  /// - Parameter resources: nil where the load never came to its window.
  package init(
    scenario: String, framework: String, round: Int, position: Int, started: Date, seed: UInt64, connections: Int,
    _ load: LoadResult, _ resources: ResourceFigures?
  ) {
    var resources = resources ?? ResourceFigures()
    // The threads of the load know better than the process what the load itself used.
    resources.generator = ProcessFigures(
      processes: 1, cpuUserS: load.generator.userSeconds, cpuSystemS: load.generator.systemSeconds,
      memoryBytes: resources.generator?.memoryBytes)
    self.init(
      scenario: scenario, framework: framework, round: round, position: position, started: started.formatted(.iso8601),
      seed: String(seed), load: LoadFigures(load, connections: connections), histograms: load.times.records,
      resources: resources)
    if load.generator.isLimited {
      warnings.append(RoundWarning(.limitedByGenerator(share: load.generator.busiestThread)))
    }
    if load.isBehindSchedule { warnings.append(RoundWarning(.behindSchedule(share: load.lateShare))) }
  }

  /// Errors beside the round's own load, such as in a warm-up, are errors of the cell.
  package mutating func add(errorsOf other: LoadFigures, in part: String) {
    load.errors.merge(other.errors, uniquingKeysWith: +)
    load.failures += other.failures.map { "in \(part): \($0)" }
  }

  /// What the window at a fixed rate showed.
  package mutating func add(_ result: LoadResult, atRate rate: Double) {
    add(errorsOf: LoadFigures(result, connections: load.connections), in: "the window at a fixed rate")
    checks += result.failedChecks()
    let latency = result.times.intendedLatency
    fixedRate = FixedRateFigures(
      offeredPerSecond: rate, windowS: result.window.inSeconds, verified: result.measured.verified,
      unsent: result.schedule?.unsentInWindow ?? 0, histogram: .counted(latency),
      p99Ms: latency.percentile(99).map { Double($0) * 1e-6 },
      limitedByGenerator: result.isLimitedByGenerator ? true : nil)
  }
}

extension LoadResult {
  /// What fails a cell beside the errors of its requests: a closing handshake after the window that went wrong, and counts
  /// that do not add up. Nothing where nothing did.
  package func failedChecks() -> [CheckFigure] {
    var checks: [CheckFigure] = []
    if !isCancelled, !drain.errors.byKind.isEmpty {
      let kinds = drain.errors.byKind.map { "\($0.value) × \($0.key.rawValue)" }.sorted()
      checks.append(
        CheckFigure(
          name: "closing", passed: false,
          detail: "closing handshakes failed after the window: \(kinds.joined(separator: ", "))"))
    }
    if let imbalance { checks.append(CheckFigure(name: "accounting", passed: false, detail: imbalance)) }
    return checks
  }
}

extension LoadFigures {
  package init(_ load: LoadResult, connections: Int) {
    self.init(
      windowS: load.window.inSeconds, verified: load.measured.verified,
      errors: Dictionary(uniqueKeysWithValues: load.errors.byKind.map { ($0.key.rawValue, $0.value) }),
      failures: load.failures.map(\.description), bytesSent: load.measured.bytesSent,
      bytesReceived: load.measured.bytesReceived, connections: connections,
      connectionsOpened: load.connectionsOpened, perSecond: load.series.map(SecondFigures.init),
      accounting: AccountingFigures(load))
  }
}

extension AccountingFigures {
  fileprivate init(_ load: LoadResult) {
    self.init(
      sent: load.sent, verified: load.acknowledged, failed: load.failedExchanges.total, cutOff: load.cutOff,
      drained: load.drain.verified, unfinished: load.unfinished.total)
  }
}

extension SecondFigures {
  fileprivate init(_ second: SeriesSlice) {
    let milliseconds = { (percent: Double) in second.latency.percentile(percent).map { Double($0) * 1e-6 } }
    self.init(verified: second.verified, errors: second.errors, p50Ms: milliseconds(50), p99Ms: milliseconds(99))
  }
}

extension TimeParts {
  fileprivate var records: [String: HistogramRecord] {
    var records = ["latency": latency, "first_byte": firstByte, "connect": connect]
    for (name, histogram) in [("first_unit", firstUnit), ("gap", gap), ("intended_latency", intendedLatency)]
    where !histogram.isEmpty {
      records[name] = histogram
    }
    return records.mapValues(HistogramRecord.counted)
  }
}
