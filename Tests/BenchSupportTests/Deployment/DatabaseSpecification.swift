import BenchTesting
import Foundation
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportSpecification {
  /// One cluster for all of it: making one takes a second or two.
  @Suite struct DatabaseSpecification {
    private let folder = TemporaryDirectory()

    @Test("A cluster is made, seeded, asked and taken down without a trace")
    func cluster() throws {
      let state = StateDirectory(path: folder.path)
      try state.prepare()
      let cluster = PostgresCluster(
        state: state, environment: ProcessInfo.processInfo.environment, interrupts: .none, progress: .silent)
      let content = try DatabaseContent(fixtures: Checkout.find().fixtures)
      let isObserved = StatementStatistics.isInstalled(ProgramSearch(environment: cluster.environment))
      let postgres = try cluster.start(
        PostgresSettings.values(contestants: 4, observesStatements: isObserved), content, deathSignal: nil)
      defer { try? cluster.remove() }

      try settings(postgres)
      try statistics(postgres, isObserved: isObserved)
      try rows(postgres)
      try errors(postgres)
      try reseeding(postgres, content)

      try cluster.remove()
      #expect(cluster.processes().isEmpty)
      #expect(!FileManager.default.fileExists(atPath: state.postgres))
      let error = #expect(throws: DatabaseError.self) { _ = try DatabaseConnection(postgres, timeout: .seconds(2)) }
      #expect(
        error?.description.hasPrefix("no connection to PostgreSQL at \(state.postgres):\(postgres.port): ") == true)
    }

    private func settings(_ postgres: Stack.Postgres) throws {
      let connection = try DatabaseConnection(postgres)
      for (name, value) in postgres.settings { #expect(try connection.query("SHOW \(name)") == [[value]]) }
      #expect(try connection.query("SHOW listen_addresses") == [["127.0.0.1"]])
      #expect(postgres.settings["max_connections"] == "276")
      #expect(try connection.serverVersion() == postgres.version)
    }

    private func statistics(_ postgres: Stack.Postgres, isObserved: Bool) throws {
      let observer = DatabaseObserver(postgres: postgres)
      observer.forgetStatements()
      let connection = try DatabaseConnection(postgres)
      let before = try observer.counters(since: .now())
      for id in ["7", "8"] { try connection.query("SELECT name FROM bench_users WHERE id = $1", [id]) }
      #expect(try observer.counters(since: .now()).committed >= before.committed)
      let states = try observer.connections()
      #expect(states == [.init(application: "framework-shootout", state: "idle", count: 1)])
      let statements = observer.statements()
      #expect((statements != nil) == isObserved)
      guard let statements else { return }
      let ours = try #require(statements.first { $0.text == "SELECT name FROM bench_users WHERE id = $1" })
      #expect(ours.calls == 2 && ours.rows == 2 && ours.totalMs > 0)
    }

    private func rows(_ postgres: Stack.Postgres) throws {
      let connection = try DatabaseConnection(postgres)
      #expect(try connection.benchUserCount() == 1000)
      #expect(try connection.benchUser(id: 42)?.name == "user-42")
      #expect(try connection.benchUsers(above: 0) == (1...1000).map(BenchUser.seeded))
      #expect(try connection.benchUser(id: 1001) == nil)
      #expect(try connection.benchUsers() == [])
      #expect(try connection.connectionCounts() == ["framework-shootout": 1])

      let insert = "INSERT INTO bench_users (name, email, bio) VALUES ($1, $2, $3) RETURNING id"
      #expect(try connection.query(insert, ["Zoë", "z@example.com", "';--"]) == [["1001"]])
      #expect(
        try connection.benchUsers() == [BenchUser(id: 1001, name: "Zoë", email: "z@example.com", bio: "';--")])
      #expect(try connection.benchUserCount(above: 1000) == 1)
      #expect(try connection.seedDefect() == "1001 rows with ids 1 to 1001, 1000 of them as seeded")
      #expect(try connection.deleteBenchUsers() == 1)
      #expect(try connection.deleteBenchUsers() == 0)
      #expect(try connection.query("SELECT $1::text", [nil]) == [[nil]])
    }

    private func errors(_ postgres: Stack.Postgres) throws {
      let connection = try DatabaseConnection(postgres)
      let error = #expect(throws: DatabaseError.self) { try connection.query("SELECT *\n  FROM nothing") }
      #expect(
        error
          == .query(
            state: "42P01",
            message: #"ERROR:  relation "nothing" does not exist LINE 2:   FROM nothing                ^"#,
            statement: "SELECT * FROM nothing"))
      var wrong = postgres
      wrong.password = Secret("not-the-password")
      let refusal = #expect(throws: DatabaseError.self) { _ = try DatabaseConnection(wrong) }
      #expect(refusal?.description.contains("password authentication failed") == true)
      #expect(refusal?.description.contains("not-the-password") == false)
    }

    private func reseeding(_ postgres: Stack.Postgres, _ content: DatabaseContent) throws {
      let connection = try DatabaseConnection(postgres)
      try connection.execute("UPDATE bench_users SET name = 'other' WHERE id = 7")
      #expect(try connection.seedDefect() == "1000 rows with ids 1 to 1000, 999 of them as seeded")
      try connection.seed(content)
      #expect(try connection.seedDefect() == nil)
      var wrong = content
      wrong.seed = "DELETE FROM bench_users"
      #expect(throws: DatabaseError.self) { try connection.seed(wrong) }
      try connection.seed(content)
    }
  }
}
