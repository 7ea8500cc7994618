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
  /// What is up; after a restart its processes are others.
  public var stack: Stack { held.withLock { $0.stack } }
  /// Absent where nothing was started: then nothing has to be kept, and nothing is taken down.
  private let lock: FileLock?
  private let held: Mutex<Held>

  /// Its pipes are used by whoever holds the lock, and by nobody else.
  private struct Held: @unchecked Sendable {
    var stack: Stack
    /// Where the child writes down what is up.
    var path = ""
    /// nil where nothing was started, and once the stack is given back.
    var deployment: Deployment?
  }

  /// The child that answers for the stack, and the pipes to it.
  private struct Deployment {
    var child: ChildProcess
    var input: Int32
    var output: Pipe
    var errors: Pipe
  }

  /// What the child prints when all is ready.
  public static let readyLine = "ready"

  /// - Parameters:
  ///   - executable: the program `shootout`.
  ///   - run: the folder of the run, for whoever finds the stack in use.
  ///   - interrupts: end the wait; what was started until then is taken down.
  ///   - progress: gets every line that says what is being done.
  public static func take(
    _ configuration: StackConfiguration, executable: String,
    environment: [String: String] = ProcessInfo.processInfo.environment, run: String? = nil,
    interrupts: Interrupts = .none, progress: (String) -> Void
  ) throws(DeploymentError) -> StackLease {
    guard configuration.deployment.isStartedBySuite else {
      return StackLease(Held(stack: try configuration.stackOfOthers()))
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
      try waitUntilReady(child, upTo: readyDeadline, output: output, errors: errors, interrupts, progress)
      guard let stack = Stack.read(state.stack) else {
        throw .unusableState(path: state.stack, reason: "cannot be read")
      }
      let deployment = Deployment(child: child, input: input.takeWriting(), output: output, errors: errors)
      return StackLease(Held(stack: stack, path: state.stack, deployment: deployment), lock: lock)
    } catch {
      input.closeWriting()
      // One that gave up has ended, and been waited for.
      if case .noStack = error { throw error }
      _ = try? child.wait(upTo: takeDownDeadline, .none)
      throw error
    }
  }

  private init(_ held: Held, lock: consuming FileLock? = nil) {
    self.lock = lock
    self.held = Mutex(held)
  }

  deinit {
    giveBack()
  }

  /// Has targets stopped and started again, which decides anew what one start decides: where memory comes to lie, which
  /// seeds are drawn. The database stays.
  ///
  /// - Returns: what is up now.
  public func restart(_ names: [String]) throws(DeploymentError) -> Stack {
    try ask(.restart(names))
  }

  /// Has the database stopped, as its administrator would stop it. What is in it stays, and so do the servers.
  @discardableResult
  public func stopDatabase() throws(DeploymentError) -> Stack { try ask(.stopDatabase) }

  /// Has the database started again that was stopped, on the same port.
  @discardableResult
  public func startDatabase() throws(DeploymentError) -> Stack { try ask(.startDatabase) }

  /// Asks the child, and waits until it has done it.
  private func ask(_ request: StackRequest) throws(DeploymentError) -> Stack {
    try held.withLock { held throws(DeploymentError) in
      guard let deployment = held.deployment else { return held.stack }
      let line = Array((request.line + "\n").utf8)
      guard write(deployment.input, line, line.count) == line.count else {
        throw .system(call: "write to shootout deploy", errno: errno)
      }
      do throws(DeploymentError) {
        try Self.waitUntilReady(
          deployment.child, upTo: Self.requestDeadline, output: deployment.output, errors: deployment.errors,
          .none
        ) { _ in }
      } catch {
        close(deployment.input)
        held.deployment = nil
        // One that gave up has ended, and been waited for.
        if case .noStack = error { throw error }
        _ = try? deployment.child.wait(upTo: Self.takeDownDeadline, .none)
        throw error
      }
      guard let stack = Stack.read(held.path) else {
        throw .unusableState(path: held.path, reason: "cannot be read")
      }
      held.stack = stack
      return stack
    }
  }

  /// Waits until what was started for this lease is down. Afterwards the stack is not to be used.
  public func giveBack() {
    held.withLock { held in
      guard let deployment = held.deployment else { return }
      close(deployment.input)
      held.deployment = nil
      _ = try? deployment.child.wait(upTo: Self.takeDownDeadline, .none)
    }
  }

  private static let takeDownDeadline = Duration.seconds(60)
  /// Longer than anything that has a deadline of its own in the child.
  private static let readyDeadline = Duration.seconds(3600)
  /// Of a request, which installs nothing: longer than servers take to end and to become ready.
  private static let requestDeadline = Duration.seconds(180)

  private static func waitUntilReady(
    _ child: ChildProcess, upTo duration: Duration, output: Pipe, errors: Pipe, _ interrupts: Interrupts,
    _ progress: (String) -> Void
  ) throws(DeploymentError) {
    let deadline = Instant.now() + duration
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
      _ = try interrupts.wait(readable: ended ? nil : output.reading, upTo: .milliseconds(100))
    }
    throw .timedOut(what: "deploy", after: duration, output: String(decoding: complaint, as: UTF8.self))
  }
}
