import Statistics

/// The engine and a peer on one kind of work, over rounds in which both ran one after the other.
package struct EngineComparison: Equatable {
  package var work: EngineWork
  package var ours: [ClientRun]
  package var theirs: [ClientRun]

  /// The ratio of the medians, and the least and largest ratio within a round.
  package struct Ratio: Equatable {
    package var value: Double
    package var low: Double
    package var high: Double

    /// nil of no rounds.
    package init?(_ ours: [Double], _ theirs: [Double]) {
      let each = zip(ours, theirs).map { $0 / $1 }
      guard let above = ours.median, let below = theirs.median, let low = each.min(), let high = each.max() else {
        return nil
      }
      value = above / below
      self.low = low
      self.high = high
    }
  }

  package var cpu: Ratio? { Ratio(ours.map(\.cpuMicroseconds), theirs.map(\.cpuMicroseconds)) }
  package var throughput: Ratio? { Ratio(ours.map(\.perSecond), theirs.map(\.perSecond)) }
  /// The most that the engine held in any round.
  package var peakMiB: Double? { ours.map(\.peakMiB).max() }

  /// From here on a core has no time left that would be worth speaking of.
  package static let saturated = 0.9

  /// Whether the servers had no more to give, whoever asked: then both clients get the same, and neither is faster.
  package var isServerLimited: Bool {
    [ours, theirs].allSatisfy { ($0.map(\.serverBusy).median ?? 0) >= Self.saturated }
  }

  /// What was not reached, in words; nothing where all is well.
  package var missed: [String] {
    var missed: [String] = []
    if let cpu, let limit = work.cpuLimit, cpu.value > limit { missed.append("CPU per request") }
    if let floor = work.throughputFloor, let throughput, throughput.value < floor {
      // At the server's limit a ratio of one is all there is, and noise puts it on either side.
      if !(isServerLimited && throughput.high >= floor) { missed.append("throughput") }
    }
    if let limit = work.memoryLimitMiB, let peakMiB, peakMiB > limit { missed.append("memory") }
    if ours.isEmpty { missed.append("not measured") }
    return missed
  }
}
