import Foundation
import Glibc
import LoadEngine

/// One change of the stack, by the process that holds the lock.
struct DeploymentRun {
  private let deployment: ProcessDeployment
  private let lifetime: ProcessDeployment.Lifetime
  private(set) var stack: Stack
  private var startedServers: Set<String> = []
  private var startedPostgres = false

  private var state: StateDirectory { deployment.state }
  private var progress: DeploymentProgress { deployment.progress }
  private var processes: ServerProcesses { ServerProcesses(state: state) }
  private var cluster: PostgresCluster {
    PostgresCluster(
      state: state, environment: deployment.environment, interrupts: deployment.interrupts, progress: progress)
  }

  init(_ deployment: ProcessDeployment, lifetime: ProcessDeployment.Lifetime) {
    self.deployment = deployment
    self.lifetime = lifetime
    stack = Stack.read(deployment.state.stack) ?? Stack(deployment: .process, python: "")
  }

  // MARK: Up

  mutating func bringUp(_ wanted: [Contestant], _ interpreter: Interpreter) throws(DeploymentError) {
    stack.python = interpreter.version
    try clearAwayWhatWasLeft()
    var kept = Set(stack.servers.filter { $0.owner == nil }.map(\.name))
    let keptPostgres = stack.postgres.map { $0.owner == nil } ?? false
    try dropUnusablePostgres()

    let fingerprints = ContestantFingerprints(deployment.configuration.checkout, interpreter)
    let missing = sortOut(wanted, fingerprints)
    for contestant in missing where stack[contestant.name] == nil { try claimPort(of: contestant) }
    let installed = try install(missing, interpreter)
    try stop(missing.map(\.name).filter { stack[$0] != nil })
    for contestant in missing { try claimPort(of: contestant) }

    let postgres = try usePostgres(kept: keptPostgres)
    kept.formIntersection(missing.map(\.name))
    var launches: [ServerLaunch] = []
    for contestant in missing {
      let isOwned = lifetime == .untilOwnerEnds && !kept.contains(contestant.name)
      var launch = try ServerLaunch.start(
        contestant, installed: installed[contestant.name]!, fingerprint: fingerprints[contestant], postgres: postgres,
        fixtures: deployment.configuration.checkout.fixtures, state: state, deathSignal: isOwned ? SIGTERM : nil)
      startedServers.insert(contestant.name)
      launch.server.owner = isOwned ? ProcessIdentity(pid: getpid()) : nil
      launches.append(launch)
      stack.servers = (stack.servers + [launch.server]).sorted { $0.port < $1.port }
      try write()
    }
    try waitUntilReady(launches, postgres)
  }

  /// What no living deployment answers for: processes that are written down nowhere, and those whose owner died.
  private mutating func clearAwayWhatWasLeft() throws(DeploymentError) {
    let known = Set(deployment.configuration.known.map(\.name))
    let orphaned = stack.servers.filter { server in
      !known.contains(server.name) || (server.owner.map { !$0.isAlive } ?? false)
    }
    let running = processes.running()
    let left = Set(orphaned.map(\.name)).union(running.keys.filter { stack[$0] == nil }).sorted()
    for name in left where running[name] != nil {
      progress.say("\(name): left behind by an earlier deployment, taking down")
    }
    try stop(left)
    if let owner = stack.postgres?.owner, !owner.isAlive { try dropPostgres("left behind by an earlier deployment") }
    if stack.postgres == nil, !cluster.processes().isEmpty { try dropPostgres("left behind by an earlier deployment") }
  }

  /// Servers cannot go on without the database they were started with, so they go with it.
  private mutating func dropUnusablePostgres() throws(DeploymentError) {
    guard let postgres = stack.postgres else { return }
    if StackHealth.connections(postgres) == nil {
      try dropPostgres("does not answer any more, starting again")
    } else if postgres.settings != settings {
      try dropPostgres("is set differently now, starting again")
    }
  }

  private mutating func dropPostgres(_ reason: String) throws(DeploymentError) {
    progress.say("postgres: \(reason)")
    try stop(stack.servers.map(\.name))
    try cluster.remove()
    stack.postgres = nil
    try write()
  }

  private var settings: [String: String] {
    PostgresSettings.values(
      contestants: deployment.configuration.known.count,
      observesStatements: deployment.configuration.observesStatements
        && StatementStatistics.isInstalled(ProgramSearch(environment: deployment.environment)))
  }

  /// The contestants that have to be started: not up, dead, or made of something else than what is there now.
  private func sortOut(_ wanted: [Contestant], _ fingerprints: ContestantFingerprints) -> [Contestant] {
    let connections = stack.postgres.flatMap(StackHealth.connections)
    return wanted.filter { contestant in
      guard let server = stack[contestant.name] else { return true }
      if server.fingerprint != fingerprints[contestant] {
        progress.say("\(contestant.name): changed since it was started, starting again")
        return true
      }
      if let defect = StackHealth.defect(of: server, contestant, connections: connections) {
        progress.say("\(contestant.name): \(defect), starting again")
        return true
      }
      progress.say("\(contestant.name): is up on port \(server.port)")
      return false
    }
  }

  private func install(_ contestants: [Contestant], _ interpreter: Interpreter) throws(DeploymentError)
    -> [String: VirtualEnvironment]
  {
    let cache = VirtualEnvironmentCache(
      folder: deployment.configuration.checkout.virtualEnvironments, state: state, interpreter: interpreter,
      environment: deployment.environment, interrupts: deployment.interrupts, progress: progress)
    var installed: [String: VirtualEnvironment] = [:]
    for contestant in contestants { installed[contestant.name] = try cache.environment(for: contestant) }
    return installed
  }

  /// Makes sure that the port is free. A server of this checkout that somebody started by hand has to make way.
  private func claimPort(of contestant: Contestant) throws(DeploymentError) {
    guard !PortHolder.isFree(contestant.port) else { return }
    let holders = PortHolder.processes(on: contestant.port)
    let isOurs = holders.contains { pid in
      let command = ProcFile.words("/proc/\(pid)/cmdline")?.joined(separator: " ") ?? ""
      return command.contains(contestant.recognise.commandContains) && command.contains(contestant.source + "/")
    }
    guard isOurs else {
      let shown = holders.isEmpty ? ["a process of another account or container"] : holders.map { describeProcess($0) }
      throw .portInUse(port: contestant.port, wantedBy: contestant.name, holders: shown)
    }
    progress.say(
      "\(contestant.name): port \(contestant.port) is held by \(describeProcess(holders[0])), taking it down")
    for (signal, patience) in [(contestant.stop.signalNumber, contestant.stop.grace), (SIGKILL, .seconds(5))] {
      for pid in PortHolder.processes(on: contestant.port) { kill(pid, signal) }
      let deadline = Instant.now() + patience
      while Instant.now() < deadline {
        if PortHolder.isFree(contestant.port) { return }
        try deployment.interrupts.sleep(.milliseconds(20))
      }
    }
    throw .doesNotStop(name: contestant.name, pids: PortHolder.processes(on: contestant.port))
  }

  private mutating func usePostgres(kept: Bool) throws(DeploymentError) -> Stack.Postgres {
    let fixtures = deployment.configuration.checkout.fixtures + "/sql"
    let schema = try read(fixtures + "/schema.sql")
    let seed = try read(fixtures + "/seed.sql")
    if let postgres = stack.postgres {
      try seedAgain(postgres, schema: schema, seed: seed)
      return postgres
    }
    let isOwned = lifetime == .untilOwnerEnds && !kept
    startedPostgres = true
    var postgres = try cluster.start(
      settings, schema: schema, seed: seed, deathSignal: isOwned ? SIGQUIT : nil)
    postgres.owner = isOwned ? ProcessIdentity(pid: getpid()) : nil
    stack.postgres = postgres
    try write()
    return postgres
  }

  private func seedAgain(_ postgres: Stack.Postgres, schema: String, seed: String) throws(DeploymentError) {
    do throws(DatabaseError) {
      let connection = try DatabaseConnection(postgres)
      if try connection.seedDefect() == nil {
        progress.say("postgres: is up on port \(postgres.port)")
      } else {
        try connection.seed(schema: schema, seed: seed)
        progress.say("postgres: is up on port \(postgres.port), 1,000 rows seeded again and checked")
      }
    } catch {
      throw .database("\(error)")
    }
  }

  private func read(_ path: String) throws(DeploymentError) -> String {
    guard let text = ProcFile.text(path) else { throw .unusableState(path: path, reason: "cannot be read") }
    return text
  }

  private func waitUntilReady(_ launches: [ServerLaunch], _ postgres: Stack.Postgres) throws(DeploymentError) {
    var waiting = launches
    while !waiting.isEmpty {
      guard let connections = StackHealth.connections(postgres) else {
        let log = state.log("postgres")
        throw .died(name: "postgres", status: nil, log: log, tail: state.tail(of: log))
      }
      var unready: [ServerLaunch] = []
      for launch in waiting {
        if try launch.isReady(state, connections: connections) {
          let version = launch.server.version.map { " \($0)" } ?? ""
          progress.say(
            "\(launch.contestant.name):\(version) ready on port \(launch.server.port) after \(launch.secondsSinceStart)"
          )
        } else {
          unready.append(launch)
        }
      }
      waiting = unready
      if !waiting.isEmpty { try deployment.interrupts.sleep(.milliseconds(50)) }
    }
  }

  // MARK: Down

  /// Stops what this change started, after it failed.
  mutating func takeBack() throws(DeploymentError) {
    try stop(startedServers.sorted())
    if startedPostgres {
      try stop(stack.servers.map(\.name))
      try cluster.remove()
      stack.postgres = nil
    }
    try write()
  }

  mutating func takeDown(database: Bool, _ isWanted: (String) -> Bool) throws(DeploymentError) {
    let names = Set(stack.servers.map(\.name)).union(processes.running().keys).filter(isWanted).sorted()
    try stop(names)
    for name in names { progress.say("\(name): is down") }
    if database {
      let wasUp = !cluster.processes().isEmpty
      try cluster.remove()
      stack.postgres = nil
      if wasUp { progress.say("postgres: is down") }
      if names.isEmpty && !wasUp { progress.say("nothing is up") }
    }
    try write()
  }

  private mutating func stop(_ names: [String]) throws(DeploymentError) {
    guard !names.isEmpty else { return }
    let known = Dictionary(deployment.configuration.known.map { ($0.name, $0.stop) }) { first, _ in first }
    let stops = Dictionary(names.map { ($0, known[$0] ?? .usual) }) { first, _ in first }
    for name in try processes.stop(stops) { progress.say("\(name): did not end when asked to, killed") }
    for name in names { state.remove(state.work(name)) }
    stack.servers.removeAll { names.contains($0.name) }
    try write()
  }

  private func write() throws(DeploymentError) {
    if stack.postgres == nil && stack.servers.isEmpty {
      state.remove(state.stack)
    } else {
      try stack.write(state.stack)
    }
  }
}

/// What each contestant is made of now: its folder, the fixtures that all serve, the interpreter.
struct ContestantFingerprints {
  private let common: Fingerprint

  init(_ checkout: Checkout, _ interpreter: Interpreter) {
    var common = Fingerprint()
    for folder in ["payloads", "static", "templates"] { common.add(folder: checkout.fixtures + "/" + folder) }
    common.add(interpreter.path)
    common.add(interpreter.version)
    common.add(String(Contestant.workers))
    self.common = common
  }

  subscript(_ contestant: Contestant) -> String {
    var fingerprint = common
    fingerprint.add(folder: contestant.source)
    fingerprint.add(contestant.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined())
    contestant.replacement?.add(to: &fingerprint)
    return fingerprint.text
  }
}
