import LoadEngine

/// What a database needs after its start, wherever it runs.
extension Stack.Postgres {
  package static let startDeadline = Duration.seconds(60)

  /// Waits until it takes connections.
  ///
  /// - Parameters:
  ///   - log: how its log is looked at, and its last lines.
  ///   - failure: why it never will; nil while it may.
  package func waitUntilReady(
    _ interrupts: Interrupts, log: () -> (place: String, tail: [String]),
    failure: () throws(DeploymentError) -> DeploymentError?
  ) throws(DeploymentError) {
    let deadline = Instant.now() + Self.startDeadline
    while true {
      if let failure = try failure() { throw failure }
      let complaint: DatabaseError
      do throws(DatabaseError) {
        _ = try DatabaseConnection(self)
        return
      } catch {
        complaint = error
      }
      guard Instant.now() < deadline else {
        let log = log()
        throw .notReady(
          name: "postgres", after: Self.startDeadline, state: "\(complaint)", log: log.place, tail: log.tail)
      }
      try interrupts.sleep(.milliseconds(50))
    }
  }

  /// Asks for its version and gives it its first content.
  package mutating func fill(_ content: DatabaseContent, _ progress: DeploymentProgress) throws(DeploymentError) {
    do throws(DatabaseError) {
      version = try DatabaseConnection(self).serverVersion()
      try DatabaseConnection(self).seed(content)
    } catch {
      throw .database("\(error)")
    }
    progress.say("postgres: \(version), 1,000 rows seeded and checked, on 127.0.0.1:\(port)")
  }
}
