import Foundation
import LoadEngine
import Results
import Stack

/// A copy of a server that runs as it does, with one worker: what it calls, and what goes over the wire and into the
/// database, is counted with it.
struct NativeServer {
  let copy: ServerCopy
  /// The folder of the application, on this machine and in a container.
  private let sources: [String]
  private let counter: Result<CallCounter, NotCounted>
  private let interrupts: Interrupts
  /// nil in a container, and where the worker is not known.
  private let relay: PieceRelay?

  private static let startPatience = Duration.seconds(120)
  private static let rest = Duration.milliseconds(30)
  private static let restOfTask = Duration.milliseconds(60)
  /// So many at least tell what timers called from what exchanges did.
  private static let fewestExchanges = 8

  /// - Parameter ping: the lightest work.
  init(
    _ server: Stack.Server, _ target: Target, _ checkout: Checkout, in state: StateDirectory, ping: CountedLoad,
    _ interrupts: Interrupts, unless isCalledOff: () -> Bool
  ) throws {
    let copy = try ServerCopy(of: server, target, changed: CallCounter.change, checkout, in: state, interrupts)
    try copy.waitUntilReady(within: Self.startPatience, interrupts, unless: isCalledOff)
    do {
      counter = .success(try CallCounter(copy, ping: ping, interrupts))
    } catch let error as NotCounted {
      counter = .failure(error)
    }
    if case .success(let counter) = counter, server.container == nil {
      relay = try PieceRelay(to: copy.endpoint, worker: counter.worker)
    } else {
      relay = nil
    }
    self.copy = copy
    sources = [target.source, "/srv/frameworks/" + URL(fileURLWithPath: target.source).lastPathComponent]
    self.interrupts = interrupts
  }

  struct Counts {
    var figures: [CountMetric: CountedFigure] = [:]
    var absent: [CountMetric: String] = [:]
    var functions: [FunctionCalls] = []
  }

  /// Nobody else may use the database meanwhile.
  func count(_ load: CountedLoad, _ postgres: Stack.Postgres?) throws -> Counts {
    var counts = Counts()
    let exchanges = max(load.scenario.exchangesToCount, Self.fewestExchanges)
    // What happens at first use belongs to no exchange.
    _ = try stretch(1, load)
    // One exchange stands for its connection. The opening handshake belongs to the messages of its connection.
    var belongs = false
    if case .webSocket = load.work { belongs = true }
    let single = belongs ? nil : try stretch(1, load)
    let before = try statements(postgres)
    let many = try stretch(exchanges, load)
    if let before, let after = try statements(postgres) {
      counts.figures[.databaseStatements] = CountedFigure(exactly: Double((after - before).calls) / Double(exchanges))
    } else {
      counts.absent[.databaseStatements] =
        postgres == nil ? "nothing is known of the database" : StatementStatistics.missing
    }
    counts.figures[.bytesSent] = CountedFigure(exactly: Double(many.load.measured.bytesSent) / Double(exchanges))
    counts.figures[.bytesReceived] = CountedFigure(
      exactly: Double(many.load.measured.bytesReceived) / Double(exchanges))
    switch counter {
    case .failure(let error): counts.absent[.pythonCalls] = error.reason
    case .success(let counter):
      guard let called = many.called else { break }
      let figures = (called - (single?.called ?? CallTable()))
        .perExchange(exchanges - (single == nil ? 0 : 1), counter.idle)
      counts.functions = figures.map { FunctionCalls($0.key, calls: $0.value, sources: sources) }.merged()
      counts.figures[.pythonCalls] = CountedFigure(exactly: counts.functions.map(\.calls).reduce(0, +))
    }
    return counts
  }

  /// So many exchanges and what follows them, with what was called, but for what timers did. No table where there is none.
  private func stretch(_ exchanges: Int, _ load: CountedLoad) throws -> (load: LoadResult, called: CallTable?) {
    let start = Instant.now()
    let result = try load.run(exchanges, on: copy, through: relay)
    try interrupts.sleep(load.scenario.probe == .backgroundTask ? Self.restOfTask : Self.rest)
    guard case .success(let counter) = counter else { return (result, nil) }
    let seconds = Double(Instant.now().nanoseconds(since: start)) * 1e-9
    return (result, counter.idle.takenOff(try counter.take(), seconds: seconds))
  }

  private func statements(_ postgres: Stack.Postgres?) throws -> StatementCount? {
    try postgres.flatMap { try DatabaseConnection($0).statementCount() }
  }
}
