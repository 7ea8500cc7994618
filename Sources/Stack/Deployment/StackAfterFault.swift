import LoadEngine

// What is looked at and put right after something was broken on purpose.

extension Stack.Server {
  /// Whether it answers the request that tells that it is up.
  package var answers: Bool { LoopbackProbe.status(port: port, path: "/ping", timeout: .seconds(5)) == 200 }
}

extension Stack.Postgres {
  /// Takes away the rows that were inserted, and seeds the table again where its first rows are not as they were.
  package func restoreContent(fixtures: String) throws(DeploymentError) {
    let content = try DatabaseContent(fixtures: fixtures)
    try DeploymentError.database { () throws(DatabaseError) in
      let connection = try DatabaseConnection(self)
      try connection.deleteBenchUsers()
      try connection.restoreBenchUsers()
      if try connection.seedDefect() != nil { try connection.seed(content) }
    }
  }
}
