import Foundation
import LoadEngine
import Stack
import Statistics
import Text

/// What the database did during one load, from its own statistics.
package struct DatabaseProfile: Equatable {
  var framework: String
  var scenario: String
  var verified: Int
  var before: Counters
  var after: Counters
  /// During the load.
  var connections: [Connections]
  /// nil where PostgreSQL keeps none.
  var statements: [Statement]?

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

    package init(application: String, state: String, count: Int) {
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

  /// A screen for each load: figures, then the statements. Names of applications and statements are the words of others.
  var text: String {
    let seconds = max(after.seconds - before.seconds, 1e-9)
    let committed = after.committed - before.committed
    let read = after.blocksRead - before.blocksRead
    let blocks = after.blocksHit - before.blocksHit + read
    let share = Figure.significant(Double(blocks - read) * 100 / Double(max(blocks, 1)), digits: 5)
    let states = connections.map { "\($0.count) \($0.application) \($0.state)" }
    var rows = [
      [
        "transactions",
        "\(Figure.count(committed)) committed (\(Figure.significant(Double(committed) / seconds)) a second), "
          + "\(Figure.count(after.rolledBack - before.rolledBack)) rolled back, "
          + "\(Figure.count(after.deadlocks - before.deadlocks)) deadlocks",
      ],
      [
        "cache hits",
        "\(blocks > 0 ? "\(share) %" : "–") of \(Figure.count(blocks)) blocks, \(Figure.count(read)) read from outside",
      ],
      ["rows inserted", Figure.count(after.rowsInserted - before.rowsInserted)],
      ["connections", states.isEmpty ? "none" : states.joined(separator: ", ")],
    ]
    if statements == nil { rows.append(["statements", StatementStatistics.missing]) }
    let lines =
      ["\(scenario): \(Figure.significant(seconds)) s under load, \(Figure.count(verified)) verified".escapingControls]
      + TextTable([.left(atLeast: 14), .left], rows, indent: 2).lines + (statements.map(Self.lines) ?? [])
    return lines.map { $0 + "\n" }.joined()
  }

  private static func lines(_ statements: [Statement]) -> [String] {
    let title = "  statements, by the time that they took together"
    guard !statements.isEmpty else { return [title, "    none"] }
    let rows = statements.map { statement in
      let words = statement.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      return [
        Figure.significant(statement.totalMs), Figure.count(statement.calls), Figure.significant(statement.meanMs),
        Figure.significant(statement.longestMs), Figure.count(statement.rows),
        words.count > 120 ? words.prefix(119) + "…" : words,
      ]
    }
    let header = ["total ms", "calls", "mean ms", "max ms", "rows", "statement"]
    let columns = [TextTable.Column](repeating: .right(atLeast: 9), count: 5) + [.left]
    return [title] + TextTable(columns, [header] + rows, indent: 4).lines
  }
}

/// `pg_stats.txt`: a part for each framework, so that a profile of one leaves those of the others.
enum DatabaseProfileFile {
  static let name = "pg_stats.txt"

  /// The file with the parts of these frameworks exchanged.
  static func text(_ profiles: [DatabaseProfile], keeping existing: String) -> String {
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
