import Statistics
import Text

/// What the engine benchmark found, as a table and as `results/engine.csv`.
package struct EngineBenchmarkResult {
  var comparisons: [EngineComparison]
  /// The run with the many connections; nil where it was not asked for.
  var capacity: ClientRun?

  package var isReached: Bool {
    comparisons.allSatisfy(\.missed.isEmpty) && (capacity.map(Self.isReached) ?? true)
  }

  private static func isReached(_ capacity: ClientRun) -> Bool {
    capacity.report.failed == 0 && capacity.peakMiB <= EngineWork.capacityLimitMiB
  }

  package var text: String {
    let header = [
      "work", "beside", "CPU µs", "in kernel", "theirs", "ratio", "lowest–highest", "limit", "per s", "theirs", "ratio",
      "lowest–highest", "server", "verdict",
    ]
    let rows = comparisons.map { comparison in
      let cpu = comparison.cpu
      let throughput = comparison.throughput
      return [
        comparison.work.title, comparison.peer.client.rawValue,
        Figure.significant(comparison.ours.map(\.cpuMicroseconds).median),
        Figure.significant(comparison.ours.map(\.systemMicroseconds).median),
        Figure.significant(comparison.theirs.map(\.cpuMicroseconds).median),
        Figure.ratio(cpu?.value), spread(cpu),
        comparison.peer.cpuLimit.map { "≤ " + Figure.ratio($0) } ?? Figure.missing,
        Figure.significant(comparison.ours.map(\.perSecond).median),
        Figure.significant(comparison.theirs.map(\.perSecond).median),
        Figure.ratio(throughput?.value), spread(throughput),
        comparison.isServerLimited ? "at its limit" : "has time left",
        verdict(comparison),
      ]
    }
    let columns =
      [.left, .left] + [TextTable.Column](repeating: .right, count: header.count - 4) + [.left, .left]
    var lines = TextTable(columns, [header] + rows).lines
    for comparison in comparisons {
      guard let limit = comparison.work.memoryLimitMiB, let peak = comparison.peakMiB else { continue }
      lines.append(
        "memory at \(Figure.count(comparison.work.connections)) connections: \(Figure.significant(peak)) MiB at the peak, "
          + "at most \(Figure.significant(limit)) are allowed: \(peak <= limit ? "met" : "missed")")
    }
    if let capacity {
      lines.append(
        "\(Figure.count(EngineWork.capacity)) connections: \(Figure.count(capacity.report.counted)) verified, "
          + "\(Figure.count(capacity.report.failed)) errors, \(Figure.significant(capacity.peakMiB)) MiB at the peak, "
          + "at most \(Figure.significant(EngineWork.capacityLimitMiB)) are allowed: "
          + (Self.isReached(capacity) ? "met" : "missed"))
    }
    return lines.joined(separator: "\n")
  }

  private func verdict(_ comparison: EngineComparison) -> String {
    guard comparison.missed.isEmpty else { return "missed: " + comparison.missed.joined(separator: ", ") }
    return comparison.peer.cpuLimit == nil ? Figure.missing : "met"
  }

  private func spread(_ ratio: EngineComparison.Ratio?) -> String {
    guard let ratio else { return Figure.missing }
    return "\(Figure.ratio(ratio.low).dropLast())–\(Figure.ratio(ratio.high).dropLast())"
  }

  /// A line for every run of every client; the ratios follow from it. Missing is empty, never zero.
  package var csv: String {
    var lines = [
      "work,client,connections,round,requests,failed,seconds,req_s,cpu_us_per_request,system_us_per_request,peak_mib,server_busy,cpu_ratio_limit"
    ]
    func add(_ work: String, _ peer: EngineWork.Peer, _ round: Int, _ run: ClientRun) {
      let figures = [
        run.report.seconds, run.perSecond, run.cpuMicroseconds, run.systemMicroseconds, run.peakMiB, run.serverBusy,
      ].map { Figure.plain($0) }
      lines.append(
        ([
          work, peer.client.rawValue, "\(peer.connections)", "\(round)", "\(run.report.counted)",
          "\(run.report.failed)",
        ] + figures + [Figure.plain(peer.cpuLimit)]).joined(separator: ","))
    }
    func add(_ work: String, _ peer: EngineWork.Peer, _ runs: [ClientRun]) {
      for (index, run) in runs.enumerated() { add(work, peer, index + 1, run) }
    }
    for (index, comparison) in comparisons.enumerated() {
      let work = comparison.work
      // The engine's runs are the same beside each peer of a work.
      if index == 0 || comparisons[index - 1].work.name != work.name {
        add(work.name, EngineWork.Peer(client: .engine, connections: work.connections), comparison.ours)
      }
      add(work.name, comparison.peer, comparison.theirs)
    }
    if let capacity { add("capacity", EngineWork.Peer(client: .engine, connections: EngineWork.capacity), 1, capacity) }
    return lines.joined(separator: "\n") + "\n"
  }
}
