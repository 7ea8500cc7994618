import LoadEngine
import Stack

/// Asks PostgreSQL for its own statistics, each time through a new connection: one that stays may get old answers.
package struct DatabaseObserver {
  package var postgres: Stack.Postgres

  package init(postgres: Stack.Postgres) {
    self.postgres = postgres
  }

  /// Forgets the statements so far; without effect where PostgreSQL keeps none.
  package func forgetStatements() {
    try? DatabaseConnection(postgres).execute(
      "SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS pg_stat_statements; SELECT pg_stat_statements_reset()"
    )
  }

  package func counters(since start: Instant) throws(DatabaseError) -> DatabaseProfile.Counters {
    let statement = """
      SELECT xact_commit, xact_rollback, blks_hit, blks_read, tup_inserted, deadlocks
      FROM pg_stat_database WHERE datname = current_database()
      """
    let figures = try DatabaseConnection(postgres).query(statement).first?.compactMap { $0.flatMap { Int($0) } } ?? []
    guard figures.count == 6 else { throw .unexpectedAnswer(statement: statement, detail: "not six numbers") }
    return DatabaseProfile.Counters(
      seconds: Double(Instant.now().nanoseconds(since: start)) * 1e-9, committed: figures[0], rolledBack: figures[1],
      blocksHit: figures[2], blocksRead: figures[3], rowsInserted: figures[4], deadlocks: figures[5])
  }

  package func connections() throws(DatabaseError) -> [DatabaseProfile.Connections] {
    let rows = try DatabaseConnection(postgres).query(
      """
      SELECT application_name, state, count(*) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()
      GROUP BY 1, 2 ORDER BY 1, 2
      """)
    return rows.map { row in
      DatabaseProfile.Connections(
        application: row[0] ?? "", state: row[1] ?? "", count: row[2].flatMap { Int($0) } ?? 0)
    }
  }

  /// The ten that took longest together, without those of this program; nil where PostgreSQL keeps none.
  package func statements() -> [DatabaseProfile.Statement]? {
    let rows = try? DatabaseConnection(postgres).query(
      """
      SELECT calls, total_exec_time, mean_exec_time, max_exec_time, rows, query
      FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
      WHERE datname = current_database() AND query NOT LIKE '%pg_stat%'
      ORDER BY total_exec_time DESC LIMIT 10
      """)
    return rows?.map { row in
      let number = { (column: Int) in row[column].flatMap { Double($0) } ?? 0 }
      return DatabaseProfile.Statement(
        calls: Int(number(0)), totalMs: number(1), meanMs: number(2), longestMs: number(3), rows: Int(number(4)),
        text: row[5] ?? "")
    }
  }
}
