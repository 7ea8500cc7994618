import Foundation
import Glibc
import LoadEngine
import Machine

/// A private PostgreSQL cluster in the state directory: made by `initdb`, reached through a Unix socket and a
/// loopback port with a generated password, removed when it is taken down.
///
/// `initdb` and `postgres` refuse the root account, so root hands them over to `postgres`, or to `nobody`.
package struct PostgresCluster {
  package var state: StateDirectory
  package var environment: [String: String]
  package var interrupts: Interrupts
  package var progress: DeploymentProgress

  package static let user = "bench"
  package static let database = "bench"

  private var data: String { state.postgres + "/data" }

  package func log() -> (place: String, tail: [String]) {
    (state.log("postgres"), state.tail(of: state.log("postgres")))
  }

  /// Makes a cluster and starts it. What there was of an earlier one is gone afterwards, also where this fails.
  ///
  /// - Parameter settings: those of ``PostgresSettings``.
  package func start(_ settings: [String: String], _ content: DatabaseContent, deathSignal: Int32?)
    throws(DeploymentError)
    -> Stack.Postgres
  {
    let programs = try ProgramSearch(environment: environment).postgresDirectory()
    try remove()
    do throws(DeploymentError) {
      let password = Secret.random()
      let account = try unprivilegedAccount()
      try initialize(programs, account, password)
      let port = try PortHolder.findFree()
      try configure(settings, port: port)
      let child = try launch(programs, account, deathSignal: deathSignal)
      var postgres = Stack.Postgres(
        process: ProcessIdentity(pid: child.pid), version: "", host: "127.0.0.1", port: port,
        socketDirectory: state.postgres, user: Self.user, database: "postgres", password: password,
        settings: settings, log: state.log("postgres"))
      try postgres.waitUntilReady(interrupts, log: log) { () throws(DeploymentError) in
        child.reap().map {
          DeploymentError.died(name: "postgres", status: $0.status, log: log().place, tail: log().tail)
        }
      }
      do throws(DatabaseError) {
        try DatabaseConnection(postgres).execute("CREATE DATABASE \(Self.database)")
      } catch {
        throw .database("\(error)")
      }
      postgres.database = Self.database
      try postgres.fill(content, progress)
      return postgres
    } catch {
      try? remove()
      throw error
    }
  }

  /// Stops whatever runs in the cluster's directory, and removes the directory.
  package func remove() throws(DeploymentError) {
    try stop()
    state.remove(state.postgres)
  }

  /// First as one asks it to (SIGINT: clients are cut off, the files are left in order), then without asking.
  private func stop() throws(DeploymentError) {
    for (signal, patience) in [(SIGINT, Duration.seconds(10)), (SIGQUIT, .seconds(5)), (SIGKILL, .seconds(5))] {
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
  package func processes() -> [ProcessStat] {
    ProcessStat.readAll().filter {
      $0.command == "postgres" && !$0.isZombie && ProcFile.link("/proc/\($0.pid)/cwd") == data
    }
  }

  private func unprivilegedAccount() throws(DeploymentError) -> Account? {
    guard getuid() == 0 else { return nil }
    guard let account = Account.named("postgres") ?? Account.named("nobody") else {
      throw .missing(
        program: "an account 'postgres' or 'nobody' to run as", searched: ["/etc/passwd"], packages: "postgresql")
    }
    return account
  }

  private func initialize(_ programs: String, _ account: Account?, _ password: Secret) throws(DeploymentError) {
    progress.say("postgres: initdb (\(programs))")
    try state.make(state.postgres, mode: 0o700)
    let passwordFile = state.postgres + "/password"
    let written = FileManager.default.createFile(
      atPath: passwordFile, contents: Data(password.value.utf8), attributes: [.posixPermissions: 0o600])
    guard written else { throw .unusableState(path: passwordFile, reason: "cannot be written") }
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
    try ShortCommand("postgres: initdb", launch(command, account), deadline: .seconds(120)).run(interrupts)
  }

  private func configure(_ settings: [String: String], port: Int) throws(DeploymentError) {
    let file = data + "/postgresql.conf"
    let lines = PostgresSettings.configuration(settings, port: port, socketDirectory: state.postgres)
    guard let handle = FileHandle(forWritingAtPath: file) else {
      throw .unusableState(path: file, reason: "cannot be written")
    }
    do {
      defer { try? handle.close() }
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(lines.utf8))
    } catch {
      throw .unusableState(path: file, reason: "cannot be written")
    }
  }

  private func launch(_ programs: String, _ account: Account?, deathSignal: Int32?) throws(DeploymentError)
    -> ChildProcess
  {
    let log = open(state.log("postgres"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard log >= 0 else { throw .unusableState(path: state.log("postgres"), reason: "cannot be written") }
    defer { close(log) }
    var launch = launch([programs + "/postgres", "-D", data], account)
    launch.deathSignal = deathSignal
    return try ChildProcess.start(launch, output: log)
  }

  private func launch(_ command: [String], _ account: Account?) -> ProgramLaunch {
    ProgramLaunch(
      command: command,
      environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": state.postgres],
      directory: "/", account: account)
  }
}
