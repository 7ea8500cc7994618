import LoadEngine
import Results
import Stack

/// A copy of a server as it is, with one worker: what goes over the wire and into the database is counted with it.
struct NativeServer {
  let copy: ServerCopy
  private let interrupts: Interrupts

  private static let startPatience = Duration.seconds(120)
  private static let rest = Duration.milliseconds(50)

  init(
    _ server: Stack.Server, _ target: Target, _ checkout: Checkout, in state: StateDirectory, _ interrupts: Interrupts,
    unless isCalledOff: () -> Bool
  ) throws {
    copy = try ServerCopy(
      of: server, target, changed: ServerCopy.Change(for: "called", environment: ["PYTHONHASHSEED": "0"]), checkout,
      in: state, interrupts)
    self.interrupts = interrupts
    try copy.waitUntilReady(within: Self.startPatience, interrupts, unless: isCalledOff)
  }

  struct Counts {
    var figures: [CountMetric: CountedFigure] = [:]
    var absent: [CountMetric: String] = [:]
    var functions: [FunctionCalls] = []
  }

  /// Nobody else may use the database meanwhile.
  func count(_ load: CountedLoad, _ postgres: Stack.Postgres?) throws -> Counts {
    var counts = Counts()
    let exchanges = load.scenario.exchangesToCount
    let before = try statements(postgres)
    let result = try load.run(exchanges, on: copy)
    try interrupts.sleep(Self.rest)
    counts.figures[.bytesSent] = CountedFigure(exactly: Double(result.measured.bytesSent) / Double(exchanges))
    counts.figures[.bytesReceived] = CountedFigure(exactly: Double(result.measured.bytesReceived) / Double(exchanges))
    if let before, let after = try statements(postgres) {
      counts.figures[.databaseStatements] = CountedFigure(exactly: Double((after - before).calls) / Double(exchanges))
    } else {
      counts.absent[.databaseStatements] =
        postgres == nil ? "nothing is known of the database" : StatementStatistics.missing
    }
    counts.absent[.pythonCalls] = "calls are not counted yet"
    return counts
  }

  private func statements(_ postgres: Stack.Postgres?) throws -> StatementCount? {
    try postgres.flatMap { try DatabaseConnection($0).statementCount() }
  }
}
