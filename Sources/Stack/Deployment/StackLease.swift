import Foundation
import Glibc
import LoadEngine
import Synchronization
import Text

/// The right to measure on a stack, for as long as this value lives.
///
/// A child of its own, `shootout deploy --until-stdin-closes`, brings up what is missing and waits at the other end
/// of a pipe. However this process ends, the pipe closes with it, and the child takes down what it started.
public final class StackLease: Sendable {
  public let stack: Stack
  /// Absent where nothing was started: then nothing has to be kept, and nothing is taken down.
  private let lock: FileLock?
  private let child: ChildProcess?
  /// nil once the stack is given back.
  private let pipe: Mutex<Int32?>

  /// What the child prints when all is ready.
  public static let readyLine = "ready"

  /// - Parameters:
  ///   - executable: the program `shootout`.
  ///   - run: the folder of the run, for whoever finds the stack in use.
  ///   - progress: gets every line that says what is being done.
  public static func take(
    _ configuration: StackConfiguration, executable: String,
    environment: [String: String] = ProcessInfo.processInfo.environment, run: String? = nil,
    progress: (String) -> Void
  ) throws(DeploymentError) -> StackLease {
    if configuration.deployment == .external {
      return StackLease(stack: try ExternalDeployment(configuration).stack())
    }
    let state = StateDirectory(of: configuration.checkout, environment: environment)
    try state.prepare()
    let purpose =
      "measures since \(Date().ISO8601Format()) in \(configuration.checkout.path)" + (run.map { " for \($0)" } ?? "")
    guard let lock = try FileLock.take(state.useLock, for: purpose.escapingControls) else {
      throw .inUse(by: describeMeasurement(state.useLock) ?? describeProcess(nil))
    }
    signal(SIGPIPE, SIG_IGN)
    var environment = environment
    environment["SHOOTOUT_PYTHON"] = configuration.python == StackConfiguration.usualPython ? nil : configuration.python
    environment["SHOOTOUT_DEPLOYMENT"] = configuration.deployment.rawValue
    environment[StackConfiguration.observesStatementsVariable] = configuration.observesStatements ? "1" : "0"
    let launch = ProgramLaunch(
      command: [executable, "deploy", "--until-stdin-closes"] + configuration.frameworks, environment: environment,
      directory: configuration.checkout.path)
    let input = try Pipe.make()
    let output = try Pipe.make()
    let errors = try Pipe.make()
    let child = try ChildProcess.start(
      launch, input: input.reading, output: output.writing!, errors: errors.writing)
    input.closeReading()
    output.closeWriting()
    errors.closeWriting()

    do throws(DeploymentError) {
      try waitUntilReady(child, output: output, errors: errors, progress)
      guard let stack = Stack.read(state.stack) else {
        throw .unusableState(path: state.stack, reason: "cannot be read")
      }
      return StackLease(stack: stack, lock: lock, child: child, pipe: input.takeWriting())
    } catch {
      input.closeWriting()
      // One that gave up has ended, and been waited for.
      if case .noStack = error { throw error }
      _ = try? child.wait(upTo: takeDownDeadline, .none)
      throw error
    }
  }

  private init(
    stack: Stack, lock: consuming FileLock? = nil, child: ChildProcess? = nil, pipe: Int32? = nil
  ) {
    self.stack = stack
    self.lock = lock
    self.child = child
    self.pipe = Mutex(pipe)
  }

  deinit {
    giveBack()
  }

  /// Waits until what was started for this lease is down. Afterwards the stack is not to be used.
  public func giveBack() {
    pipe.withLock { pipe in
      guard let descriptor = pipe else { return }
      close(descriptor)
      pipe = nil
      _ = try? child?.wait(upTo: Self.takeDownDeadline, .none)
    }
  }

  private static let takeDownDeadline = Duration.seconds(60)
  /// Longer than anything that has a deadline of its own in the child.
  private static let readyDeadline = Duration.seconds(3600)

  private static func waitUntilReady(
    _ child: ChildProcess, output: Pipe, errors: Pipe, _ progress: (String) -> Void
  ) throws(DeploymentError) {
    let deadline = Instant.now() + readyDeadline
    var text: [UInt8] = []
    var complaint: [UInt8] = []
    while Instant.now() < deadline {
      let ended = output.drain(into: &text, limit: ShortCommand.outputLimit)
      _ = errors.drain(into: &complaint, limit: ShortCommand.outputLimit)
      while let end = text.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: text[..<end], as: UTF8.self)
        text.removeSubrange(...end)
        if line == readyLine { return }
        progress(line)
      }
      if ended, let status = try child.wait(upTo: .seconds(10), .none) {
        _ = errors.drain(into: &complaint, limit: ShortCommand.outputLimit)
        throw .noStack(status: status, complaint: String(decoding: complaint, as: UTF8.self))
      }
      _ = try Interrupts.none.wait(readable: ended ? nil : output.reading, upTo: .milliseconds(100))
    }
    throw .timedOut(what: "deploy", after: readyDeadline, output: String(decoding: complaint, as: UTF8.self))
  }
}
