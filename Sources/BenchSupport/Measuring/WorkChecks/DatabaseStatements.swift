import Results
import Stack
import Statistics

/// The statements that a load makes on `bench_users`, by PostgreSQL's own count: an answer for which the database was not
/// asked is found out, whatever it says.
struct DatabaseStatements {
  static let name = "database statements"
  private let postgres: Stack.Postgres
  private let before: StatementCount

  /// nil where PostgreSQL does not count them.
  init?(_ postgres: Stack.Postgres) throws {
    guard let before = try DatabaseConnection(postgres).statementCount() else { return nil }
    self.postgres = postgres
    self.before = before
  }

  func check(_ exchanges: ExchangeCount, perExchange: Int) throws -> CheckFigure {
    let after = try DatabaseConnection(postgres).statementCount() ?? before
    return Self.check(after - before, exchanges, perExchange: perExchange)
  }

  /// Each exchange makes its statements, and each of them concerns one row. Of those that were not answered, nobody knows
  /// whether they came so far.
  static func check(_ count: StatementCount, _ exchanges: ExchangeCount, perExchange: Int) -> CheckFigure {
    let right = exchanges.answered * perExchange...exchanges.sent * perExchange
    let rows = count.rows == count.calls ? "each of one row" : "of \(Figure.count(count.rows)) rows together"
    let seen =
      "\(Figure.count(exchanges.answered)) answers and \(Figure.count(count.calls)) statements on bench_users, \(rows)"
    return CheckFigure(
      name: name, passed: right.contains(count.calls) && right.contains(count.rows),
      detail: right.contains(count.calls) && right.contains(count.rows)
        ? seen : "\(seen); right would be \(perExchange) for each answer, of one row")
  }
}

/// What became of the exchanges of all who ask a target.
struct ExchangeCount: Equatable {
  /// Those of which the right answer arrived.
  var answered: Int
  var sent: Int

  static func + (left: ExchangeCount, right: ExchangeCount) -> ExchangeCount {
    ExchangeCount(answered: left.answered + right.answered, sent: left.sent + right.sent)
  }
}
