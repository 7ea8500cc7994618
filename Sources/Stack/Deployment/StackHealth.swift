/// Whether what is written down is really up.
package struct StackHealth {
  /// Why a server cannot be used as it is; nil where it can.
  ///
  /// - Parameter connections: the open connections by target; nil where the database does not answer.
  package static func defect(
    of server: Stack.Server, _ target: Target, connections: [String: Int]?
  ) -> String? {
    if let process = server.process, !process.isAlive { return "has died (pid \(process.pid))" }
    guard LoopbackProbe.status(port: server.port, path: target.ready.path, timeout: .seconds(5)) == 200 else {
      return "does not answer GET \(target.ready.path) with 200"
    }
    guard let connections else { return "has lost its database" }
    let open = connections[server.name] ?? 0
    guard open >= target.connectionsWhenReady else {
      return "has \(open) of \(target.connectionsWhenReady) database connections: a worker is missing"
    }
    return nil
  }

  /// The open connections by target; nil where the database does not answer or its process is gone.
  package static func connections(_ postgres: Stack.Postgres) -> [String: Int]? {
    if let process = postgres.process, !process.isAlive { return nil }
    return try? DatabaseConnection(postgres, timeout: .seconds(5)).connectionCounts()
  }
}
