import Foundation
import Glibc
import LoadEngine
import Machine

/// One change of the stack, by the process that holds the lock.
struct DeploymentRun {
  private let deployment: StackDeployment
  private let lifetime: StackDeployment.Lifetime
  private var runtime: any StackRuntime
  private(set) var stack: Stack
  private var startedServers: Set<String> = []
  private var startedPostgres = false

  private var state: StateDirectory { deployment.state }
  private var progress: DeploymentProgress { deployment.progress }

  init(_ deployment: StackDeployment, lifetime: StackDeployment.Lifetime) {
    self.deployment = deployment
    self.lifetime = lifetime
    stack = Stack.read(deployment.state.stack) ?? Stack(deployment: deployment.kind, python: "")
    runtime = deployment.runtime
  }

  // MARK: Up

  /// - Parameter anew: whether those that are up are started again, though nothing about them has changed.
  mutating func bringUp(_ wanted: [Target], anew: Bool = false) throws(DeploymentError) {
    try runtime.checkPrograms()
    try clearAwayWhatWasLeft()
    var kept = Set(stack.servers.filter { $0.owner == nil }.map(\.name))
    let keptPostgres = stack.postgres.map { $0.owner == nil } ?? false
    try dropUnusablePostgres()

    let missing = anew ? wanted : sortOut(wanted)
    for target in missing where stack[target.name] == nil { try runtime.claimPort(of: target) }
    try runtime.prepare(missing)
    try stop(missing.map(\.name).filter { stack[$0] != nil })
    for target in missing { try runtime.claimPort(of: target) }

    let postgres: Stack.Postgres
    if anew, let running = stack.postgres { postgres = running } else { postgres = try usePostgres(kept: keptPostgres) }
    kept.formIntersection(missing.map(\.name))
    var starts: [ServerStart] = []
    for target in missing {
      let isOwned = lifetime == .untilOwnerEnds && !kept.contains(target.name)
      startedServers.insert(target.name)
      var start = try runtime.start(target, postgres, isOwned: isOwned)
      start.server.owner = isOwned ? ProcessIdentity(pid: getpid()) : nil
      starts.append(start)
      stack.python = start.python
      stack.servers = (stack.servers + [start.server]).sorted { $0.port < $1.port }
      try write()
    }
    try waitUntilReady(starts, postgres)
  }

  /// Takes down what no living deployment answers for: what is written down nowhere, and that whose owner died.
  mutating func clearAwayWhatWasLeft() throws(DeploymentError) {
    let known = Set(deployment.configuration.known.map(\.name))
    let orphaned = stack.servers.filter { server in
      !known.contains(server.name) || (server.owner.map { !$0.isAlive } ?? false)
    }
    let running = try runtime.running()
    let left = Set(orphaned.map(\.name)).union(running.keys.filter { stack[$0] == nil }).sorted()
    for name in left where running[name] != nil {
      progress.say("\(name): left behind by an earlier deployment, taking down")
    }
    try stop(left)
    if let owner = stack.postgres?.owner, !owner.isAlive { try dropPostgres("left behind by an earlier deployment") }
    if stack.postgres == nil, try runtime.postgresProcesses() > 0 {
      try dropPostgres("left behind by an earlier deployment")
    }
  }

  /// Servers cannot go on without the database they were started with, so they go with it.
  private mutating func dropUnusablePostgres() throws(DeploymentError) {
    guard let postgres = stack.postgres else { return }
    if postgres.connections == nil {
      try dropPostgres("does not answer any more, starting again")
    } else if postgres.settings != settings || postgres.fingerprint != runtime.postgresFingerprint {
      try dropPostgres("is set differently now, starting again")
    }
  }

  private mutating func dropPostgres(_ reason: String) throws(DeploymentError) {
    progress.say("postgres: \(reason)")
    try stop(stack.servers.map(\.name))
    try runtime.removePostgres()
    stack.postgres = nil
    try write()
  }

  private var settings: [String: String] {
    PostgresSettings.values(
      targets: deployment.configuration.known.count,
      observesStatements: deployment.configuration.observesStatements && runtime.hasStatementStatistics)
  }

  /// The targets that have to be started: not up, dead, or made of something else than what is there now.
  private func sortOut(_ wanted: [Target]) -> [Target] {
    let connections = stack.postgres?.connections
    return wanted.filter { target in
      guard let server = stack[target.name] else { return true }
      if server.fingerprint != runtime.fingerprint(of: target) {
        progress.say("\(target.name): changed since it was started, starting again")
        return true
      }
      if let defect = server.defect(target, connections: connections) {
        progress.say("\(target.name): \(defect), starting again")
        return true
      }
      progress.say("\(target.name): is up on port \(server.port)")
      return false
    }
  }

  private mutating func usePostgres(kept: Bool) throws(DeploymentError) -> Stack.Postgres {
    let content = try DatabaseContent(fixtures: deployment.configuration.checkout.fixtures)
    if let postgres = stack.postgres {
      try seedAgain(postgres, content)
      return postgres
    }
    let isOwned = lifetime == .untilOwnerEnds && !kept
    startedPostgres = true
    var postgres = try runtime.startPostgres(settings, content, isOwned: isOwned)
    postgres.fingerprint = runtime.postgresFingerprint
    postgres.owner = isOwned ? ProcessIdentity(pid: getpid()) : nil
    stack.postgres = postgres
    try write()
    return postgres
  }

  private func seedAgain(_ postgres: Stack.Postgres, _ content: DatabaseContent) throws(DeploymentError) {
    try DeploymentError.database { () throws(DatabaseError) in
      let connection = try DatabaseConnection(postgres)
      let isSeeded = try connection.seedDefect() == nil
      if !isSeeded { try connection.seed(content) }
      progress.say(
        "postgres: is up on port \(postgres.port)" + (isSeeded ? "" : ", 1,000 rows seeded again and checked"))
    }
  }

  private func waitUntilReady(_ starts: [ServerStart], _ postgres: Stack.Postgres) throws(DeploymentError) {
    var waiting = starts
    while !waiting.isEmpty {
      guard let connections = postgres.connections else {
        let log = runtime.postgresLog()
        throw .died(name: "postgres", status: nil, log: log.place, tail: log.tail)
      }
      var unready: [ServerStart] = []
      for var start in waiting {
        if try start.isReady(connections: connections) {
          let version = start.server.version.map { " \($0)" } ?? ""
          progress.say(
            "\(start.target.name):\(version) ready on port \(start.server.port) after \(start.secondsSinceStart)")
        } else {
          unready.append(start)
        }
      }
      waiting = unready
      if !waiting.isEmpty { try deployment.interrupts.sleep(.milliseconds(50)) }
    }
  }

  // MARK: The database, while the servers stay

  func stopDatabase() throws(DeploymentError) {
    guard stack.postgres != nil else { return }
    try runtime.stopPostgres()
    progress.say("postgres: is stopped, with what is in it kept")
  }

  mutating func startDatabase() throws(DeploymentError) {
    guard let stopped = stack.postgres else { return }
    let postgres = try runtime.startPostgres(again: stopped)
    stack.postgres = postgres
    try write()
    progress.say("postgres: is up again on port \(postgres.port)")
  }

  // MARK: Down

  /// How long servers get to end that nobody needs any more.
  private static let shortGrace = 0.5

  /// Stops what this change started, after it failed.
  ///
  /// - Parameter inHurry: whether somebody called it off, and waits.
  mutating func takeBack(inHurry: Bool) throws(DeploymentError) {
    try stop(startedServers.sorted(), inHurry: inHurry)
    if startedPostgres {
      try stop(stack.servers.map(\.name), inHurry: inHurry)
      try runtime.removePostgres()
      stack.postgres = nil
    }
    try write()
  }

  mutating func takeDown(
    database: Bool, inHurry: Bool = false, _ isWanted: (String) -> Bool
  ) throws(DeploymentError) {
    let names = Set(stack.servers.map(\.name)).union(try runtime.running().keys).filter(isWanted).sorted()
    try stop(names, inHurry: inHurry)
    for name in names { progress.say("\(name): is down") }
    if database {
      let wasUp = try runtime.postgresProcesses() > 0
      try runtime.removePostgres()
      stack.postgres = nil
      if wasUp { progress.say("postgres: is down") }
      if names.isEmpty && !wasUp { progress.say("nothing is up") }
    }
    try write()
  }

  private mutating func stop(_ names: [String], inHurry: Bool = false) throws(DeploymentError) {
    guard !names.isEmpty else { return }
    let known = Dictionary(deployment.configuration.known.map { ($0.name, $0.stop) }) { first, _ in first }
    var stops = Dictionary(names.map { ($0, known[$0] ?? .usual) }) { first, _ in first }
    if inHurry {
      stops = stops.mapValues { Target.Stop(signal: $0.signal, graceS: min($0.graceS, Self.shortGrace)) }
    }
    for name in try runtime.stop(stops) { progress.say("\(name): did not end when asked to, killed") }
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
