import Foundation
import Glibc
import LoadEngine
import Machine

/// A private PostgreSQL cluster in the state directory: made by `initdb`, reached through a Unix socket and a
/// loopback port with a generated password, removed when it is taken down.
///
/// `initdb` and `postgres` refuse the root account, so root hands them over to the account of the servers.
package struct PostgresCluster {
  var state: StateDirectory
  var environment: [String: String]
  var interrupts: Interrupts
  var progress: DeploymentProgress

  package static let user = "bench"
  package static let database = "bench"

  private var data: String { state.postgres + "/data" }

  /// Makes a cluster and starts it. What there was of an earlier one is gone afterwards, also where this fails.
  ///
  /// - Parameter settings: those of ``PostgresSettings``.
  func start(
    _ settings: [String: String], _ content: DatabaseContent, deathSignal: Int32?
  ) throws(DeploymentError) -> Stack.Postgres {
    let programs = try ProgramSearch(environment: environment).postgresDirectory()
    try remove()
    do throws(DeploymentError) {
      let password = Secret.random()
      let account = try Account.forServers()
      try initialize(programs, account, password)
      let port = try PortHolder.findFree()
      let child = try launch(words(programs, settings, port: port), account, deathSignal: deathSignal)
      var postgres = Stack.Postgres(
        process: ProcessIdentity(pid: child.pid), version: "", host: "127.0.0.1", port: port,
        socketDirectory: state.postgres, user: Self.user, database: "postgres", password: password,
        settings: settings, log: state.log("postgres"))
      try wait(for: postgres, child)
      try DeploymentError.database { () throws(DatabaseError) in
        try DatabaseConnection(postgres).execute("CREATE DATABASE \(Self.database)")
      }
      postgres.database = Self.database
      try postgres.fill(content, progress)
      return postgres
    } catch {
      try? remove()
      throw error
    }
  }

  /// Starts a cluster again that was stopped, on the port that its users know.
  func start(again stopped: Stack.Postgres, deathSignal: Int32?) throws(DeploymentError) -> Stack.Postgres {
    let programs = try ProgramSearch(environment: environment).postgresDirectory()
    let child = try launch(
      words(programs, stopped.settings, port: stopped.port), Account.forServers(), deathSignal: deathSignal,
      keepsLog: true)
    var postgres = stopped
    postgres.process = ProcessIdentity(pid: child.pid)
    try wait(for: postgres, child)
    return postgres
  }

  private func words(_ programs: String, _ settings: [String: String], port: Int) -> [String] {
    let place = PostgresSettings.place(port: port, socketDirectory: state.postgres)
    return [programs + "/postgres", "-D", data] + PostgresSettings.words(settings.merging(place) { $1 })
  }

  private func wait(for postgres: Stack.Postgres, _ child: ChildProcess) throws(DeploymentError) {
    let log = { state.logEnd("postgres") }
    try postgres.waitUntilReady(interrupts, log: log) { () throws(DeploymentError) in
      child.reap().map { .died(name: "postgres", status: $0.status, log: log().place, tail: log().tail) }
    }
  }

  /// Stops whatever runs in the cluster's directory, and removes the directory.
  func remove() throws(DeploymentError) {
    try stop(keepingContent: false)
    try state.remove(state.postgres, of: Account.forServers())
  }

  /// At once (SIGQUIT: its files are removed anyway, and it gives its shared memory back), then without asking. Where the
  /// content is kept, first as `pg_ctl stop` does (SIGINT, a "fast shutdown": clients are sent away, and all is written down).
  func stop(keepingContent: Bool) throws(DeploymentError) {
    let gently = keepingContent ? [(SIGINT, Duration.seconds(20))] : []
    for (signal, patience) in gently + [(SIGQUIT, .seconds(2)), (SIGKILL, .seconds(5))] {
      let running = processes()
      if running.isEmpty { return }
      // The postmaster ends its children; where it is gone, they are told themselves.
      let postmaster = running.filter { process in !running.contains { $0.pid == process.parent } }
      for process in signal == SIGKILL ? running : postmaster { kill(process.pid, signal) }
      let deadline = Instant.now() + patience
      while Instant.now() < deadline {
        for process in running { waitpid(process.pid, nil, WNOHANG) }
        if processes().isEmpty { return }
        try Interrupts.none.sleep(.milliseconds(20))
      }
    }
    throw .doesNotStop(name: "postgres", pids: processes().map(\.pid))
  }

  /// The postmaster and its children are those that work in the data directory: no number is trusted that could
  /// belong to another process by now.
  func processes() -> [ProcessStat] {
    ProcessStat.readAll().filter {
      $0.command == "postgres" && !$0.isZombie && ProcFile.link("/proc/\($0.pid)/cwd") == data
    }
  }

  private func initialize(_ programs: String, _ account: Account?, _ password: Secret) throws(DeploymentError) {
    progress.say("postgres: initdb (\(programs))")
    try state.make(state.postgres, mode: 0o700)
    let passwordFile = state.postgres + "/password"
    try StateDirectory.write(Data(password.value.utf8), to: passwordFile, mode: 0o600)
    defer { unlink(passwordFile) }
    if let account {
      guard chown(passwordFile, account.user, account.group) == 0,
        chown(state.postgres, account.user, account.group) == 0
      else { throw .system(call: "chown \(state.postgres)", errno: errno) }
    }
    let command = [
      programs + "/initdb", "--pgdata", data, "--username", Self.user, "--auth", "scram-sha-256",
      "--pwfile", passwordFile, "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions",
    ]
    try ShortCommand("postgres: initdb", try launch(command, account), deadline: .seconds(120)).run(interrupts)
  }

  private func launch(
    _ command: [String], _ account: Account?, deathSignal: Int32?, keepsLog: Bool = false
  ) throws(DeploymentError) -> ChildProcess {
    let log = try state.openLog("postgres", emptied: !keepsLog)
    defer { close(log) }
    var launch = try launch(command, account)
    launch.deathSignal = deathSignal
    return try ChildProcess.start(launch, output: log)
  }

  private func launch(_ command: [String], _ account: Account?) throws(DeploymentError) -> ProgramLaunch {
    var launch = ProgramLaunch(
      command: command,
      environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": state.postgres],
      directory: "/", account: account)
    launch.isConfined = true
    if let account {
      let reach = try Reach(of: account, to: [command[0].deletingLast(2)])
      (launch.closed, launch.visible) = (reach.closed, reach.visible)
    }
    return launch
  }
}

/// What a database needs after its start, wherever it runs.
extension Stack.Postgres {
  private static let startDeadline = Duration.seconds(60)

  /// Waits until it takes connections.
  ///
  /// - Parameters:
  ///   - log: how its log is looked at, and its last lines.
  ///   - failure: why it never will; nil while it may.
  func waitUntilReady(
    _ interrupts: Interrupts, log: () -> LogEnd,
    failure: () throws(DeploymentError) -> DeploymentError?
  ) throws(DeploymentError) {
    let deadline = Instant.now() + Self.startDeadline
    while true {
      if let failure = try failure() { throw failure }
      let complaint: DatabaseError
      do throws(DatabaseError) {
        _ = try DatabaseConnection(self)
        return
      } catch {
        complaint = error
      }
      guard Instant.now() < deadline else {
        let log = log()
        throw .notReady(
          name: "postgres", after: Self.startDeadline, state: "\(complaint)", log: log.place, tail: log.tail)
      }
      try interrupts.sleep(.milliseconds(50))
    }
  }

  /// Asks for its version and gives it its first content.
  mutating func fill(_ content: DatabaseContent, _ progress: DeploymentProgress) throws(DeploymentError) {
    version = try DeploymentError.database { () throws(DatabaseError) in
      let connection = try DatabaseConnection(self)
      try connection.seed(content)
      return try connection.serverVersion()
    }
    progress.say("postgres: \(version), 1,000 rows seeded and checked, on \(host):\(port)")
  }
}
