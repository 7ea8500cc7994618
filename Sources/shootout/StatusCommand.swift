import BenchSupport
import Stack

/// `shootout status [NAMES…]`: what is up. Exit code 0 where all that was asked for is up and healthy.
struct StatusCommand {
  private let configuration: Configuration
  private let names: StackNames

  init(_ words: Arguments) throws {
    var arguments = words
    let operands = try arguments.operands(known: Command.status.knownOptions)
    configuration = try Configuration.read(scenarios: nil)
    names = try StackNames(operands, configuration)
  }

  func run() throws -> ExitCode {
    let status =
      configuration.deployment == .external
      ? try ExternalDeployment(configuration.stack).status(names.targets)
      : try StackDeployment(configuration.stack, kind: nil, interrupts: .none, progress: .silent).status(
        names.targets)
    print(status.table)
    return status.isHealthy ? .success : .failed
  }
}
