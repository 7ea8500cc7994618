import LoadEngine
import Text

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
