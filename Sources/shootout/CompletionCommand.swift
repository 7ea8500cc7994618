import BenchSupport
import Stack

/// `shootout completion bash|zsh`: prints a script for the shell.
struct CompletionCommand {
  private let shell: Shell

  init(_ words: Arguments) throws(UsageError) {
    var arguments = words
    let operands = try arguments.operands(known: Command.completion.knownOptions)
    let known = Shell.allCases.map(\.rawValue).joined(separator: ", ")
    guard operands.count == 1, let name = operands.first else {
      throw UsageError("shootout completion takes one shell, and was given \(operands.count); known: \(known)")
    }
    guard let shell = Shell(rawValue: name) else { throw UsageError("unknown shell '\(name)'; known: \(known)") }
    self.shell = shell
  }

  func run() -> ExitCode {
    // Without a checkout, or with a broken one, commands and options can be completed all the same.
    let targets = (try? Target.discover(in: Checkout.find().frameworks)) ?? []
    print(shell.script(targets: targets.map(\.name)))
    return .success
  }
}
