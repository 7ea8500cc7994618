import Foundation
import LoadEngine
import Stack
import Statistics
import Text

/// What the database did during one load, from its own statistics.
package struct DatabaseProfile: Equatable {
  package var framework: String
  package var scenario: String
  package var verified: Int
  package var before: Counters
  package var after: Counters
  /// During the load.
  package var connections: [Connections]
  /// nil where PostgreSQL keeps none.
  package var statements: [Statement]?

  /// A line of `pg_stat_database`. Backends write their figures about once a second, so that both ends of a window are
  /// up to a second old.
  package struct Counters: Equatable {
    package var seconds: Double
    package var committed: Int
    package var rolledBack: Int
    package var blocksHit: Int
    package var blocksRead: Int
    package var rowsInserted: Int
    package var deadlocks: Int
  }

  package struct Connections: Equatable {
    package var application: String
    package var state: String
    package var count: Int

    package init(
      application: String, state: String, count: Int
    ) {
      self.application = application
      self.state = state
      self.count = count
    }
  }

  /// A line of `pg_stat_statements`.
  package struct Statement: Equatable {
    package var calls: Int
    package var totalMs: Double
    package var meanMs: Double
    package var longestMs: Double
    package var rows: Int
    package var text: String
  }

  package var text: String {
    let seconds = max(after.seconds - before.seconds, 1e-9)
    let committed = after.committed - before.committed
    let hit = after.blocksHit - before.blocksHit
    let read = after.blocksRead - before.blocksRead
    var lines = ["\(scenario): \(Figure.significant(seconds)) s under load, \(Figure.count(verified)) verified"]
    lines.append(
      "  transactions    \(Figure.count(committed)) committed (\(Figure.significant(Double(committed) / seconds)) a second), "
        + "\(Figure.count(after.rolledBack - before.rolledBack)) rolled back, "
        + "\(Figure.count(after.deadlocks - before.deadlocks)) deadlocks")
    let ratio = hit + read > 0 ? "\(Figure.significant(Double(hit) * 100 / Double(hit + read), digits: 5)) %" : "–"
    lines.append(
      "  cache hits      \(ratio) of \(Figure.count(hit + read)) blocks, \(Figure.count(read)) read from outside")
    lines.append("  rows inserted   \(Figure.count(after.rowsInserted - before.rowsInserted))")
    let states = connections.map { "\($0.count) \($0.application) \($0.state)" }
    lines.append("  connections     " + (states.isEmpty ? "none" : states.joined(separator: ", ")))
    guard let statements else {
      return Self.shown(lines + ["  statements      \(StatementStatistics.missing)"])
    }
    lines.append("  statements, by the time that they took together")
    if statements.isEmpty { lines.append("    none") }
    if !statements.isEmpty { lines.append(Self.row(["total ms", "calls", "mean ms", "max ms", "rows"], "statement")) }
    for statement in statements {
      lines.append(
        Self.row(
          [
            Figure.significant(statement.totalMs), Figure.count(statement.calls), Figure.significant(statement.meanMs),
            Figure.significant(statement.longestMs), Figure.count(statement.rows),
          ], statement.text))
    }
    return Self.shown(lines)
  }

  /// Names of applications and statements are the words of others.
  private static func shown(_ lines: [String]) -> String { lines.map { $0.escapingControls + "\n" }.joined() }

  private static func row(_ figures: [String], _ statement: String) -> String {
    let words = statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let short = words.count > 120 ? words.prefix(119) + "…" : words[...]
    return "  " + figures.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }.joined() + "  " + short
  }
}

/// `pg_stats.txt`: a part for each framework, so that a profile of one leaves those of the others.
package enum DatabaseProfileFile {
  package static let name = "pg_stats.txt"

  /// The file with the parts of these frameworks exchanged.
  package static func text(_ profiles: [DatabaseProfile], keeping existing: String) -> String {
    var parts = parts(of: existing)
    for framework in profiles.map(\.framework) { parts[framework] = nil }
    for (framework, own) in Dictionary(grouping: profiles, by: \.framework) {
      parts[framework] = own.map(\.text).joined(separator: "\n")
    }
    return parts.sorted { $0.key < $1.key }.map { "== \($0.key) ==\n\n\($0.value)" }.joined(separator: "\n")
  }

  private static func parts(of text: String) -> [String: String] {
    var parts: [String: String] = [:]
    for part in ("\n" + text).split(separator: "\n== ", omittingEmptySubsequences: true) {
      let pieces = part.split(separator: " ==\n\n", maxSplits: 1)
      if pieces.count == 2 { parts[String(pieces[0])] = String(pieces[1]) }
    }
    return parts
  }
}
