import Foundation

/// How a command ended. The numbers are promises to scripts.
enum ExitCode: Int32, CaseIterable {
  case success = 0
  /// A regression, a parity failure or errors under load.
  case failed = 1
  case couldNotMeasure = 2
  case badUsage = 3
  /// Ended by Ctrl-C, after saying what there was until then; 128 and the signal's number, as shells have it.
  case interrupted = 130
}

/// The commands of `shootout`, one file each.
enum Command: String, CaseIterable {
  case help
  case load
  case newRun = "new-run"
  case report
  case conduct
  case merge
  case setup
  case deploy
  case down
  case status
  case baseline
  case benchEngine = "bench-engine"
  case gateSelfTest = "gate-selftest"

  init?(name: String) {
    self.init(rawValue: name == "--help" || name == "-h" ? "help" : name)
  }

  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// One line: what it does.
  var summary: String {
    switch self {
    case .help: "this text, or more of one command: shootout help load"
    case .load: "load one URL, verify every response, and say how long each took"
    case .newRun: "make the folder for a run's attachments, and print its path"
    case .report: "make the reports of a run anew from its attachments"
    case .conduct: "let several generators measure at the same time, and merge what they saw"
    case .merge: "make one run of what several generators measured together"
    case .setup: "check the programs, install the contestants' requirements"
    case .deploy: "bring up the database and the contestants"
    case .down: "take them down"
    case .status: "show what is up"
    case .baseline: "keep a run to compare later ones with"
    case .gateSelfTest: "the gate on runs whose truth is known: its false alarms and what it finds"
    case .benchEngine: "the load engine beside wrk, hey and a websockets client"
    }
  }

  /// The line of its operands and options, after its name.
  private var usage: String {
    switch self {
    case .help: "[COMMAND]"
    case .load: "[OPTIONS] URL"
    case .newRun: ""
    case .report: "[RUN_DIR]"
    case .conduct: "--generators N [--listen HOST:PORT]"
    case .merge: "RUN_DIR RUN_DIR…"
    case .setup: "[--check]"
    case .deploy: "[--until-stdin-closes] [all|postgres|NAME…]"
    case .down, .status: "[all|postgres|NAME…]"
    case .baseline: "[--portable] [RUN_DIR]"
    case .gateSelfTest: "[--runs N] [--slowdowns 0,5,10,20] [FRAMEWORK]"
    case .benchEngine: "[--rounds N] [--duration D] [WORK…]"
    }
  }

  var helpText: String {
    let first = "usage: shootout \(rawValue) \(usage)\n\(summary)"
    switch self {
    case .load: return first + "\n\n" + LoadCommand.help
    default: return first
    }
  }

  static var overview: String {
    let width = allCases.map(\.rawValue.count).max() ?? 0
    let lines = allCases.map { "  \($0.rawValue.padding(toLength: width, withPad: " ", startingAt: 0))  \($0.summary)" }
    return (["usage: shootout COMMAND", ""] + lines).joined(separator: "\n")
  }

  func run(_ words: Arguments) throws -> ExitCode {
    var arguments = words
    if arguments.flag("--help") || arguments.flag("-h") {
      print(helpText)
      return .success
    }
    switch self {
    case .load: return try LoadCommand(arguments).run()
    case .report: return try ReportCommand(arguments).run()
    case .conduct: return try ConductCommand(arguments).run()
    case .merge: return try MergeCommand(arguments).run()
    case .newRun: return try NewRunCommand(arguments).run()
    case .help:
      let names = try arguments.operands(known: "none")
      guard let name = names.first else {
        print(Command.overview)
        return .success
      }
      guard let command = Command(name: name) else {
        throw UsageError("unknown command '\(name)'; known: \(Command.names)")
      }
      print(command.helpText)
    case .setup: return try SetupCommand(arguments).run()
    case .deploy: return try DeployCommand(arguments).run()
    case .down: return try DownCommand(arguments).run()
    case .baseline: return try BaselineCommand(arguments).run()
    case .gateSelfTest: return try GateSelfTestCommand(arguments).run()
    case .benchEngine: return try BenchEngineCommand(arguments).run()
    case .status: return try StatusCommand(arguments).run()
    }
    return .success
  }
}
