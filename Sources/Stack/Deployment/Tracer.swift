import Glibc
import LoadEngine
import Machine

/// A program that attaches itself to a process, as strace does, for as long as something is done.
package struct Tracer {
  /// The absolute path of the program and its options, without the process.
  private let command: [String]
  private let interrupts: Interrupts

  private static let patience = Duration.seconds(15)
  private static let pause = Duration.milliseconds(2)
  private static let outputLimit = 1 << 16

  /// - Parameter command: takes `--attach=PID`, and ends on SIGINT with what it has to say on standard output.
  package init(_ command: [String], _ interrupts: Interrupts) {
    self.command = command
    self.interrupts = interrupts
  }

  /// Why it is not attached, in its own words.
  package struct Refusal: Error, Equatable {
    package var reason: String
  }

  /// - Returns: what the program said of all threads of the process, once the work was done.
  /// - Throws: `Refusal` where it may not attach itself, before anything is done.
  package func trace(_ process: Int32, during work: () throws -> Void) throws -> String {
    let (output, errors) = (try Pipe.make(), try Pipe.make())
    // Of this thread, which waits for it: it ends with it at the latest.
    let launch = ProgramLaunch(
      command: command + ["--attach=\(process)"], environment: ["PATH": "/usr/bin:/bin"], directory: "/",
      deathSignal: SIGKILL)
    let child = try ChildProcess.start(launch, output: output.writing!, errors: errors.writing!)
    output.closeWriting()
    errors.closeWriting()
    var isRunning = true
    defer { if isRunning { child.kill() } }
    func text(_ pipe: Pipe) -> String {
      var bytes: [UInt8] = []
      _ = pipe.drain(into: &bytes, limit: Self.outputLimit)
      return String(decoding: bytes, as: UTF8.self)
    }

    let deadline = Instant.now() + Self.patience
    while !Self.isTraced(process, by: child.pid) {
      if child.reap() != nil {
        isRunning = false
        throw Refusal(
          reason: text(errors).split(separator: "\n").last.map(String.init) ?? "\(command[0]) ended at once")
      }
      guard Instant.now() < deadline else { throw Refusal(reason: "\(command[0]) did not attach itself") }
      try interrupts.sleep(Self.pause)
    }
    try work()
    Glibc.kill(child.pid, SIGINT)
    guard try child.wait(upTo: Self.patience, interrupts) != nil else {
      throw DeploymentError.timedOut(what: command[0], after: Self.patience, output: text(errors))
    }
    isRunning = false
    return text(output)
  }

  /// Whether all threads are.
  private static func isTraced(_ process: Int32, by tracer: Int32) -> Bool {
    let threads = ProcFile.entries("/proc/\(process)/task").filter { Int($0) != nil }
    return !threads.isEmpty
      && threads.allSatisfy { thread in
        (ProcFile.text("/proc/\(process)/task/\(thread)/status") ?? "").contains("TracerPid:\t\(tracer)\n")
      }
  }
}
