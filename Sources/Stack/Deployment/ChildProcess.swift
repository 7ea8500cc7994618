import CLinux
import Glibc
import LoadEngine

/// What to run, and as whom.
package struct ProgramLaunch: Sendable {
  /// The absolute path of the program, then its arguments.
  package var command: [String]
  package var environment: [String: String]
  package var directory: String
  /// The account to run as; nil for the present one.
  package var account: Account?
  /// Whether it and its children have no capabilities, and gain no privileges.
  var isConfined = false
  /// Folders that its account cannot pass, and those below them that it needs: it sees nothing else of them.
  var closed: [String] = []
  var visible: [String] = []
  /// The signal that the kernel sends to the program when the thread that started it ends.
  package var deathSignal: Int32?

  package init(
    command: [String], environment: [String: String], directory: String, account: Account? = nil,
    deathSignal: Int32? = nil
  ) {
    self.command = command
    self.environment = environment
    self.directory = directory
    self.account = account
    self.deathSignal = deathSignal
  }
}

/// A child in a session of its own, so that a Ctrl-C on the terminal does not reach it and its whole family
/// can be found by its number.
package struct ChildProcess {
  package let pid: Int32

  /// - Parameters:
  ///   - input: the descriptor to read from; nil for `/dev/null`.
  ///   - output: the descriptor for standard output and, unless `errors` is another one, standard error.
  package static func start(
    _ launch: ProgramLaunch, input: Int32? = nil, output: Int32, errors: Int32? = nil
  ) throws(DeploymentError) -> ChildProcess {
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard null >= 0 else { throw .system(call: "open /dev/null", errno: errno) }
    defer { close(null) }

    var pid: pid_t = 0
    let failed = withCStrings(launch.command) { arguments in
      withCStrings(launch.environment.map { "\($0.key)=\($0.value)" }.sorted()) { environment in
        launch.directory.withCString { directory in
          var spawn = clinux_spawn()
          spawn.path = UnsafePointer(arguments[0])
          spawn.arguments = arguments
          spawn.environment = environment
          spawn.directory = directory
          spawn.standard_input = input ?? null
          spawn.standard_output = output
          spawn.standard_error = errors ?? output
          spawn.death_signal = launch.deathSignal ?? 0
          if let account = launch.account {
            spawn.changes_user = 1
            spawn.user = account.user
            spawn.group = account.group
          }
          spawn.is_confined = launch.isConfined ? 1 : 0
          return withCStrings(launch.closed) { closed in
            withCStrings(launch.visible) { visible in
              (spawn.closed, spawn.visible) = (closed, visible)
              return clinux_spawn(&spawn, &pid)
            }
          }
        }
      }
    }
    if failed == EPERM, let account = launch.account, let folder = launch.closed.first {
      throw .closed(folder: folder, to: account.name)
    }
    guard failed == 0 else { throw .system(call: "start \(launch.command[0])", errno: failed) }
    return ChildProcess(pid: pid)
  }

  /// How it ended and what it took; nil while it runs. Answers once: afterwards the number is free for another process.
  package func reap() -> (status: ExitStatus, usage: ProcessUsage)? {
    var status: Int32 = 0
    var usage = rusage()
    var result: pid_t
    repeat { result = wait4(pid, &status, WNOHANG, &usage) } while result < 0 && errno == EINTR
    return result == pid ? (ExitStatus(waitStatus: status), ProcessUsage(usage)) : nil
  }

  package func wait(upTo duration: Duration, _ interrupts: Interrupts) throws(DeploymentError) -> ExitStatus? {
    let deadline = Instant.now() + duration
    while true {
      if let status = reap()?.status { return status }
      guard Instant.now() < deadline else { return nil }
      try interrupts.sleep(.milliseconds(10))
    }
  }

  /// Ends the child's whole group at once, and waits for it.
  package func kill() {
    Glibc.kill(-pid, SIGKILL)
    _ = try? wait(upTo: .seconds(5), .none)
  }
}

private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
  defer { for pointer in pointers { free(pointer) } }
  return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
}

/// What a process that has ended took, with those of its children that it waited for.
package struct ProcessUsage: Equatable {
  package var userSeconds: Double
  package var systemSeconds: Double
  /// The most memory it held.
  package var peakBytes: Int

  package init(userSeconds: Double, systemSeconds: Double, peakBytes: Int) {
    self.userSeconds = userSeconds
    self.systemSeconds = systemSeconds
    self.peakBytes = peakBytes
  }

  package var cpuSeconds: Double { userSeconds + systemSeconds }
}

extension ProcessUsage {
  /// Source: getrusage(2).
  package init(_ usage: rusage) {
    let seconds = { (time: timeval) in Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    self.init(
      userSeconds: seconds(usage.ru_utime), systemSeconds: seconds(usage.ru_stime),
      peakBytes: usage.ru_maxrss * 1024)
  }
}
