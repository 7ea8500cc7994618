/// What an exchange of a scenario needs at least, whoever answers: what costs less did not do the work.
public struct LeastWork: Codable, Equatable, Sendable {
  /// Machine instructions outside the kernel.
  public var instructions: Double?
  /// Statements that PostgreSQL executes.
  public var databaseStatements: Double?

  public init(instructions: Double? = nil, databaseStatements: Double? = nil) {
    self.instructions = instructions
    self.databaseStatements = databaseStatements
  }

  package subscript(metric: CountMetric) -> Double? {
    switch metric {
    case .instructions: instructions
    case .databaseStatements: databaseStatements
    case .systemCalls, .pythonCalls, .bytesSent, .bytesReceived: nil
    }
  }
}
