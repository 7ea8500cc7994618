import Foundation
import Glibc
import LoadEngine
import Machine

/// The deployment `process`: everything in processes of this machine.
struct ProcessRuntime: StackRuntime {
  private let deployment: StackDeployment
  /// By how they are named; known once the programs were checked.
  private var interpreters: [InterpreterChoice: Interpreter] = [:]
  private var installed: [String: VirtualEnvironment] = [:]

  private var state: StateDirectory { deployment.state }
  private var progress: DeploymentProgress { deployment.progress }
  private var processes: ServerProcesses { ServerProcesses(state: state) }
  private var cluster: PostgresCluster {
    PostgresCluster(
      state: state, environment: deployment.environment, interrupts: deployment.interrupts, progress: progress)
  }

  init(_ deployment: StackDeployment) {
    self.deployment = deployment
  }

  mutating func checkPrograms() throws(DeploymentError) {
    for target in deployment.configuration.known where interpreter(of: target) == nil {
      interpreters[choice(of: target)] = try deployment.interpreter(of: target)
    }
    if let account = try Account.forServers(), let folder = account.firstClosed(above: state.path) {
      throw .closed(folder: folder, to: account.name)
    }
  }

  private func choice(of target: Target) -> InterpreterChoice {
    target.interpreter ?? deployment.configuration.interpreter
  }

  private func interpreter(of target: Target) -> Interpreter? { interpreters[choice(of: target)] }

  func running() -> [String: Int] {
    processes.running().mapValues(\.count)
  }

  func postgresProcesses() -> Int {
    cluster.processes().count
  }

  func postgresLog() -> LogEnd {
    state.logEnd("postgres")
  }

  func fingerprint(of target: Target) -> String? {
    interpreter(of: target).flatMap {
      try? target.fingerprint(
        deployment.configuration.checkout, deployment.sources, tools: [$0.path, $0.version])
    }
  }

  var postgresFingerprint: String? { nil }

  var hasStatementStatistics: Bool {
    StatementStatistics.isInstalled(ProgramSearch(environment: deployment.environment))
  }

  mutating func prepare(_ targets: [Target]) throws(DeploymentError) {
    for target in targets {
      let checked = interpreter(of: target)
      let interpreter = if let checked { checked } else { try deployment.interpreter(of: target) }
      installed[target.name] = try deployment.virtualEnvironments.environment(
        of: PinnedRequirements(target), interpreter)
    }
  }

  /// A server of this checkout that somebody started by hand has to make way.
  func claimPort(of target: Target) throws(DeploymentError) {
    guard !PortHolder.isFree(target.port) else { return }
    let holders = PortHolder.processes(on: target.port)
    try refuseWhatMeasures(holders)
    let isOurs = holders.contains { pid in
      target.isStarted(by: ProcFile.words("/proc/\(pid)/cmdline") ?? [])
    }
    guard isOurs else { throw PortHolder.inUse(by: holders, wantedBy: target) }
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

  /// The servers of a stack on which somebody measures, in whatever checkout, stay.
  private func refuseWhatMeasures(_ holders: [Int32]) throws(DeploymentError) {
    let mark = ServerProcesses.mark + "="
    for pid in holders {
      let variables = ProcFile.words("/proc/\(pid)/environ") ?? []
      guard let work = variables.first(where: { $0.hasPrefix(mark) })?.dropFirst(mark.count),
        let homes = work.range(of: "/homes/", options: .backwards)?.lowerBound
      else { continue }
      let other = StateDirectory(path: String(work[..<homes]))
      if other != state, let user = describeMeasurement(other.useLock) { throw .inUse(by: user) }
    }
  }

  func startPostgres(
    _ settings: [String: String], _ content: DatabaseContent, isOwned: Bool
  ) throws(DeploymentError) -> Stack.Postgres {
    try cluster.start(settings, content, deathSignal: isOwned ? SIGQUIT : nil)
  }

  func stopPostgres() throws(DeploymentError) { try cluster.stop(keepingContent: true) }

  func startPostgres(again postgres: Stack.Postgres) throws(DeploymentError) -> Stack.Postgres {
    try cluster.start(again: postgres, deathSignal: postgres.owner == nil ? nil : SIGQUIT)
  }

  func start(_ target: Target, _ postgres: Stack.Postgres, isOwned: Bool) throws(DeploymentError) -> ServerStart {
    guard let installed = installed[target.name], let interpreter = interpreter(of: target),
      let fingerprint = fingerprint(of: target)
    else { preconditionFailure("\(target.name) is started before it was prepared") }
    let work = state.work(target.name)
    let account = try Account.forServers()
    try state.remove(work, of: account)
    for folder in [work, work + "/tmp"] { try state.make(folder, mode: 0o700) }
    if let account {
      for folder in [work + "/tmp", work] where chown(folder, account.user, account.group) != 0 {
        throw .system(call: "chown \(folder)", errno: errno)
      }
    }
    let log = try state.openLog(target.name)
    defer { close(log) }
    let fixtures = deployment.configuration.checkout.fixtures
    var launch = ProgramLaunch(
      command: target.command(target.start, python: installed.python),
      environment: Self.environment(of: target, installed, postgres: postgres, fixtures: fixtures, work: work),
      directory: work, account: account, deathSignal: isOwned ? SIGTERM : nil)
    launch.isConfined = true
    if let account {
      let python = URL(fileURLWithPath: installed.python).resolvingSymlinksInPath().path
      let reach = try Reach(
        of: account, to: [installed.directory, python.deletingLast(2), target.source, fixtures])
      (launch.closed, launch.visible) = (reach.closed, reach.visible)
    }
    let child = try ChildProcess.start(launch, output: log)
    let server = Stack.Server(
      name: target.name, process: ProcessIdentity(pid: child.pid), baseURL: target.baseURL, port: target.port,
      log: state.log(target.name), fingerprint: fingerprint, version: target.package.flatMap(installed.version(of:)),
      versions: installed.versions, python: interpreter.version,
      source: try target.replacement.flatMap { source throws(DeploymentError) in
        try deployment.sources.state(of: source).content
      })
    let logEnd = { [state] in state.logEnd(target.name) }
    return ServerStart(
      target: target, server: server, python: interpreter.version,
      failure: {
        child.reap().map { .died(name: target.name, status: $0.status, log: logEnd().place, tail: logEnd().tail) }
      },
      log: logEnd)
  }

  /// Nothing of the user's environment reaches a target: all machines give it the same.
  static func environment(
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

  func stop(_ stops: [String: Target.Stop]) throws(DeploymentError) -> [String] {
    let killed = try processes.stop(stops)
    let account = try Account.forServers()
    for name in stops.keys { try state.remove(state.work(name), of: account) }
    return killed
  }

  func removePostgres() throws(DeploymentError) {
    try cluster.remove()
  }
}

extension String {
  /// The path without its last parts.
  func deletingLast(_ parts: Int) -> String {
    "/" + split(separator: "/").dropLast(parts).joined(separator: "/")
  }
}
