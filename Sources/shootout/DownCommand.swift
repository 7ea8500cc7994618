import BenchSupport
import Stack

/// `shootout down [NAMES…]`: takes down what is up. Without the database nothing can stay up, so `postgres` means
/// everything. With `--after-stdin-closes` it waits for that, and takes down what has lost its owner.
struct DownCommand {
  private let configuration: Configuration
  private let names: StackNames
  private let afterInputEnds: Bool

  init(_ words: Arguments) throws {
    var arguments = words
    afterInputEnds = arguments.flag(StackGuardian.option)
    let operands = try arguments.operands(known: Command.down.knownOptions)
    configuration = try Configuration.read(scenarios: nil)
    names = try StackNames(operands, configuration)
  }

  func run() throws -> ExitCode {
    if configuration.deployment == .external {
      print("the servers are external: nothing is stopped")
      return .success
    }
    let interrupts = try Interrupts.signals(andEndOfInput: afterInputEnds)
    if afterInputEnds {
      _ = interrupts.waitForever()
      try StackDeployment(
        configuration.stack, kind: nil, interrupts: .none, progress: DeploymentProgress { print($0) }
      ).downOrphaned()
      return .success
    }
    let deployment = try StackDeployment(
      configuration.stack, kind: nil, interrupts: interrupts, progress: DeploymentProgress { print($0) })
    try deployment.down(names.isEverything || names.targets.isEmpty ? nil : names.targets)
    return .success
  }
}
