import BenchSupport
import LoadEngine
import WireFormats

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

/// The commands of `shootout`, one file each; ``CommandTable`` says what each takes.
enum Command: String, CaseIterable {
  case newRun = "new-run"
  case report
  case coordinate
  case merge
  case baseline
  case setup
  case deploy
  case down
  case status
  case compose
  case load
  case profile
  case benchEngine = "bench-engine"
  case gateSelfTest = "gate-selftest"
  case doctor
  case annotate
  case completion
  case help

  init?(name: String) {
    switch name {
    case "--help", "-h": self = .help
    // The former name, for one release.
    case "conduct": self = .coordinate
    default: self.init(rawValue: name)
    }
  }

  /// The name may be a URL with a password, where `load` was forgotten before it.
  static func unknown(_ name: String) -> UsageError {
    UsageError("unknown command '\(HTTPURL.quotable(name))'; known: \(names)")
  }

  /// Every command refuses a setting that makes no sense before it does anything, also one that it would not use. Left out
  /// are those that tell of the program and of its failures.
  private var checksSettings: Bool {
    switch self {
    case .annotate, .completion, .help: false
    case .newRun, .report, .coordinate, .merge, .baseline, .setup, .deploy, .down, .status, .compose, .load, .profile,
      .benchEngine, .gateSelfTest, .doctor:
      true
    }
  }

  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  func run(_ words: Arguments) throws -> ExitCode {
    var arguments = words
    if arguments.flag("--help") || arguments.flag("-h") {
      print(helpText)
      return .success
    }
    if checksSettings { try Configuration.check() }
    switch self {
    case .coordinate: return try CoordinateCommand(arguments).run()
    case .merge: return try MergeCommand(arguments).run()
    case .newRun: return try NewRunCommand(arguments).run()
    case .report: return try ReportCommand(arguments).run()
    case .baseline: return try BaselineCommand(arguments).run()
    case .setup: return try SetupCommand(arguments).run()
    case .deploy: return try DeployCommand(arguments).run()
    case .down: return try DownCommand(arguments).run()
    case .status: return try StatusCommand(arguments).run()
    case .load: return try LoadCommand(arguments).run()
    case .profile: return try ProfileCommand(arguments).run()
    case .benchEngine: return try BenchEngineCommand(arguments).run()
    case .gateSelfTest: return try GateSelfTestCommand(arguments).run()
    case .compose: return try ComposeCommand(arguments).run()
    case .doctor: return try DoctorCommand(arguments).run()
    case .annotate: return try AnnotateCommand(arguments).run()
    case .completion: return try CompletionCommand(arguments).run()
    case .help:
      let operands = try arguments.operands(known: knownOptions)
      guard operands.count <= 1 else {
        throw UsageError("shootout help takes one command, such as: shootout help load")
      }
      guard let name = operands.first else {
        print(Command.overview)
        return .success
      }
      guard let command = Command(name: name) else {
        throw Command.unknown(name)
      }
      print(command.helpText)
      return .success
    }
  }
}
