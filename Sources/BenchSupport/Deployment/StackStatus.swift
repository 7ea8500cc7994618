import Foundation

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
  }

  public var table: String {
    let head = ["NAME", "STATE", "VERSION", "PORT", "PROCESSES", "CONNECTIONS", "PID", "LOG"]
    let body = rows.map { row -> [String] in
      let numbers = [row.port, row.processes, row.connections, row.pid.map(Int.init)].map { $0.map(String.init) ?? "–" }
      return [row.name, row.state, row.version ?? "–"] + numbers + [row.log ?? "–"]
    }
    let lines = [head] + body
    let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      let cells = zip(line, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return cells.joined(separator: "  ").replacing(/\ +$/, with: "")
    }.joined(separator: "\n")
  }
}

extension ProcessDeployment {
  /// Looks, and changes nothing.
  public func status(_ names: [String]) -> StackStatus {
    let stack = Stack.read(state.stack)
    let connections = stack?.postgres.flatMap(StackHealth.connections)
    let interpreter = try? Interpreter.find(configuration.python, environment: environment, interrupts)
    let fingerprints = interpreter.map { ContestantFingerprints(configuration.checkout, $0) }
    let running = ServerProcesses(state: state).running()

    var rows = [postgresRow(stack?.postgres, connections)]
    for contestant in configuration.known where names.contains(contestant.name) {
      guard let server = stack?[contestant.name] else {
        rows.append(StackStatus.Row(name: contestant.name, state: "down"))
        continue
      }
      let isOutOfDate = fingerprints.map { $0[contestant] != server.fingerprint } ?? false
      let defect = StackHealth.defect(of: server, contestant, connections: connections)
      rows.append(
        StackStatus.Row(
          name: server.name, state: defect ?? (isOutOfDate ? "out of date" : "up"), version: server.version,
          port: server.port, processes: running[server.name]?.count ?? 0, connections: connections?[server.name] ?? 0,
          pid: server.process?.pid, log: server.log))
    }
    return StackStatus(rows: rows)
  }

  private func postgresRow(_ postgres: Stack.Postgres?, _ connections: [String: Int]?) -> StackStatus.Row {
    guard let postgres else { return StackStatus.Row(name: "postgres", state: "down") }
    let cluster = PostgresCluster(state: state, environment: environment, interrupts: interrupts, progress: progress)
    return StackStatus.Row(
      name: "postgres", state: connections == nil ? "does not answer" : "up",
      version: postgres.version.split(separator: " ").first.map(String.init), port: postgres.port,
      processes: cluster.processes().count, connections: connections?.values.reduce(0, +), pid: postgres.process?.pid,
      log: postgres.log)
  }
}
