import Foundation
import LoadEngine
import Results
import Stack
import Statistics

/// A copy of a server under callgrind, with its worker found and with what that does without being asked.
struct CallgrindServer {
  let copy: ServerCopy
  private let callgrind: Callgrind
  /// The process that answers.
  private let worker: Int32
  /// nil in a container, where neither the worker's number nor its sockets are this machine's.
  private let relay: PieceRelay?
  /// Of the worker, in a second.
  private let idle: CallgrindTotals
  /// Of the worker, for one connection.
  private let connection: CallgrindTotals
  private let interrupts: Interrupts

  static let purpose = "counted"
  /// A worker starts a few times as slowly as usual, and slower still on a busy machine.
  private static let startPatience = Duration.seconds(300)
  /// How long it takes a worker to notice that a connection has ended.
  private static let rest = Duration.milliseconds(40)
  /// How long it takes a task of 10 ms.
  private static let restOfTask = Duration.milliseconds(200)
  private static let idleTime = Duration.seconds(3)
  private static let exchangesOfConnection = 80

  /// Large enough to hide single events, and done in about a second.
  private static let instructionsOfBatch = 30e6
  private static let fewestBatches = 3
  private static let fewestHeavyBatches = 2
  private static let mostBatches = 12
  /// Those of a connection's messages are up to 1.2 % dearer at first, for four of them and more.
  private static let warmUpsOfMessages = 8
  /// An exchange of so many is not repeated more often than it has to be.
  private static let instructionsOfHeavyBatch = 60e6

  /// Starts it and waits for it.
  ///
  /// - Throws: `NotCounted` where nothing in it can be asked to collect garbage.
  /// - Parameters:
  ///   - number: which of several starts, from 0.
  ///   - ping: the lightest work.
  init(
    _ server: Stack.Server, _ target: Target, _ checkout: Checkout, in state: StateDirectory, start number: Int,
    _ programs: CountingPrograms, ping: CountedLoad, _ interrupts: Interrupts, unless isCalledOff: () -> Bool
  ) throws {
    // In each start things lie elsewhere, so that several tell how much of a difference is that.
    let change = ServerCopy.Change(
      for: Self.purpose, tool: Callgrind.tool(valgrind: programs.valgrind),
      environment: programs.environment.merging([
        "PYTHONPATH": "{counting}", "COLLECT_IN": "{folder}", "PYTHONHASHSEED": "0", "LAYOUT": "\(number)",
      ]) { $1 })
    copy = try ServerCopy(of: server, target, changed: change.numbered(number), checkout, in: state, interrupts)
    try copy.waitUntilReady(within: Self.startPatience, interrupts, unless: isCalledOff)
    callgrind = Callgrind(copy, vgdb: programs.vgdb, interrupts: interrupts)
    self.interrupts = interrupts
    let processes = try callgrind.processes()
    for process in processes { try callgrind.beginToCount(process) }
    try ping.run(3, on: copy)
    worker = try Self.worker(among: processes, of: copy, callgrind, ping)
    guard try copy.processesToAsk(interrupts).contains(worker) else { throw ServerCopy.cannotBeAsked }
    relay = server.container == nil ? try PieceRelay(to: copy.endpoint, worker: worker) : nil

    var reading = try Reading(callgrind, worker)
    try interrupts.sleep(Self.idleTime)
    let (quiet, seconds) = try reading.next(callgrind, worker)
    idle = quiet * (1 / seconds)
    var singles: [CallgrindTotals] = []
    for _ in 0..<3 {
      try ping.run(1, on: copy, through: relay)
      try interrupts.sleep(Self.rest)
      let (counted, seconds) = try reading.next(callgrind, worker)
      singles.append(counted - idle * seconds)
    }
    try ping.run(Self.exchangesOfConnection, on: copy, through: relay)
    try interrupts.sleep(Self.rest)
    let (many, time) = try reading.next(callgrind, worker)
    let single = CallgrindTotals(
      instructions: singles.map(\.instructions).median ?? 0, systemCalls: singles.map(\.systemCalls).median ?? 0)
    let exchange = (many - idle * time - single) * (1 / Double(Self.exchangesOfConnection - 1))
    connection = single - exchange
  }

  /// The process that answers, among those that a server has.
  private static func worker(
    among processes: [Int32], of copy: ServerCopy, _ callgrind: Callgrind, _ ping: CountedLoad
  ) throws -> Int32 {
    guard processes.count > 1 else {
      guard let only = processes.first else { throw DeploymentError.noProcess(name: copy.name) }
      return only
    }
    let before = try processes.map(callgrind.totals)
    try ping.run(20, on: copy)
    let spent = try zip(processes, before).map { try callgrind.totals($0).instructions - $1.instructions }
    let index = spent.indices.max { spent[$0] < spent[$1] }!
    return processes[index]
  }

  /// Counts until it is known well enough, or a stated maximum is reached.
  ///
  /// - Returns: instructions and system calls.
  func count(
    _ load: CountedLoad, unless isCalledOff: () -> Bool
  ) throws -> (instructions: CountedFigure, systemCalls: CountedFigure)? {
    let exchanges = load.scenario.exchangesToCount
    let rest = load.scenario.probe == .backgroundTask ? Self.restOfTask : Self.rest
    /// What is done from one reading to the next, and for how long exchanges were under way.
    ///
    /// Every batch begins without garbage. Else what it costs depends on how much lies there from before, which moved the
    /// mean of some batches by 0.4 %.
    func batch(_ loads: Int) throws -> (counted: CallgrindTotals, seconds: Double, inLoads: Double) {
      try copy.collectGarbage(worker, interrupts)
      var reading = try Reading(callgrind, worker)
      let start = Instant.now()
      for _ in 0..<loads { try load.run(exchanges, on: copy, through: relay) }
      let inLoads = Double(Instant.now().nanoseconds(since: start)) * 1e-9
      try interrupts.sleep(rest)
      let (counted, seconds) = try reading.next(callgrind, worker)
      return (counted, seconds, inLoads)
    }
    // What is loaded, compiled or cached at its first use belongs to no exchange.
    let first = try batch(1).counted.instructions
    let isHeavy = first > Self.instructionsOfHeavyBatch
    let loads = isHeavy ? 1 : max(1, Int((Self.instructionsOfBatch / max(first, 1)).rounded()))
    // The opening handshake belongs to the messages of its connection.
    var belongs = false
    if case .webSocket = load.work { belongs = true }
    // An interpreter that adapts to what it runs is not done after the first.
    for _ in 0..<(isHeavy ? 0 : belongs ? Self.warmUpsOfMessages : 1) * loads {
      try load.run(exchanges, on: copy, through: relay)
    }
    var estimate = CountEstimate(
      exchanges: exchanges * loads, connections: belongs ? 0 : loads, idle: idle, connection: connection)
    let fewest = isHeavy ? Self.fewestHeavyBatches : Self.fewestBatches
    while estimate.batches.count < Self.mostBatches, !estimate.isKnown(fewest: fewest) {
      let next = try batch(loads)
      estimate.add(next.counted, seconds: next.seconds, inLoads: next.inLoads)
      if isCalledOff() { throw CancellationError() }
    }
    return estimate.figures(fewest: fewest)
  }
}

/// The counters of a process at a moment.
private struct Reading {
  private var totals: CallgrindTotals
  private var instant: Instant

  init(_ callgrind: Callgrind, _ process: Int32) throws {
    totals = try callgrind.totals(process)
    instant = .now()
  }

  /// What was done since the reading before, and how long ago that was.
  mutating func next(_ callgrind: Callgrind, _ process: Int32) throws -> (counted: CallgrindTotals, seconds: Double) {
    let before = self
    self = try Reading(callgrind, process)
    return (totals - before.totals, Double(instant.nanoseconds(since: before.instant)) * 1e-9)
  }
}
