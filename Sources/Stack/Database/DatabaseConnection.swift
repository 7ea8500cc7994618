import CLibpq
import Foundation
import LoadEngine
import Text

/// A connection to the database, closed when it goes out of sight. Used to seed the table and to check what
/// targets did to it, never for what is measured. It depends on nothing but its ``ConnectionParameters``.
///
/// Source: libpq, `PQconnectdbParams` and `PQexecParams`.
public struct DatabaseConnection: ~Copyable {
  private let connection: OpaquePointer

  /// - Parameters:
  ///   - timeout: for the connection and for each statement.
  ///   - isCounted: whether PostgreSQL counts its statements among those of the targets.
  public init(
    _ postgres: Stack.Postgres, timeout: Duration = .seconds(30), isCounted: Bool = false
  ) throws(DatabaseError) {
    let parameters = ConnectionParameters(postgres, timeout: timeout).values
    ConnectionParameters.forgetEnvironment()
    let pointers = parameters.map { (strdup($0.key), strdup($0.value)) }
    defer {
      for pair in pointers {
        free(pair.0)
        free(pair.1)
      }
    }
    let keywords = pointers.map { UnsafePointer<CChar>($0.0) } + [nil]
    let values = pointers.map { UnsafePointer<CChar>($0.1) } + [nil]
    guard let connection = PQconnectdbParams(keywords, values, 0) else {
      throw .connection(address: Self.address(postgres), message: "out of memory")
    }
    guard PQstatus(connection) == CONNECTION_OK else {
      let message = Self.text(PQerrorMessage(connection), without: postgres.password)
      PQfinish(connection)
      throw .connection(address: Self.address(postgres), message: message)
    }
    // Where that fails, the count says that there is none.
    if !isCounted { PQclear(PQexec(connection, StatementCount.leavingUncounted)) }
    self.connection = connection
  }

  deinit {
    PQfinish(connection)
  }

  /// Runs one statement with `$1`, `$2`, … as parameters, and returns its rows as text.
  @discardableResult
  public borrowing func query(_ statement: String, _ parameters: [String?] = []) throws(DatabaseError) -> [[String?]] {
    let values = parameters.map { $0.flatMap { strdup($0) } }
    defer { for value in values { free(value) } }
    let result = PQexecParams(
      connection, statement, Int32(values.count), nil, values.map { UnsafePointer<CChar>($0) }, nil, nil, 0)
    defer { PQclear(result) }
    try check(result, statement)
    return (0..<PQntuples(result)).map { row in
      (0..<PQnfields(result)).map { column in
        PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
      }
    }
  }

  /// Runs a script of several statements, such as a file of `fixtures/sql`.
  public borrowing func execute(_ script: String) throws(DatabaseError) {
    let result = PQexec(connection, script)
    defer { PQclear(result) }
    try check(result, script)
  }

  private borrowing func check(_ result: OpaquePointer?, _ statement: String) throws(DatabaseError) {
    let status = PQresultStatus(result)
    if status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY { return }
    let state = PQresultErrorField(result, Int32(UnicodeScalar("C").value)).map { String(cString: $0) }
    let message = result == nil ? PQerrorMessage(connection) : PQresultErrorMessage(result)
    let line = statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    throw .query(state: state, message: Self.text(message), statement: String(line.prefix(200)))
  }

  private static func address(_ postgres: Stack.Postgres) -> String {
    "\(postgres.socketDirectory ?? postgres.host):\(postgres.port)"
  }

  private static func text(_ message: UnsafeMutablePointer<CChar>?, without secret: Secret? = nil) -> String {
    let text = message.map { String(cString: $0) } ?? ""
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    guard let secret, !secret.value.isEmpty else { return line }
    return line.replacing(secret.value, with: "•••")
  }
}

/// What the database or the way to it refused. No message holds a password.
public enum DatabaseError: Error, Equatable, Sendable, CustomStringConvertible {
  case connection(address: String, message: String)
  /// `state` is the five characters of SQLSTATE, such as `42P01` for an unknown table.
  case query(state: String?, message: String, statement: String)
  case unexpectedAnswer(statement: String, detail: String)
  /// The rows that every scenario expects are not there.
  case notSeeded(address: String, detail: String)

  public var description: String { words.escapingControlsWithinLines }

  private var words: String {
    switch self {
    case .connection(let address, let message): "no connection to PostgreSQL at \(address): \(message)"
    case .query(let state, let message, let statement): "\(message) [SQLSTATE \(state ?? "unknown")] in: \(statement)"
    case .unexpectedAnswer(let statement, let detail): "\(detail) as the answer to: \(statement)"
    case .notSeeded(let address, let detail): "the PostgreSQL at \(address) is not seeded: \(detail)"
    }
  }
}
