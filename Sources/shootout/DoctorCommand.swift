import BenchSupport
import Doctor
import Stack

/// `shootout doctor`: what is installed, what is missing, what would distort a measurement, and what fixes it.
struct DoctorCommand {
  private let checkout: Checkout

  init(_ words: Arguments) throws {
    var arguments = words
    guard try arguments.operands(known: Command.doctor.knownOptions).isEmpty else {
      throw UsageError("shootout doctor takes no operands")
    }
    checkout = try Checkout.find()
  }

  func run() throws -> ExitCode {
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    let diagnosis = Diagnosis(try MachineInspection(checkout, interrupts: interrupts).facts())
    let color = TerminalColor.ofOutput
    let text = diagnosis.text { level, word in
      switch level {
      case .ok: color.paint(word, .green)
      case .note: word
      case .warning: color.paint(word, .yellow)
      case .missing: color.paint(word, .red)
      }
    }
    StandardOutput.write(text)
    return diagnosis.isComplete ? .success : .couldNotMeasure
  }
}
