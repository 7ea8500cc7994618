import Glibc
import LoadEngine

/// A program that does one thing and ends: pip, initdb. It is ended when its time is over, when the
/// deployment is called off, and by the kernel when this process dies.
package struct ShortCommand {
  /// What it is for, as an error says it.
  package var purpose: String
  package var launch: ProgramLaunch
  package var deadline: Duration
  static let outputLimit = 1 << 20
  /// How many bytes of what it writes are kept.
  var outputLimit = Self.outputLimit

  package init(_ purpose: String, _ launch: ProgramLaunch, deadline: Duration) {
    self.purpose = purpose
    self.launch = launch
    self.launch.deathSignal = SIGKILL
    self.deadline = deadline
  }

  /// Runs to the end and returns what it wrote to standard output; throws where the exit code is not 0.
  @discardableResult
  package func run(_ interrupts: Interrupts) throws(DeploymentError) -> String {
    try runMeasured(interrupts).output
  }

  /// The same, and what it took.
  package func runMeasured(_ interrupts: Interrupts) throws(DeploymentError) -> (output: String, usage: ProcessUsage) {
    let (status, usage, output, errors) = try runToEnd(interrupts)
    guard status == .exited(0) else {
      let lines = (output + errors).split(separator: "\n").suffix(15).joined(separator: "\n")
      throw .failed(what: purpose, command: launch.command.joined(separator: " "), status: status, output: lines)
    }
    return (output, usage)
  }

  private func runToEnd(_ interrupts: Interrupts) throws(DeploymentError) -> (
    ExitStatus, ProcessUsage, String, String
  ) {
    let output = try Pipe.make()
    let errors = try Pipe.make()
    let child = try ChildProcess.start(launch, output: output.writing!, errors: errors.writing!)
    output.closeWriting()
    errors.closeWriting()

    var texts: [[UInt8]] = [[], []]
    do throws(DeploymentError) {
      let end = Instant.now() + deadline
      while true {
        let out = output.drain(into: &texts[0], limit: outputLimit)
        let err = errors.drain(into: &texts[1], limit: outputLimit)
        if let (status, usage) = child.reap() {
          // What it left in the pipes counts; what outlives it does not, and ends with it.
          kill(-child.pid, SIGKILL)
          _ = output.drain(into: &texts[0], limit: outputLimit)
          _ = errors.drain(into: &texts[1], limit: outputLimit)
          return (status, usage, String(decoding: texts[0], as: UTF8.self), String(decoding: texts[1], as: UTF8.self))
        }
        guard Instant.now() < end else {
          let tail = String(decoding: texts[0] + texts[1], as: UTF8.self).split(separator: "\n").suffix(15)
          throw .timedOut(what: purpose, after: deadline, output: tail.joined(separator: "\n"))
        }
        _ = try interrupts.wait(readable: out ? nil : output.reading, upTo: .milliseconds(out && err ? 5 : 20))
      }
    } catch {
      child.kill()
      throw error
    }
  }
}
