import Foundation
import Reports
import Stack
import Statistics

/// What every process of a stack used over the time of one load.
struct ResourceTimeline: Equatable {
  var scenario: String
  /// In the order of time.
  var moments: [Moment]

  struct Moment: Equatable {
    /// Since the first moment.
    var seconds: Double
    var processes: [Reading]
  }

  /// One process at one moment.
  struct Reading: Equatable {
    var process: Process
    /// CPU time since its start.
    var nanoseconds: UInt64
    /// Proportional; nil where the kernel does not tell.
    var memoryBytes: Int?
  }

  struct Process: Equatable, Hashable {
    var group: Group
    var pid: Int32
    /// Such as `leader`, `worker`, `backend`, `checkpointer`.
    var name: String
  }

  enum Group: String, CaseIterable {
    case server, postgres, generator
  }

  /// A process in the time from one moment to the next.
  struct Row: Equatable {
    /// The end of that time.
    var seconds: Double
    var process: Process
    /// 100 is one core; nil for a process that was not there before.
    var cpuPercent: Double?
    var memoryBytes: Int?
  }

  /// In the order of time, and of the processes within it.
  var rows: [Row] {
    zip(moments, moments.dropFirst()).flatMap { before, after -> [Row] in
      let earlier = Dictionary(before.processes.map { ($0.process, $0.nanoseconds) }) { first, _ in first }
      let length = after.seconds - before.seconds
      return after.processes.map { reading in
        let used = earlier[reading.process].flatMap { reading.nanoseconds >= $0 ? reading.nanoseconds - $0 : nil }
        return Row(
          seconds: after.seconds, process: reading.process,
          cpuPercent: used.flatMap { length > 0 ? Double($0) / 1e7 / length : nil }, memoryBytes: reading.memoryBytes)
      }
    }
  }

  static let csvHeader = "scenario,time_s,group,pid,process,cpu_pct,mem_mib\n"

  /// Lines without a header; missing is empty.
  var csv: String {
    rows.map { row in
      [
        scenario, Figure.plain(Figure.rounded(row.seconds, digits: 4)), row.process.group.rawValue,
        "\(row.process.pid)", row.process.name, Figure.plain(row.cpuPercent.map { Figure.rounded($0, digits: 4) }),
        Figure.plain(row.memoryBytes.map { Figure.rounded(Double($0) / 1_048_576, digits: 5) }),
      ].joined(separator: ",") + "\n"
    }.joined()
  }
}

extension ResourceTimeline.Process {
  /// What a process is called, by the words it was started with, which PostgreSQL replaces by a title.
  static func name(_ group: ResourceTimeline.Group, words: [String], isLeader: Bool) -> String {
    let line = words.joined(separator: " ")
    switch group {
    case .generator: return "generator"
    case .server:
      if isLeader { return "leader" }
      return line.contains("resource_tracker") ? "resource tracker" : "worker"
    case .postgres:
      if isLeader { return "postmaster" }
      guard line.hasPrefix("postgres: ") else { return "postgres" }
      let title = line.dropFirst("postgres: ".count).trimmingCharacters(in: .whitespaces)
      // A backend's title is its user, database, address and state; the others say what they do.
      return title.hasPrefix(PostgresCluster.user + " ") ? "backend" : title.replacing(",", with: " ")
    }
  }
}
