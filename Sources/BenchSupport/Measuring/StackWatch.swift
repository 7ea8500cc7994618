import Foundation
import Gate
import LoadEngine
import Machine
import Results
import Stack
import Synchronization

/// Looks after the stack from window to window: who of a server's processes ended, and whether what failed is the fault of
/// a part that is not there any more. One for each run, so that what happens between two windows is seen as well.
public final class StackWatch: Sendable {
  private let stack: Stack
  private let state: Mutex<State>
  /// Servers replace a worker after a moment: what is measured meanwhile is not what was deployed.
  private static let patience = 30
  private static let pause = 100_000 as UInt32
  private static let databaseTimeout = Duration.seconds(2)
  /// Longer than a busy server takes for one answer.
  private static let serverTimeout = Duration.seconds(5)

  private struct State {
    var processes: [String: ProcessCensus] = [:]
    /// When the database began to take connections; nil where it does not tell.
    var databaseStart: String?
  }

  /// To be made while everything is up.
  public init(_ stack: Stack) {
    self.stack = stack
    var state = State()
    let processes = ProcessStat.readAll()
    for server in stack.servers {
      state.processes[server.name] = Self.members(of: server, processes).map(ProcessCensus.init)
    }
    state.databaseStart = stack.postgres.flatMap { try? Self.start(of: $0) }
    self.state = Mutex(state)
  }

  /// What a look found.
  package struct Finding: Equatable {
    /// What keeps the server from being measured.
    package var outage: Outage?
    /// What fails the round, though it was measured.
    package var checks: [CheckFigure] = []
  }

  /// Before a window.
  ///
  /// - Parameter usesDatabase: whether the scenario does.
  package func before(_ server: Stack.Server, usesDatabase: Bool) -> Finding {
    if let outage = stack.endedDeployment { return Finding(outage: outage) }
    if usesDatabase, let outage = endedDatabase() { return Finding(outage: outage) }
    return look(at: server, isInWindow: false)
  }

  /// After a window.
  ///
  /// - Parameter hasFailed: whether there is anything to blame on somebody; only then the database and the port are asked.
  package func after(_ server: Stack.Server, usesDatabase: Bool, hasFailed: Bool) -> Finding {
    if let outage = stack.endedDeployment { return Finding(outage: outage) }
    if hasFailed || usesDatabase, let outage = endedDatabase() { return Finding(outage: outage) }
    if hasFailed, let outage = databaseOutage() { return Finding(outage: outage) }
    var finding = look(at: server, isInWindow: true)
    if finding.outage == nil, hasFailed, !isListening(server) {
      finding.outage = .notListening(name: server.name, port: server.port)
    }
    if finding.outage == nil, hasFailed, isSilent(server) {
      finding.outage = .serverSilent(name: server.name, port: server.port)
    }
    return finding
  }

  // MARK: Servers

  private func look(at server: Stack.Server, isInWindow: Bool) -> Finding {
    guard let census = state.withLock({ $0.processes[server.name] }) else {
      return Finding(outage: isGone(server.process, server.container) ? ended(server) : nil)
    }
    var attempt = 0
    while true {
      guard let now = Self.members(of: server, ProcessStat.readAll()) else { return Finding(outage: ended(server)) }
      let change = census.change(to: now)
      attempt += 1
      // Whom it was told of before is not waited for again.
      if change.isWhole || change.ended.isEmpty || attempt > Self.patience {
        state.withLock { $0.processes[server.name]?.note(now) }
        return Finding(checks: [change.check(of: server.name, isInWindow: isInWindow)].compactMap(\.self))
      }
      usleep(Self.pause)
    }
  }

  /// Of a container whose processes are not seen here: its control group is taken away with it.
  private func isGone(_ process: ProcessIdentity?, _ container: Stack.Container?) -> Bool {
    guard process == nil, let group = container?.controlGroup else { return false }
    return group.usage() == nil
  }

  private func ended(_ server: Stack.Server) -> Outage {
    if let container = server.container { return .containerEnded(name: server.name, container: container.name) }
    return .serverEnded(name: server.name, pid: server.process?.pid ?? 0)
  }

  /// nil where the leader is gone, or was never ours.
  private static func members(of server: Stack.Server, _ processes: [ProcessStat]) -> Set<ProcessIdentity>? {
    guard let leader = server.process else { return nil }
    return ProcessTree(leader: leader).members(of: processes).map { members in
      Set(members.filter { !$0.isZombie }.map(\.identity))
    }
  }

  /// Of a server elsewhere nothing is known.
  private func isHere(_ server: Stack.Server) -> Bool { server.baseURL.hasPrefix("http://127.0.0.1:") }

  private func isListening(_ server: Stack.Server) -> Bool { !isHere(server) || !PortHolder.isFree(server.port) }

  /// Whether a server of this machine answers nothing at all, whatever it answers.
  private func isSilent(_ server: Stack.Server) -> Bool {
    isHere(server)
      && LoopbackProbe.status(port: server.port, path: "/ping", timeout: Self.serverTimeout) == nil
  }

  // MARK: The database

  /// Costs a look into `/proc`.
  private func endedDatabase() -> Outage? {
    guard let postgres = stack.postgres else { return nil }
    if let container = postgres.container, isGone(postgres.process, container) {
      return .databaseContainerEnded(container: container.name)
    }
    guard let process = postgres.process, !process.isAlive else { return nil }
    return postgres.container.map { .databaseContainerEnded(container: $0.name) } ?? .databaseEnded(pid: process.pid)
  }

  /// Asks it.
  package func databaseOutage() -> Outage? {
    guard let postgres = stack.postgres else { return nil }
    if let ended = endedDatabase() { return ended }
    do throws(DatabaseError) {
      let start = try Self.start(of: postgres)
      let before = state.withLock { state in
        defer { state.databaseStart = start }
        return state.databaseStart
      }
      return before.map { $0 != start } ?? false ? .databaseRestarted : nil
    } catch {
      return .databaseSilent(reason: "\(error)")
    }
  }

  /// After a crash of one of its processes the postmaster stays, and starts the others anew, the checkpointer among them.
  private static func start(of postgres: Stack.Postgres) throws(DatabaseError) -> String {
    let rows = try DatabaseConnection(postgres, timeout: databaseTimeout).query(
      """
      SELECT pg_postmaster_start_time(), max(backend_start) FROM pg_stat_activity WHERE backend_type = 'checkpointer'
      """)
    return rows.flatMap { $0 }.map { $0 ?? "–" }.joined(separator: " ")
  }
}

extension Stack {
  /// Who started the stack for this run takes it down when it ends, whatever ended it; nil where nobody ended.
  package var endedDeployment: Outage? {
    let owners = servers.map(\.owner) + [postgres?.owner]
    return owners.compactMap(\.self).first { !$0.isAlive }.map { .deploymentEnded(pid: $0.pid) }
  }
}
