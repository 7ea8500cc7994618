import Foundation
import LoadEngine
import Results
import Stack
import Statistics

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
  private let trace: Result<SystemCallTrace, NotCounted>

  private static let startPatience = Duration.seconds(120)
  private static let rest = Duration.milliseconds(30)
  private static let restOfTask = Duration.milliseconds(60)
  /// Two tell what is called as bytes arrive and timers go off from what every exchange calls.
  private static let batches = 2
  /// So many at least tell what timers called from what exchanges did.
  private static let fewestExchanges = 8
  /// Each call is stopped twice, and a large upload makes thousands.
  private static let fewestTraced = 2
  /// Below this, it is a timer's.
  private static let leastTraced = 0.03

  /// - Parameters:
  ///   - number: which of several starts, from 0.
  ///   - strace: where it is; nil where it is not installed.
  ///   - ping: the lightest work.
  init(
    _ server: Stack.Server, _ target: Target, _ checkout: Checkout, in state: StateDirectory, start number: Int,
    strace: String?, ping: CountedLoad, _ interrupts: Interrupts, unless isCalledOff: () -> Bool
  ) throws {
    let copy = try ServerCopy(
      of: server, target, changed: CallCounter.change.numbered(number), checkout, in: state, interrupts)
    try copy.waitUntilReady(within: Self.startPatience, interrupts, unless: isCalledOff)
    do {
      counter = .success(try CallCounter(copy, ping: ping, interrupts))
    } catch let error as NotCounted {
      counter = .failure(error)
    }
    if case .success(let counter) = counter, server.container == nil {
      relay = try PieceRelay(to: copy.endpoint, worker: counter.worker)
      trace =
        strace.map { .success(SystemCallTrace($0, counter.worker, interrupts)) }
        ?? .failure(NotCounted(reason: SystemCallTrace.missing))
    } else {
      relay = nil
      trace = .failure(NotCounted(reason: "it is not known here which process answers"))
    }
    self.copy = copy
    sources = [target.source, "/srv/frameworks/" + URL(fileURLWithPath: target.source).lastPathComponent]
    self.interrupts = interrupts
  }

  /// Nobody else may use the database meanwhile.
  func count(_ load: CountedLoad, _ postgres: Stack.Postgres?) throws -> Counted {
    var counts = Counted()
    let exchanges = max(load.scenario.exchangesToCount, Self.fewestExchanges)
    // What happens at first use belongs to no exchange.
    _ = try stretch(1, load)
    // One exchange stands for its connection. The opening handshake belongs to the messages of its connection.
    var belongs = false
    if case .webSocket = load.work { belongs = true }
    let single = belongs ? nil : try stretch(1, load)
    let (before, callsBefore) = try statements(postgres)
    let batches = try (0..<Self.batches).map { _ in try stretch(exchanges, load) }
    let inAll = Double(exchanges * Self.batches)
    let (after, callsAfter) = try statements(postgres)
    if let before, let after {
      counts.figures[.databaseStatements] = CountedFigure(exactly: Double((after - before).calls) / inAll)
    } else {
      counts.absent[.databaseStatements] =
        postgres == nil ? "nothing is known of the database" : StatementStatistics.missing
    }
    let (sent, received) = batches.reduce((0, 0)) {
      ($0.0 + $1.load.measured.bytesSent, $0.1 + $1.load.measured.bytesReceived)
    }
    counts.figures[.bytesSent] = CountedFigure(exactly: Double(sent) / inAll)
    counts.figures[.bytesReceived] = CountedFigure(exactly: Double(received) / inAll)
    switch counter {
    case .failure(let error): counts.absent[.pythonCalls] = error.reason
    case .success(let counter):
      let tables = batches.compactMap(\.called)
      guard !tables.isEmpty else { break }
      let functions = tables.map { called in
        (called - (single?.called ?? CallTable()))
          .perExchange(exchanges - (single == nil ? 0 : 1), counter.idle)
          .map { FunctionCalls($0.key, calls: $0.value, sources: sources) }
      }
      let statements = callsAfter.compactMap { text, calls -> FunctionCalls? in
        let executed = calls - (callsBefore[text] ?? 0)
        guard executed > 0 else { return nil }
        return FunctionCalls(package: FunctionCalls.database, name: text, calls: Double(executed) / inAll)
      }
      counts.functions = [FunctionCalls](batches: functions) + statements.sorted { $0.name < $1.name }
      let totals = functions.map { $0.filter { !$0.isResumed }.map(\.calls).reduce(0, +) }
      counts.figures[.pythonCalls] = CountedFigure(
        starts: [totals.mean ?? 0], halfWidth: totals.max()! - totals.min()!, batches: totals.count)
      do { counts.functions += try systemCalls(load, withoutConnection: single != nil) } catch let error as NotCounted {
        counts.unnamed = error.reason
      }
    }
    return counts
  }

  /// For each exchange, by name.
  private func systemCalls(_ load: CountedLoad, withoutConnection: Bool) throws -> [FunctionCalls] {
    let trace = try trace.get()
    let exchanges = max(load.scenario.exchangesToCount, Self.fewestTraced)
    func stretch(_ exchanges: Int) throws -> [String: Double] {
      try trace.calls {
        _ = try load.run(exchanges, on: copy, through: relay)
        try rest(load)
      }
    }
    let single = withoutConnection ? try stretch(1) : [:]
    let inAll = Double(exchanges - (withoutConnection ? 1 : 0))
    return [FunctionCalls](
      batches: try (0..<Self.batches).map { _ in
        try stretch(exchanges).merging(single.mapValues { -$0 }, uniquingKeysWith: +).compactMap { name, calls in
          let figure = calls / inAll
          return figure < Self.leastTraced
            ? nil : FunctionCalls(package: FunctionCalls.kernel, name: name, calls: figure)
        }
      })
  }

  private func rest(_ load: CountedLoad) throws {
    try interrupts.sleep(load.scenario.probe == .backgroundTask ? Self.restOfTask : Self.rest)
  }

  /// So many exchanges and what follows them, with what was called, but for what timers did. No table where there is none.
  private func stretch(_ exchanges: Int, _ load: CountedLoad) throws -> (load: LoadResult, called: CallTable?) {
    let start = Instant.now()
    let result = try load.run(exchanges, on: copy, through: relay)
    try rest(load)
    guard case .success(let counter) = counter else { return (result, nil) }
    let seconds = Double(Instant.now().nanoseconds(since: start)) * 1e-9
    return (result, counter.idle.takenOff(try counter.take(), seconds: seconds))
  }

  /// Those on the benchmark's table, and each by its text.
  private func statements(_ postgres: Stack.Postgres?) throws -> (StatementCount?, [String: Int]) {
    guard let postgres else { return (nil, [:]) }
    let database = try DatabaseConnection(postgres)
    return (try database.statementCount(), try database.statementCalls() ?? [:])
  }
}
