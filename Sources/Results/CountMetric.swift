/// What is counted of an exchange. None of it is a time, so that other work on the machine changes nothing in it.
public enum CountMetric: String, CaseIterable, Codable, Sendable {
  /// Machine instructions of the worker that answers, outside the kernel.
  case instructions
  /// Calls of the kernel by that worker.
  case systemCalls = "system_calls"
  /// Calls of Python functions and of built-in ones.
  case pythonCalls = "python_calls"
  /// Statements that PostgreSQL executed.
  case databaseStatements = "database_statements"
  /// On the wire, from the load to the server.
  case bytesSent = "bytes_sent"
  /// On the wire, from the server to the load.
  case bytesReceived = "bytes_received"

  /// What differs a little from one start of a server to the next.
  public static let ofStart: Set<CountMetric> = [.instructions, .systemCalls]

  /// As it reads in a sentence.
  public var title: String {
    switch self {
    case .instructions: "instructions"
    case .systemCalls: "system calls"
    case .pythonCalls: "Python calls"
    case .databaseStatements: "database statements"
    case .bytesSent: "bytes sent"
    case .bytesReceived: "bytes received"
    }
  }
}
