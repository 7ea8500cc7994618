import Foundation
import Glibc
import LoadEngine

/// A contestant's server from its start until it is ready.
struct ServerLaunch {
  var contestant: Contestant
  var installed: VirtualEnvironment
  var fingerprint: String
  let child: ChildProcess
  var server: Stack.Server
  private let started: Instant

  static let readyDeadline = Duration.seconds(60)

  /// Starts the server. It is not ready yet, and may end at once.
  static func start(
    _ contestant: Contestant, installed: VirtualEnvironment, fingerprint: String, postgres: Stack.Postgres,
    fixtures: String, state: StateDirectory, deathSignal: Int32?
  ) throws(DeploymentError) -> ServerLaunch {
    let name = contestant.name
    let work = state.work(name)
    state.remove(work)
    try state.make(work, mode: 0o700)
    try state.make(work + "/tmp", mode: 0o700)

    let path = state.log(name)
    let log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
    guard log >= 0 else { throw .unusableState(path: path, reason: String(cString: strerror(errno))) }
    defer { close(log) }
    let launch = ProgramLaunch(
      command: contestant.command(contestant.start, python: installed.python),
      environment: environment(of: contestant, installed, postgres: postgres, fixtures: fixtures, work: work),
      directory: work, deathSignal: deathSignal)
    let child = try ChildProcess.start(launch, output: log)
    let server = Stack.Server(
      name: name, process: ProcessIdentity(pid: child.pid), baseURL: contestant.baseURL, port: contestant.port,
      log: path,
      fingerprint: fingerprint, version: contestant.package.flatMap(installed.version(of:)),
      versions: installed.versions)
    return ServerLaunch(
      contestant: contestant, installed: installed, fingerprint: fingerprint, child: child, server: server,
      started: .now())
  }

  /// Nothing of the user's environment reaches a contestant: all machines give it the same.
  static func environment(
    of contestant: Contestant, _ installed: VirtualEnvironment, postgres: Stack.Postgres, fixtures: String, work: String
  ) -> [String: String] {
    [
      "PATH": installed.directory + "/bin:/usr/local/bin:/usr/bin:/bin",
      "LANG": "C.UTF-8",
      "HOME": work,
      "TMPDIR": work + "/tmp",
      "PYTHONNOUSERSITE": "1",
      "HOST": "127.0.0.1",
      "PORT": String(contestant.port),
      "WORKERS": String(Contestant.workers),
      "CONTESTANT": contestant.name,
      "DATABASE_URL": postgres.url,
      "FIXTURES": fixtures,
    ]
    .merging(contestant.environment) { $1 }
    .merging([ServerProcesses.mark: work]) { $1 }
  }

  /// Looks once. A server that ended, or whose time is over, is an error with the end of its log.
  func isReady(_ state: StateDirectory, connections: [String: Int]) throws(DeploymentError) -> Bool {
    let log = state.log(contestant.name)
    if let status = child.reap()?.status {
      throw .died(name: contestant.name, status: status, log: log, tail: state.tail(of: log))
    }
    let open = connections[contestant.name] ?? 0
    if open >= contestant.connectionsWhenReady,
      LoopbackProbe.status(port: contestant.port, path: contestant.ready.path, timeout: .seconds(2)) == 200
    {
      return true
    }
    guard Instant.now() < started + Self.readyDeadline else {
      let status = LoopbackProbe.status(port: contestant.port, path: contestant.ready.path, timeout: .seconds(2))
      let answer =
        status.map { "GET \(contestant.ready.path) answers \($0)" } ?? "no answer to GET \(contestant.ready.path)"
      throw .notReady(
        name: contestant.name, after: Self.readyDeadline,
        state: "\(answer), \(open) of \(contestant.connectionsWhenReady) database connections",
        log: log, tail: state.tail(of: log))
    }
    return false
  }

  var secondsSinceStart: String {
    let tenths = Instant.now().nanoseconds(since: started) / 100_000_000
    return "\(tenths / 10).\(tenths % 10) s"
  }
}
