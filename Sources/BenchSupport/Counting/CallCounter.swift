import Foundation
import Glibc
import LoadEngine
import Machine
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

  static func change(_ checkout: Checkout) -> ServerCopy.Change {
    let folder = checkout.path + "/docker/counting"
    return ServerCopy.Change(
      for: "called",
      environment: ["PYTHONPATH": folder, "COUNT_CALLS_IN": "{folder}", "PYTHONHASHSEED": "0"], needed: [folder])
  }

  /// - Throws: `NotCounted` where nothing counts in the server.
  init(_ copy: ServerCopy, state: StateDirectory, ping: CountedLoad, _ interrupts: Interrupts) throws {
    self.copy = copy
    self.interrupts = interrupts
    let processes = (ServerProcesses(state: state).running()[copy.name] ?? []).map(\.pid).filter(Self.isCounting)
    guard !processes.isEmpty else {
      throw NotCounted(reason: "the server's Python does not read docker/counting/sitecustomize.py")
    }
    func ask(_ process: Int32) throws -> CallTable { try Self.ask(process, in: copy.folder, interrupts) }
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
    try Self.ask(worker, in: copy.folder, interrupts) - asking
  }

  private static func ask(_ process: Int32, in folder: String, _ interrupts: Interrupts) throws -> CallTable {
    let prefix = "\(folder)/calls-\(process)-"
    let before = ProcFile.entries(folder).compactMap { name in
      name.wholeMatch(of: /calls-([0-9]+)-([0-9]+)\.json/).flatMap { Int32($0.1) == process ? Int($0.2) : nil }
    }
    let number = (before.max() ?? 0) + 1
    guard kill(process, SIGUSR2) == 0 else { throw NotCounted(reason: "the server's worker has ended") }
    let deadline = Instant.now() + patience
    let path = "\(prefix)\(number).json"
    while access(path, F_OK) != 0 {
      guard Instant.now() < deadline else {
        throw NotCounted(reason: "the server did not say within \(patience.inWords) what it called")
      }
      try interrupts.sleep(.milliseconds(3))
    }
    let table = try CallTable(json: Data(contentsOf: URL(fileURLWithPath: path)))
    for earlier in before { unlink("\(prefix)\(earlier).json") }
    return table
  }

  /// Whether a process catches SIGUSR2: another one it would end.
  private static func isCounting(_ process: Int32) -> Bool {
    let lines = (ProcFile.text("/proc/\(process)/status") ?? "").split(separator: "\n")
    let mask = lines.first { $0.hasPrefix("SigCgt:") }?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
    return mask.map { $0 >> (UInt64(SIGUSR2) - 1) & 1 == 1 } ?? false
  }
}

/// Why there is no figure, as a clause.
struct NotCounted: Error, Equatable {
  var reason: String
}
