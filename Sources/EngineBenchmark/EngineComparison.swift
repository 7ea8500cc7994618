import Stack
import Statistics

/// The engine and a peer on one kind of work, over rounds in which both ran one after the other.
struct EngineComparison: Equatable {
  var work: EngineWork
  var peer: EngineWork.Peer
  var ours: [ClientRun]
  var theirs: [ClientRun]

  /// The ratio within a round, in which both ran one after the other on the same machine in the same state: the median of the
  /// rounds, the least and the largest.
  struct Ratio: Equatable {
    var value: Double
    var low: Double
    var high: Double

    /// nil of no rounds.
    init?(_ ours: [Double], _ theirs: [Double]) {
      let each = zip(ours, theirs).map { $0 / $1 }
      guard let median = each.median, let low = each.min(), let high = each.max() else { return nil }
      value = median
      self.low = low
      self.high = high
    }
  }

  var cpu: Ratio? { Ratio(ours.map(\.cpuMicroseconds), theirs.map(\.cpuMicroseconds)) }
  var throughput: Ratio? { Ratio(ours.map(\.perSecond), theirs.map(\.perSecond)) }
  /// The most that the engine held in any round.
  var peakMiB: Double? { ours.map(\.peakMiB).max() }

  /// From here on a core has no time left that would be worth speaking of.
  static let saturated = 0.9

  /// Whether the servers had no more to give, whoever asked: then both clients get the same, and neither is faster.
  var isServerLimited: Bool {
    [ours, theirs].allSatisfy { ($0.map(\.serverBusy).median ?? 0) >= Self.saturated }
  }

  /// What was not reached, in words; nothing where all is well.
  var missed: [String] {
    var missed: [String] = []
    if let cpu, let limit = peer.cpuLimit, cpu.value > limit { missed.append("CPU per request") }
    if let floor = peer.throughputFloor, let throughput, throughput.value < floor {
      // At the server's limit a ratio of one is all there is, and noise puts it on either side.
      if !(isServerLimited && throughput.high >= floor) { missed.append("throughput") }
    }
    if let limit = work.memoryLimitMiB, let peakMiB, peakMiB > limit { missed.append("memory") }
    if ours.isEmpty { missed.append("not measured") }
    return missed
  }
}

/// One run of a client: what it did, and what that took.
struct ClientRun: Equatable {
  var report: ClientReport
  /// Of the whole process: user and system time, and the most memory it held.
  var usage: ProcessUsage
  /// The share of the run for which the servers' core was busy, from 0 to 1.
  var serverBusy: Double

  var cpuMicroseconds: Double { usage.cpuSeconds * 1e6 / Double(report.counted + report.others) }
  /// The kernel's part of it.
  var systemMicroseconds: Double { usage.systemSeconds * 1e6 / Double(report.counted + report.others) }
  var perSecond: Double { Double(report.counted) / report.seconds }
  var peakMiB: Double { Double(usage.peakBytes) / 1_048_576 }
}
