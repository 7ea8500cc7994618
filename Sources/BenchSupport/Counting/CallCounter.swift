import Foundation
import LoadEngine
import Stack

/// The calls of functions in a server that `docker/counting/sitecustomize.py` counts, asked for by a signal.
struct CallCounter {
  private let copy: ServerCopy
  /// The process that answers.
  let worker: Int32
  /// What asking takes.
  private let asking: CallTable
  let idle: IdleCalls
  private let interrupts: Interrupts

  /// ``IdleCalls`` knows calls for a second.
  private static let idleTime = Duration.seconds(1)
  /// What is left to do of the exchanges before, such as the end of their connection, may fall into the first.
  private static let idleStretches = 2
  private static let exchanges = 20

  static let change = ServerCopy.Change(
    for: "called",
    environment: ["PYTHONPATH": "{counting}", "COUNT_CALLS_IN": "{folder}", "PYTHONHASHSEED": "0"])

  /// - Throws: `NotCounted` where nothing counts in the server.
  init(_ copy: ServerCopy, ping: CountedLoad, _ interrupts: Interrupts) throws {
    self.copy = copy
    self.interrupts = interrupts
    let processes = try copy.processesToAsk(interrupts)
    guard !processes.isEmpty else { throw ServerCopy.cannotBeAsked }
    func ask(_ process: Int32) throws -> CallTable { try Self.ask(process, of: copy, interrupts) }
    for process in processes { _ = try ask(process) }
    try ping.run(Self.exchanges, on: copy)
    let answers = try processes.map(ask)
    worker = zip(processes, answers).max { $0.1.total < $1.1.total }!.0
    asking = try ask(worker)
    try ping.run(Self.exchanges, on: copy)
    let busy = try ask(worker) - asking
    var quiet: [CallTable] = []
    for _ in 0..<Self.idleStretches {
      try interrupts.sleep(Self.idleTime)
      quiet.append(try ask(worker) - asking)
    }
    idle = IdleCalls(quiet: quiet, busy: busy, exchanges: Self.exchanges)
  }

  /// Since this was last asked for.
  func take() throws -> CallTable {
    try Self.ask(worker, of: copy, interrupts) - asking
  }

  private static func ask(_ process: Int32, of copy: ServerCopy, _ interrupts: Interrupts) throws -> CallTable {
    try CallTable(json: Data(copy.calls(process, interrupts).utf8))
  }
}

/// Why there is no figure, as a clause.
struct NotCounted: Error, Equatable {
  var reason: String
}
