import BenchSupport
import Stack

/// `shootout setup [--check]`: checks that all programs are there, and installs the targets' requirements.
struct SetupCommand {
  private let configuration: Configuration
  private let onlyChecks: Bool

  init(_ words: Arguments) throws {
    var arguments = words
    onlyChecks = arguments.flag("--check")
    guard try arguments.operands(known: Command.setup.knownOptions).isEmpty else {
      throw UsageError("shootout setup takes no names")
    }
    configuration = try Configuration.read(scenarios: nil)
  }

  func run() throws -> ExitCode {
    if configuration.deployment == .external { return try ExternalCommand(configuration).run() }
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    let deployment = try StackDeployment(
      configuration.stack, kind: configuration.deployment, interrupts: interrupts,
      progress: DeploymentProgress { print($0) })
    print(try deployment.checkPrograms())
    if !onlyChecks { try deployment.prepare(configuration.frameworks) }
    return .success
  }
}
