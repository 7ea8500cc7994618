import BenchSupport
import Glibc
import Stack

/// `shootout compose WORD…`: `docker compose` with the files, the project and the password of the stack.
struct ComposeCommand {
  private let configuration: Configuration
  private let words: [String]

  init(_ words: Arguments) throws {
    self.words = words.all
    guard let first = self.words.first else {
      throw UsageError("shootout compose takes the words after docker compose, such as: shootout compose ps")
    }
    guard !first.hasPrefix("-") else {
      throw UsageError("unknown option \(first); known: \(Command.compose.knownOptions)")
    }
    configuration = try Configuration.read(scenarios: nil)
  }

  func run() throws -> ExitCode {
    let deployment = try StackDeployment(configuration.stack, kind: .docker, interrupts: .none, progress: .silent)
    throw try deployment.becomeCompose(words)
  }
}
