import BenchSupport
import Glibc
import Stack

/// `shootout compose WORD…`: `docker compose` with the file, the project and the password of the stack; or, with an option,
/// the file that another program takes.
struct ComposeCommand {
  private let configuration: Configuration
  private let words: [String]
  private let format: StackFile.Format?

  init(_ words: Arguments) throws {
    self.words = words.all
    guard let first = self.words.first else {
      throw UsageError("shootout compose takes the words after docker compose, such as: shootout compose ps")
    }
    format = StackFile.Format.allCases.first { first == "--" + $0.rawValue && $0 != .compose }
    guard !first.hasPrefix("-") || format != nil && self.words.count == 1 else {
      throw UsageError("unknown option \(first); known: \(Command.compose.knownOptions)")
    }
    configuration = try Configuration.read(scenarios: nil)
  }

  func run() throws -> ExitCode {
    if let format {
      print(try configuration.stack.file(for: format), terminator: "")
      return .success
    }
    let deployment = try StackDeployment(configuration.stack, kind: .docker, interrupts: .none, progress: .silent)
    throw try deployment.becomeCompose(words)
  }
}
