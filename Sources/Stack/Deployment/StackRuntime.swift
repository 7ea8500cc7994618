import LoadEngine
import Machine

/// Where a stack runs, and how its parts are made, started, found and stopped there. `DeploymentRun` decides; this acts.
protocol StackRuntime {
  /// Makes sure that the programs are there which everything else takes.
  mutating func checkPrograms() throws(DeploymentError)
  /// How many processes run, by target, also of targets that are known no more or written down nowhere.
  func running() throws(DeploymentError) -> [String: Int]
  /// How many processes the database has; 0 where there is none.
  func postgresProcesses() throws(DeploymentError) -> Int

  /// What a target is made of now; nil where the programs are not there that know.
  func fingerprint(of target: Target) -> String?
  /// What the database is made of now, beside its settings; nil where that is all.
  var postgresFingerprint: String? { get }

  /// Whether the database can load `pg_stat_statements`.
  var hasStatementStatistics: Bool { get }

  /// Makes what the targets are started from, as far as it is not there.
  mutating func prepare(_ targets: [Target]) throws(DeploymentError)
  /// Makes sure that a target's port is free.
  func claimPort(of target: Target) throws(DeploymentError)
  /// Starts a database with its first content. Where this fails, nothing of it is left.
  ///
  /// - Parameters:
  ///   - settings: those of ``PostgresSettings``.
  ///   - isOwned: whether it must not outlive this process.
  func startPostgres(
    _ settings: [String: String], _ content: DatabaseContent, isOwned: Bool
  ) throws(DeploymentError) -> Stack.Postgres
  /// Stops the database and keeps what is in it.
  func stopPostgres() throws(DeploymentError)
  /// Starts a database again that was stopped, where it was: on the same port, with the same settings and content.
  func startPostgres(again postgres: Stack.Postgres) throws(DeploymentError) -> Stack.Postgres
  /// Starts a target's server. It is not ready yet, and may end at once.
  func start(_ target: Target, _ postgres: Stack.Postgres, isOwned: Bool) throws(DeploymentError) -> ServerStart
  /// How the database's log is looked at, and its last lines.
  func postgresLog() -> LogEnd

  /// Stops targets and leaves nothing of them behind.
  ///
  /// - Returns: those that did not end when asked to, and were killed.
  func stop(_ stops: [String: Target.Stop]) throws(DeploymentError) -> [String]
  /// Stops the database, if there is one, and leaves nothing of it behind.
  func removePostgres() throws(DeploymentError)
}

/// A server from its start until it is ready.
struct ServerStart {
  let target: Target
  var server: Stack.Server
  /// The version of the interpreter that it runs on; empty where it does not tell.
  let python: String
  let started = Instant.now()
  /// Why it will not become ready; nil while it may.
  let failure: () throws(DeploymentError) -> DeploymentError?
  /// How its log is looked at, and its last lines.
  let log: () -> LogEnd
  private var ended = EndedWorkers()

  init(
    target: Target, server: Stack.Server, python: String,
    failure: @escaping () throws(DeploymentError) -> DeploymentError?, log: @escaping () -> LogEnd
  ) {
    self.target = target
    self.server = server
    self.python = python
    self.failure = failure
    self.log = log
  }

  private static let deadline = Duration.seconds(60)

  /// Looks once. A server that ended, or whose workers end as often as it starts them, or whose time is over, is an error
  /// with the end of its log.
  mutating func isReady(connections: [String: Int]) throws(DeploymentError) -> Bool {
    if let failure = try failure() { throw failure }
    let open = connections[target.name] ?? 0
    if let leader = server.process { ended.look(at: leader, among: ProcessStat.readAll()) }
    if open == 0, ended.count >= Target.workers {
      let log = log()
      throw .workersEnd(name: target.name, log: log.place, tail: log.tail)
    }
    let (port, path) = (target.port, target.ready.path)
    let status = { LoopbackProbe.status(port: port, path: path, timeout: .seconds(2)) }
    if open >= target.connectionsWhenReady, status() == 200 { return true }
    guard Instant.now() < started + Self.deadline else {
      let answer = status().map { "GET \(path) answers \($0)" } ?? "no answer to GET \(path)"
      let log = log()
      throw .notReady(
        name: target.name, after: Self.deadline,
        state: "\(answer), \(open) of \(target.connectionsWhenReady) database connections", log: log.place,
        tail: log.tail)
    }
    return false
  }

  var secondsSinceStart: String {
    let tenths = Instant.now().nanoseconds(since: started) / 100_000_000
    return "\(tenths / 10).\(tenths % 10) s"
  }
}

/// How a log is looked at, a path or a command, and its last lines.
typealias LogEnd = (place: String, tail: [String])

/// The scripts of `fixtures/sql`.
struct DatabaseContent {
  var schema: String
  var seed: String

  init(fixtures: String) throws(DeploymentError) {
    func read(_ path: String) throws(DeploymentError) -> String {
      guard let text = ProcFile.text(path) else { throw .unusableState(path: path, reason: "cannot be read") }
      return text
    }
    schema = try read(fixtures + "/sql/schema.sql")
    seed = try read(fixtures + "/sql/seed.sql")
  }
}
