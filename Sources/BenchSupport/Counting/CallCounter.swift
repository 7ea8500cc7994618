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

  /// A loop that is busy comes to signals when it is done.
  private static let patience = Duration.seconds(30)
  private static let idleTime = Duration.seconds(1)
  private static let exchanges = 20

  static let change = ServerCopy.Change(
    for: "called",
    environment: ["PYTHONPATH": "{counting}", "COUNT_CALLS_IN": "{folder}", "PYTHONHASHSEED": "0"])

  /// - Throws: `NotCounted` where nothing counts in the server.
  init(_ copy: ServerCopy, ping: CountedLoad, _ interrupts: Interrupts) throws {
    self.copy = copy
    self.interrupts = interrupts
    let listing = copy.beside(["/bin/sh", "-c", Self.listing, copy.folder], environment: ["PATH": "/usr/bin:/bin"])
    let processes = try ShortCommand("looking for processes", listing, deadline: Self.patience).run(interrupts)
      .split(separator: "\n").compactMap { Int32($0) }.sorted()
    guard !processes.isEmpty else {
      throw NotCounted(reason: "the server's Python does not read docker/counting/sitecustomize.py")
    }
    func ask(_ process: Int32) throws -> CallTable { try Self.ask(process, of: copy, interrupts) }
    for process in processes { _ = try ask(process) }
    try ping.run(Self.exchanges, on: copy)
    let answers = try processes.map(ask)
    worker = zip(processes, answers).max { $0.1.total < $1.1.total }!.0
    asking = try ask(worker)
    try ping.run(Self.exchanges, on: copy)
    let busy = try ask(worker) - asking
    try interrupts.sleep(Self.idleTime)
    let quiet = try ask(worker) - asking
    idle = IdleCalls(
      perSecond: CallTable(quiet.calls.filter { $0.value > 0 }), busy: busy, exchanges: Self.exchanges)
  }

  /// Since this was last asked for.
  func take() throws -> CallTable {
    try Self.ask(worker, of: copy, interrupts) - asking
  }

  private static func ask(_ process: Int32, of copy: ServerCopy, _ interrupts: Interrupts) throws -> CallTable {
    try copy.requireAlive()
    let launch = copy.beside(
      ["/bin/sh", "-c", asking, copy.folder, "\(process)"], environment: ["PATH": "/usr/bin:/bin"])
    let answer = try ShortCommand("asking what was called", launch, deadline: patience).run(interrupts)
    return try CallTable(json: Data(answer.utf8))
  }

  /// The processes that said at their start that they can be asked, and are there.
  private static let listing = """
    cd "$0" && for file in counting-*; do pid=${file#counting-}; [ ! -d "/proc/$pid" ] || echo "$pid"; done
    """

  private static let asking = """
    cd "$0" && kill -USR2 "$1" && until [ -e "calls-$1.json" ]; do sleep 0.005; done && cat "calls-$1.json" \
      && rm "calls-$1.json"
    """
}

/// Why there is no figure, as a clause.
struct NotCounted: Error, Equatable {
  var reason: String
}
