import Foundation
import Glibc
import Stack

/// A server's processes under valgrind's callgrind, whose counters are read from outside while they run.
///
/// Source: Valgrind manual, "Callgrind: monitor commands" and "vgdb".
struct Callgrind {
  /// In its folder, valgrind lays the pipes by which vgdb reaches it.
  private let copy: ServerCopy
  private let vgdb: String
  private let interrupts: Interrupts

  private static let pipes = "vgdb"
  /// A process answers when it leaves the kernel, or once vgdb has fetched it out of it.
  private static let patience = Duration.seconds(30)
  /// Milliseconds after which vgdb fetches a process out of the kernel. A worker that waits for a request is there; what is
  /// usual is 100, once or twice for each reading.
  private static let fetchedAfter = 5

  /// The program and its options. It begins without counting, which makes the start of a server several times as fast.
  ///
  /// Addresses are not the same in every run; the counts agree all the same (docs/methodology.md).
  static func tool(valgrind: String) -> [String] {
    [
      valgrind, "--tool=callgrind", "--trace-children=yes", "--instr-atstart=no", "--collect-systime=yes",
      "--callgrind-out-file=/dev/null", "--vgdb-prefix={folder}/\(pipes)", "--log-file={folder}/valgrind",
    ]
  }

  init(_ copy: ServerCopy, vgdb: String, interrupts: Interrupts) {
    self.copy = copy
    self.vgdb = vgdb
    self.interrupts = interrupts
  }

  /// The processes that can be asked.
  func processes() throws(DeploymentError) -> [Int32] {
    let launch = copy.beside(["/bin/sh", "-c", Self.listing, copy.folder], environment: environment)
    let text = try ShortCommand("looking for processes", launch, deadline: Callgrind.patience).run(interrupts)
    return text.split(separator: "\n").compactMap { Int32($0) }.sorted()
  }

  /// Of pipes such as `vgdb-from-vgdb-to-6179-by-root-on-host`, the processes that are there, a line each.
  private static let listing = """
    cd "$0" && for pipe in \(pipes)-from-vgdb-to-*-by-*; do
      pid=${pipe#\(pipes)-from-vgdb-to-}; pid=${pid%%-*}; [ ! -d "/proc/$pid" ] || echo "$pid"
    done
    """

  /// vgdb builds the names of the pipes of these variables, as the server's valgrind did of its own.
  private var environment: [String: String] { ["PATH": "/usr/bin:/bin", "HOST": copy.host] }

  func beginToCount(_ pid: Int32) throws(DeploymentError) {
    try ask(pid, ["instrumentation", "on"])
  }

  /// Since the process began to count.
  func totals(_ pid: Int32) throws(DeploymentError) -> CallgrindTotals {
    guard let totals = CallgrindTotals(status: try ask(pid, ["status", "internal"])) else {
      throw .unusableState(path: copy.folder, reason: "callgrind does not say what it counted")
    }
    return totals
  }

  @discardableResult
  private func ask(_ pid: Int32, _ words: [String]) throws(DeploymentError) -> String {
    // Valgrind answers only whom it may send a signal, so it has to be the same account.
    let launch = copy.beside(
      [
        vgdb, "--vgdb-prefix=\(copy.folder)/\(Callgrind.pipes)", "--max-invoke-ms=\(Callgrind.fetchedAfter)",
        "--pid=\(pid)",
      ] + words,
      environment: environment)
    return try ShortCommand("vgdb \(words[0])", launch, deadline: Callgrind.patience).run(interrupts)
  }
}

/// What a process did from one moment to another.
struct CallgrindTotals: Equatable {
  var instructions: Double
  var systemCalls: Double

  init(instructions: Double, systemCalls: Double) {
    self.instructions = instructions
    self.systemCalls = systemCalls
  }

  /// The sum of all threads, from what callgrind answers to `status internal`: a line `events:` names the columns, a line
  /// `events-1:` holds those of the first thread.
  ///
  /// - Returns: nil where there are no such lines.
  init?(status text: String) {
    let lines = text.split(whereSeparator: \.isNewline)
    guard
      let names = lines.first(where: { $0.hasPrefix("events: ") })?.split(separator: " ").dropFirst().map(String.init),
      let instructions = names.firstIndex(of: "Ir"), let calls = names.firstIndex(of: "sysCount")
    else { return nil }
    self.init(instructions: 0, systemCalls: 0)
    var threads = 0
    for line in lines where line.wholeMatch(of: /events-[0-9]+: .*/) != nil {
      let figures = line.split(separator: " ").dropFirst().map { Double($0) ?? .nan }
      // Columns at the end that are zero are left out.
      self.instructions += instructions < figures.count ? figures[instructions] : 0
      self.systemCalls += calls < figures.count ? figures[calls] : 0
      threads += 1
    }
    guard threads > 0, self.instructions.isFinite, self.systemCalls.isFinite else { return nil }
  }

  static func - (left: CallgrindTotals, right: CallgrindTotals) -> CallgrindTotals {
    CallgrindTotals(
      instructions: left.instructions - right.instructions, systemCalls: left.systemCalls - right.systemCalls)
  }

  static func * (totals: CallgrindTotals, factor: Double) -> CallgrindTotals {
    CallgrindTotals(instructions: totals.instructions * factor, systemCalls: totals.systemCalls * factor)
  }
}
