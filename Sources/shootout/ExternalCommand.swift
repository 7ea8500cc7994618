import BenchSupport
import Stack

/// What setting up and deploying come to where the servers are external: a look whether they answer.
struct ExternalCommand {
  private let deployment: ExternalDeployment

  init(_ configuration: Configuration) throws {
    deployment = try ExternalDeployment(configuration.stack)
  }

  func run() throws -> ExitCode {
    for server in try deployment.stack().servers { print("\(server.name): answers at \(server.baseURL)") }
    print("the servers are external: nothing is installed or started")
    return .success
  }
}
