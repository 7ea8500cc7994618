import BenchSupport
import Glibc
import Stack

/// `shootout deploy [--until-stdin-closes] [NAMES…]`: brings up what is missing.
struct DeployCommand {
  private let configuration: Configuration
  private let names: StackNames
  private let untilInputEnds: Bool

  init(_ words: Arguments) throws {
    var arguments = words
    untilInputEnds = arguments.flag("--until-stdin-closes")
    let operands = try arguments.operands(known: Command.deploy.knownOptions)
    configuration = try Configuration.read(scenarios: nil)
    names = try StackNames(operands, configuration)
  }

  func run() throws -> ExitCode {
    if configuration.deployment == .external { return try ExternalCommand(configuration).run() }
    let interrupts = try Interrupts.signals(andEndOfInput: untilInputEnds)
    // Ctrl-C is for the process that asked; this one hears of it when the pipe closes.
    if untilInputEnds { setsid() }

    let progress = DeploymentProgress { print($0) }
    let deployment = try StackDeployment(
      configuration.stack, kind: configuration.deployment, interrupts: interrupts, progress: progress)
    guard untilInputEnds else {
      _ = try deployment.deploy(names.targets, lifetime: .untilDown)
      return .success
    }
    let guardian = try StackGuardian.start(for: deployment)
    let deployed = try deployment.deploy(names.targets, lifetime: .untilOwnerEnds)
    print(StackLease.readyLine)
    let cause = interrupts.waitForever()
    let takingDown = try StackDeployment(
      configuration.stack, kind: configuration.deployment, interrupts: .none, progress: progress)
    try takingDown.downOwned(of: deployed)
    guardian?.dismiss()
    if case .interrupted = cause { return .success }
    throw cause
  }
}

/// The operands of deploy, down and status: `all`, `postgres`, names of targets, or a comma list of them.
struct StackNames {
  var targets: [String]
  /// Whether it is all of them, named or by default.
  var isEverything: Bool

  init(_ operands: [String], _ configuration: Configuration) throws(UsageError) {
    let known = configuration.known.map(\.name)
    let names = operands.flatMap { $0.split(separator: ",").map(String.init) }
    if let unknown = names.first(where: { !(known + ["all", "postgres"]).contains($0) }) {
      throw UsageError("unknown name '\(unknown)'; known: all, postgres, \(known.joined(separator: ", "))")
    }
    isEverything = names.isEmpty || names.contains("all")
    targets = isEverything ? configuration.frameworks : known.filter(names.contains)
  }
}
