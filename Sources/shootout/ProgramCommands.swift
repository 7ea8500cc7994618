import BenchSupport
import Doctor
import Foundation
import Stack

struct DoctorCommand: Command {
  static let about = CommandDescription(
    name: "doctor", group: .itself, summary: "what is missing, what distorts a measurement, what fixes it",
    notes: [
      "It watches what else the machine does for a second, and changes nothing.",
      "exit code: 2 where something is missing, else 0",
    ])

  func run() throws -> ExitCode {
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    let diagnosis = Diagnosis(try MachineInspection(Checkout.find(), interrupts: interrupts).facts())
    StandardOutput.write(diagnosis.text(.ofOutput))
    return diagnosis.isComplete ? .success : .couldNotMeasure
  }
}

struct AnnotateCommand: Command {
  static let about = CommandDescription(
    name: "annotate", group: .itself, summary: "the failures in a log of swift test as annotations for GitHub",
    notes: ["Each is printed with the file and line that it belongs to."],
    examples: ["make parity 2>&1 | tee test.log; shootout annotate test.log"], checksSettings: false)

  @Operands("LOG", .files, mistake: { "shootout annotate takes one file, and was given \($0); such as test.log" })
  private var log: String

  func run() throws -> ExitCode {
    let text = String(decoding: try InputFile(path: log).contents(), as: UTF8.self)
    let checkout = try Checkout.find().path
    let files = ["Tests", "Sources"].flatMap { folder in
      (FileManager.default.enumerator(atPath: checkout + "/" + folder)?.allObjects as? [String] ?? [])
        .filter { $0.hasSuffix(".swift") }.sorted().map { folder + "/" + $0 }
    }
    for line in TestAnnotations(text, checkout: checkout, files: files).lines { print(line) }
    return .success
  }
}

struct CompletionCommand: Command {
  static let about = CommandDescription(
    name: "completion", group: .itself, summary: "print what makes a shell complete commands, options and names",
    notes: [
      """
      The names of targets are those of the checkout around the working
      directory. It works for every path that ends in /shootout.
      """
    ],
    examples: ["source <(.build/debug/shootout completion bash)", "shootout completion zsh > ~/.zfunc/_shootout"],
    checksSettings: false)

  private static let shells = Shell.allCases.map(\.rawValue)
  private static let known = "known: " + shells.joined(separator: ", ")

  @Operands(
    shells.joined(separator: "|"), .words(shells),
    mistake: { "shootout completion takes one shell, and was given \($0); \(known)" })
  private var name: String

  func run() throws -> ExitCode {
    guard let shell = Shell(rawValue: name) else { throw UsageError("unknown shell '\(name)'; \(Self.known)") }
    // Without a checkout, or with a broken one, commands and options can be completed all the same.
    let targets = (try? Target.discover(in: Checkout.find().frameworks)) ?? []
    print(shell.script(targets: targets.map(\.name)))
    return .success
  }
}

struct HelpCommand: Command {
  static let about = CommandDescription(
    name: "help", group: .itself, summary: "this text, or more of one command: shootout help load",
    checksSettings: false)

  @Operands(
    "COMMAND", .words(Commands.names), mistake: "shootout help takes one command, such as: shootout help load")
  private var name: String?

  func run() throws -> ExitCode {
    print(try name.map { try Commands.named($0).helpText } ?? Commands.overview)
    return .success
  }
}
