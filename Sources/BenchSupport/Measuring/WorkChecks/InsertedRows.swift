import Results
import Stack

/// The rows that a load adds to `bench_users`, looked at beside the load through a connection of its own.
struct InsertedRows {
  static let name = "rows inserted"
  private let postgres: Stack.Postgres

  /// Takes away the rows of earlier rounds, so that every round begins with the same table.
  init(_ postgres: Stack.Postgres) throws {
    self.postgres = postgres
    let database = try DatabaseConnection(postgres)
    _ = try database.deleteBenchUsers()
  }

  func check(acknowledged: Int) throws -> CheckFigure {
    Self.check(try DatabaseConnection(postgres).benchUserContents(), acknowledged: acknowledged)
  }

  /// As many rows as acknowledged inserts, and each as some request of the scenario has it.
  static func check(_ contents: [(user: BenchUser, count: Int)], acknowledged: Int) -> CheckFigure {
    let rows = contents.map(\.count).reduce(0, +)
    let others = contents.filter { !$0.user.isWritten }
    let count = others.map(\.count).reduce(0, +)
    var detail = "\(acknowledged) inserts were acknowledged and \(rows) rows are in the table"
    if let first = others.first {
      detail += "; \(count) of them hold what nobody sent, such as {\(first.user.jsonMembers)}"
    }
    return CheckFigure(name: name, passed: rows == acknowledged && others.isEmpty, detail: detail)
  }
}
