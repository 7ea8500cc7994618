/// How a command ended. The numbers are promises to scripts.
enum ExitCode: Int32 {
  case success = 0
  /// A regression, a parity failure or errors under load.
  case failed = 1
  case couldNotMeasure = 2
  case badUsage = 3
}

/// The commands of `shootout`, one file each.
enum Command: String, CaseIterable {
  case help
  case load
  case newRun = "new-run"
  case report
  case setup
  case deploy
  case down
  case status
  case benchEngine = "bench-engine"

  init?(name: String) {
    self.init(rawValue: name == "--help" || name == "-h" ? "help" : name)
  }

  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  func run(_ arguments: Arguments) throws -> ExitCode {
    switch self {
    case .load: return try LoadCommand(arguments).run()
    case .report: return try ReportCommand(arguments).run()
    case .newRun: return try NewRunCommand(arguments).run()
    case .help: print("usage: shootout COMMAND; commands: \(Command.names)")
    case .setup: return try SetupCommand(arguments).run()
    case .deploy: return try DeployCommand(arguments).run()
    case .down: return try DownCommand(arguments).run()
    case .benchEngine: return try BenchEngineCommand(arguments).run()
    case .status: return try StatusCommand(arguments).run()
    }
    return .success
  }
}
