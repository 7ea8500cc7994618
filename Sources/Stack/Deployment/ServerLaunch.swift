import Foundation
import Glibc
import LoadEngine
import Machine

/// A target's server from its start until it is ready.
package struct ServerLaunch: ServerStart {
  package var target: Target
  package var installed: VirtualEnvironment
  package let python: String
  package let child: ChildProcess
  package var server: Stack.Server
  package let started: Instant
  private let state: StateDirectory

  package static let readyDeadline = Duration.seconds(60)

  /// Starts the server. It is not ready yet, and may end at once.
  package static func start(
    _ target: Target, installed: VirtualEnvironment, python: String, fingerprint: String,
    postgres: Stack.Postgres, fixtures: String, state: StateDirectory, deathSignal: Int32?
  ) throws(DeploymentError) -> ServerLaunch {
    let name = target.name
    let work = state.work(name)
    state.remove(work)
    try state.make(work, mode: 0o700)
    try state.make(work + "/tmp", mode: 0o700)

    let path = state.log(name)
    let log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
    guard log >= 0 else { throw .unusableState(path: path, reason: String(cString: strerror(errno))) }
    defer { close(log) }
    let launch = ProgramLaunch(
      command: target.command(target.start, python: installed.python),
      environment: environment(of: target, installed, postgres: postgres, fixtures: fixtures, work: work),
      directory: work, deathSignal: deathSignal)
    let child = try ChildProcess.start(launch, output: log)
    let server = Stack.Server(
      name: name, process: ProcessIdentity(pid: child.pid), baseURL: target.baseURL, port: target.port,
      log: path,
      fingerprint: fingerprint, version: target.package.flatMap(installed.version(of:)),
      versions: installed.versions)
    return ServerLaunch(
      target: target, installed: installed, python: python, child: child, server: server, started: .now(),
      state: state)
  }

  /// Nothing of the user's environment reaches a target: all machines give it the same.
  package static func environment(
    of target: Target, _ installed: VirtualEnvironment, postgres: Stack.Postgres, fixtures: String, work: String
  ) -> [String: String] {
    [
      "PATH": installed.directory + "/bin:/usr/local/bin:/usr/bin:/bin",
      "HOME": work,
      "TMPDIR": work + "/tmp",
      "PYTHONNOUSERSITE": "1",
      "HOST": "127.0.0.1",
      "PORT": String(target.port),
      "WORKERS": String(Target.workers),
      "TARGET": target.name,
      "DATABASE_URL": postgres.url,
      "FIXTURES": fixtures,
    ]
    .merging(ChildEnvironment.neutral) { $1 }
    .merging(target.environment) { $1 }
    .merging([ServerProcesses.mark: work]) { $1 }
  }

  package func failure() throws(DeploymentError) -> DeploymentError? {
    guard let status = child.reap()?.status else { return nil }
    return .died(name: target.name, status: status, log: log().place, tail: log().tail)
  }

  package func log() -> (place: String, tail: [String]) {
    let path = state.log(target.name)
    return (path, state.tail(of: path))
  }
}
