import BenchSupport

/// `shootout down [NAMES…]`: takes down what is up. Without the database nothing can stay up, so `postgres` means
/// everything.
struct DownCommand {
  private let configuration: Configuration
  private let names: StackNames

  init(_ words: Arguments) throws {
    var arguments = words
    let operands = try arguments.operands(known: "none")
    configuration = try Configuration.read(scenarios: nil)
    names = try StackNames(operands, configuration)
  }

  func run() throws -> ExitCode {
    if configuration.deployment == .external {
      print("the servers are external: nothing is stopped")
      return .success
    }
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    let deployment = try ProcessDeployment(
      configuration, interrupts: interrupts, progress: DeploymentProgress { print($0) })
    try deployment.down(names.isEverything || names.contestants.isEmpty ? nil : names.contestants)
    return .success
  }
}
