import Glibc
import LoadEngine
import Machine

/// The deployment `process`: everything in processes of this machine.
package struct ProcessRuntime: StackRuntime {
  private let deployment: StackDeployment
  private var interpreter: Interpreter?
  private var installed: [String: VirtualEnvironment] = [:]

  private var state: StateDirectory { deployment.state }
  private var progress: DeploymentProgress { deployment.progress }
  private var processes: ServerProcesses { ServerProcesses(state: state) }
  private var cluster: PostgresCluster {
    PostgresCluster(
      state: state, environment: deployment.environment, interrupts: deployment.interrupts, progress: progress)
  }

  package init(_ deployment: StackDeployment) {
    self.deployment = deployment
  }

  package mutating func checkPrograms() throws(DeploymentError) {
    interpreter = try deployment.interpreter()
  }

  package func running() -> [String: Int] {
    processes.running().mapValues(\.count)
  }

  package func postgresProcesses() -> Int {
    cluster.processes().count
  }

  package func postgresLog() -> (place: String, tail: [String]) {
    cluster.log()
  }

  package func fingerprint(of target: Target) -> String? {
    interpreter.map {
      TargetFingerprints(deployment.configuration.checkout, tools: [$0.path, $0.version])[target]
    }
  }

  package var postgresFingerprint: String? { nil }

  package var hasStatementStatistics: Bool {
    StatementStatistics.isInstalled(ProgramSearch(environment: deployment.environment))
  }

  package mutating func prepare(_ targets: [Target]) throws(DeploymentError) {
    let cache = try deployment.virtualEnvironments()
    for target in targets { installed[target.name] = try cache.environment(for: target) }
  }

  /// A server of this checkout that somebody started by hand has to make way.
  package func claimPort(of target: Target) throws(DeploymentError) {
    guard !PortHolder.isFree(target.port) else { return }
    let holders = PortHolder.processes(on: target.port)
    let isOurs = holders.contains { pid in
      let command = ProcFile.words("/proc/\(pid)/cmdline")?.joined(separator: " ") ?? ""
      return command.contains(target.recognise.commandContains) && command.contains(target.source + "/")
    }
    guard isOurs else {
      let shown = holders.isEmpty ? ["a process of another account or container"] : holders.map { describeProcess($0) }
      throw .portInUse(port: target.port, wantedBy: target.name, holders: shown)
    }
    progress.say(
      "\(target.name): port \(target.port) is held by \(describeProcess(holders[0])), taking it down")
    for (signal, patience) in [(target.stop.signalNumber, target.stop.grace), (SIGKILL, .seconds(5))] {
      for pid in PortHolder.processes(on: target.port) { kill(pid, signal) }
      let deadline = Instant.now() + patience
      while Instant.now() < deadline {
        if PortHolder.isFree(target.port) { return }
        try deployment.interrupts.sleep(.milliseconds(20))
      }
    }
    throw .doesNotStop(name: target.name, pids: PortHolder.processes(on: target.port))
  }

  package func startPostgres(_ settings: [String: String], _ content: DatabaseContent, isOwned: Bool)
    throws(DeploymentError)
    -> Stack.Postgres
  {
    try cluster.start(settings, content, deathSignal: isOwned ? SIGQUIT : nil)
  }

  package func start(_ target: Target, _ postgres: Stack.Postgres, isOwned: Bool) throws(DeploymentError)
    -> any ServerStart
  {
    guard let installed = installed[target.name], let interpreter, let fingerprint = fingerprint(of: target)
    else { preconditionFailure("\(target.name) is started before it was prepared") }
    return try ServerLaunch.start(
      target, installed: installed, python: interpreter.version, fingerprint: fingerprint, postgres: postgres,
      fixtures: deployment.configuration.checkout.fixtures, state: state, deathSignal: isOwned ? SIGTERM : nil)
  }

  package func stop(_ stops: [String: Target.Stop]) throws(DeploymentError) -> [String] {
    let killed = try processes.stop(stops)
    for name in stops.keys { state.remove(state.work(name)) }
    return killed
  }

  package func removePostgres() throws(DeploymentError) {
    try cluster.remove()
  }
}
