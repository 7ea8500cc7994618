import Foundation
import LoadEngine
import Text

/// What is up, for a reader at the terminal.
public struct StackStatus: Equatable, Sendable {
  public var rows: [Row]

  public var isHealthy: Bool { rows.allSatisfy(\.isHealthy) }

  public struct Row: Equatable, Sendable {
    public var name: String
    /// `up`, or what is wrong with it.
    public var state: String
    public var version: String?
    public var port: Int?
    public var processes: Int?
    public var connections: Int?
    public var pid: Int32?
    public var log: String?

    public var isHealthy: Bool { state == "up" }

    /// A state that is a sentence is told below the table.
    fileprivate var stateInOneWord: String { state.count <= 11 ? state : "unhealthy" }

    /// Where the log is, a path or a command, with NAME in the place of the name.
    fileprivate var logsOfAll: String? {
      log.map { log in
        log.hasPrefix("/")
          ? (log as NSString).deletingLastPathComponent + "/NAME.log" : log.replacing("-\(name)-", with: "-NAME-")
      }
    }
  }

  /// A table of 80 columns at most, then what is wrong in sentences, then where the logs are.
  public var table: String {
    let head = ["NAME", "STATE", "VERSION", "PORT", "PROCS", "CONNS", "PID"]
    let body = rows.map { row -> [String] in
      let numbers = [row.port, row.processes, row.connections, row.pid.map(Int.init)].map { $0.map(String.init) ?? "–" }
      return [row.name, row.stateInOneWord, row.version ?? "–"] + numbers
    }
    let defects = rows.filter { $0.state != $0.stateInOneWord }.flatMap {
      TerminalText.wrapped("\($0.name) \($0.state)")
    }
    let logs = Set(rows.compactMap(\.logsOfAll)).sorted().map { "logs: \($0)" }
    let table = TextTable(head.map { _ in .left }, [head] + body).lines.map { $0.replacing(/\ +$/, with: "") }
    return (table + (defects + logs).map(\.escapingControls)).joined(separator: "\n")
  }
}

extension StackDeployment {
  /// Looks, and changes nothing.
  public func status(_ names: [String]) throws(DeploymentError) -> StackStatus {
    let stack = Stack.read(state.stack)
    let connections = stack?.postgres?.connections
    var runtime = runtime
    switch kind {
    case .docker: try runtime.checkPrograms()
    // Without an interpreter it can still be told what is up.
    case .process, .compose, .external: try? runtime.checkPrograms()
    }
    let running = try runtime.running()

    var rows = [try postgresRow(stack?.postgres, connections, runtime)]
    for target in configuration.known where names.contains(target.name) {
      guard let server = stack?[target.name] else {
        rows.append(StackStatus.Row(name: target.name, state: "down"))
        continue
      }
      let isOutOfDate = runtime.fingerprint(of: target).map { $0 != server.fingerprint } ?? false
      let defect = server.defect(target, connections: connections)
      rows.append(
        StackStatus.Row(
          name: server.name, state: defect ?? (isOutOfDate ? "out of date" : "up"), version: server.version,
          port: server.port, processes: running[server.name] ?? 0, connections: connections?[server.name] ?? 0,
          pid: server.process?.pid, log: server.log))
    }
    return StackStatus(rows: rows)
  }

  private func postgresRow(
    _ postgres: Stack.Postgres?, _ connections: [String: Int]?, _ runtime: any StackRuntime
  ) throws(DeploymentError) -> StackStatus.Row {
    guard let postgres else { return StackStatus.Row(name: "postgres", state: "down") }
    return StackStatus.Row(
      name: "postgres", state: connections == nil ? "does not answer" : "up",
      version: postgres.version.split(separator: " ").first.map(String.init), port: postgres.port,
      processes: try runtime.postgresProcesses(), connections: connections?.values.reduce(0, +),
      pid: postgres.process?.pid, log: postgres.log)
  }
}

extension Stack.Server {
  /// Why it cannot be used as it is; nil where it can.
  ///
  /// - Parameter connections: the open connections by target; nil where the database does not answer.
  func defect(_ target: Target, connections: [String: Int]?) -> String? {
    if let process, !process.isAlive { return "has died (pid \(process.pid))" }
    guard LoopbackProbe.status(port: port, path: target.ready.path, timeout: .seconds(5)) == 200 else {
      return "does not answer GET \(target.ready.path) with 200"
    }
    guard let connections else { return "has lost its database" }
    let open = connections[name] ?? 0
    guard open >= target.connectionsWhenReady else {
      return "has \(open) of \(target.connectionsWhenReady) database connections: a worker is missing"
    }
    return nil
  }
}

extension Stack.Postgres {
  /// The open connections by target; nil where it does not answer or its process is gone.
  var connections: [String: Int]? {
    if let process, !process.isAlive { return nil }
    return try? DatabaseConnection(self, timeout: .seconds(5)).connectionCounts()
  }
}
