/// How often statements on `bench_users` have run, and how many rows they returned or changed, by PostgreSQL's own count.
///
/// `pg_stat_statements` counts a statement when it ends, before the client is told so: what was answered is in the count.
/// The statistics of tables and databases would be up to ten seconds late.
///
/// Source: PostgreSQL's documentation, `pg_stat_statements`; `pgss_ExecutorEnd`.
public struct StatementCount: Equatable, Sendable {
  public var calls: Int
  public var rows: Int

  public init(calls: Int, rows: Int) {
    self.calls = calls
    self.rows = rows
  }

  /// Keeps the statements of one connection out of the count. Only a superuser may, as the user of the suite's own
  /// PostgreSQL is.
  static let leavingUncounted = """
    SELECT set_config('pg_stat_statements.track', 'none', false) FROM pg_roles
    WHERE rolname = current_user AND rolsuper
    """

  public static func - (left: StatementCount, right: StatementCount) -> StatementCount {
    StatementCount(calls: left.calls - right.calls, rows: left.rows - right.rows)
  }
}

extension DatabaseConnection {
  /// Makes the view that the counts are read from, where PostgreSQL has loaded what counts.
  borrowing func beginCountingStatements() throws(DatabaseError) {
    guard try isCountingLoaded() else { return }
    try execute("SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS \(StatementStatistics.library)")
  }

  /// The statements on `bench_users` of everybody but this program; nil where PostgreSQL counts none, or counts those of
  /// this program too.
  public borrowing func statementCount() throws(DatabaseError) -> StatementCount? {
    guard try countsStatementsOfOthers() else { return nil }
    let statement = """
      SELECT coalesce(sum(calls), 0), coalesce(sum(rows), 0) FROM pg_stat_statements
      WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND regexp_replace(query, '/[*].*?[*]/|--[^\n]*', '', 'g')
          ~* '\\m(from|into|update|join)\\s+(only\\s+)?("?public"?[.])?"?bench_users("|\\M)'
      """
    let figures = try query(statement).first?.compactMap { $0.flatMap { Int($0) } } ?? []
    guard figures.count == 2 else { throw .unexpectedAnswer(statement: statement, detail: "not two numbers") }
    return StatementCount(calls: figures[0], rows: figures[1])
  }

  /// How often each statement of everybody but this program has run in this database, by its text, in which `$1` and the like
  /// stand for values; nil where PostgreSQL counts none, or counts those of this program too.
  public borrowing func statementCalls() throws(DatabaseError) -> [String: Int]? {
    guard try countsStatementsOfOthers() else { return nil }
    let rows = try query(
      """
      SELECT regexp_replace(btrim(query), '\\s+', ' ', 'g'), sum(calls) FROM pg_stat_statements
      WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY 1
      """)
    return rows.reduce(into: [:]) { calls, row in
      if row.count == 2, let text = row[0], let count = row[1].flatMap({ Int($0) }) { calls[text] = count }
    }
  }

  private borrowing func countsStatementsOfOthers() throws(DatabaseError) -> Bool {
    // In this order: only who may leave its own statements uncounted may ask what is loaded.
    guard try isUncounted(), try isCountingLoaded() else { return false }
    return try query("SELECT to_regclass('pg_stat_statements')").first?.first != .some(nil)
  }

  private borrowing func isCountingLoaded() throws(DatabaseError) -> Bool {
    let libraries = try query("SELECT current_setting('shared_preload_libraries')").first?.first
    return libraries.flatMap { $0 }?.contains(StatementStatistics.library) ?? false
  }

  private borrowing func isUncounted() throws(DatabaseError) -> Bool {
    try query("SELECT current_setting('pg_stat_statements.track', true)").first?.first == "none"
  }
}
