import BenchTesting
import CLibpq
import Foundation
import Profiling
import TestSupport
import Testing

@testable import Stack

extension Exclusive.StackTests {
  /// One cluster for all of it: making one takes a second or two.
  @Suite struct DatabaseTests {
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
        PostgresSettings.values(targets: 4, observesStatements: isObserved), content, deathSignal: nil)
      defer { try? cluster.remove() }

      try settings(postgres)
      try statistics(postgres, isObserved: isObserved)
      try rows(postgres)
      try changes(postgres)
      try counts(postgres, isObserved: isObserved)
      try errors(postgres)
      try foreign(postgres)
      try reseeding(postgres, content)
      try stopped(postgres, cluster)

      try cluster.remove()
      #expect(cluster.processes().isEmpty)
      #expect(!FileManager.default.fileExists(atPath: state.postgres))
      let error = #expect(throws: DatabaseError.self) { _ = try DatabaseConnection(postgres, timeout: .seconds(2)) }
      #expect(
        error?.description.hasPrefix("no connection to PostgreSQL at \(state.postgres):\(postgres.port): ") == true)
    }

    /// Clients are sent away, and find what was there at the same place when it is up again.
    private func stopped(_ postgres: Stack.Postgres, _ cluster: PostgresCluster) throws {
      try DatabaseConnection(postgres).execute("INSERT INTO bench_users (name, email, bio) VALUES ('kept', 'k', 'k')")
      let connection = try DatabaseConnection(postgres)
      try cluster.stop(keepingContent: true)
      #expect(cluster.processes().isEmpty && postgres.process?.isAlive == false)
      #expect(throws: DatabaseError.self) { try connection.serverVersion() }
      let again = try cluster.start(again: postgres, deathSignal: nil)
      #expect(again.process?.isAlive == true && again.process != postgres.process)
      #expect((again.port, again.settings) == (postgres.port, postgres.settings))
      #expect(try DatabaseConnection(again).benchUsers().map(\.name).contains("kept"))
      try again.restoreContent(fixtures: Checkout.find().fixtures)
      #expect(try DatabaseConnection(again).benchUsers().isEmpty)
      #expect(try DatabaseConnection(again).seedDefect() == nil)
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
      let connection = try DatabaseConnection(postgres, isCounted: true)
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

    private func changes(_ postgres: Stack.Postgres) throws {
      let database = try DatabaseConnection(postgres)
      for _ in 1...2 { try database.changeBenchUser(id: 7) }
      #expect(try database.benchUser(id: 7) == BenchUser.seeded(id: 7).changed)
      #expect(try database.benchUser(id: 8) == BenchUser.seeded(id: 8))
      for _ in 1...2 { try database.restoreBenchUsers() }
      #expect(try database.benchUsers(above: 0) == (1...1000).map(BenchUser.seeded))

      try database.execute(
        "INSERT INTO bench_users (name, email, bio) VALUES ('a', 'b', 'c'), ('a', 'b', ''), ('a', 'b', 'c')")
      let contents = try database.benchUserContents()
      #expect(contents.map(\.user.bio) == ["c", ""] && contents.map(\.count) == [2, 1])
      try database.deleteBenchUsers()
    }

    /// Each statement on the table at once, with its rows; none on another one, and none of this program.
    private func counts(_ postgres: Stack.Postgres, isObserved: Bool) throws {
      let database = try DatabaseConnection(postgres)
      guard isObserved else {
        #expect(try database.statementCount() == nil)
        return
      }
      let before = try #require(try database.statementCount())
      let callsBefore = try #require(try database.statementCalls())
      let other = try DatabaseConnection(postgres, isCounted: true)
      for id in ["7", "8", "0"] { try other.query("SELECT bio FROM bench_users WHERE id = $1", [id]) }
      try other.query("SELECT 1")
      try database.query("SELECT bio FROM bench_users WHERE id = $1", ["9"])
      #expect(try #require(try database.statementCount()) - before == StatementCount(calls: 3, rows: 2))
      let calls = try #require(try database.statementCalls())
      #expect(
        calls["SELECT bio FROM bench_users WHERE id = $1"] == 3
          && calls["SELECT $1"] == 1 + (callsBefore["SELECT $1"] ?? 0))
      #expect(try other.statementCount() == nil && other.statementCalls() == nil)
    }

    /// What a user may have set for other databases: each of these leads libpq elsewhere or keeps it from connecting.
    private func foreign(_ postgres: Stack.Postgres) throws {
      for (path, mode) in [
        (".pgpass", 0o644), (".postgresql/postgresql.crt", 0o644), (".postgresql/postgresql.key", 0o666),
      ] {
        folder.write("home/" + path, "x")
        chmod(folder.path + "/home/" + path, mode_t(mode))
      }
      folder.write("home/.pg_service.conf", "[elsewhere]\nhost=192.0.2.1\n")
      let variables = [
        "PGSERVICE": "elsewhere", "PGSERVICEFILE": "/nowhere", "PGSYSCONFDIR": "/nowhere", "PGHOST": "192.0.2.1",
        "PGHOSTADDR": "192.0.2.1", "PGPORT": "1", "PGUSER": "other", "PGDATABASE": "other", "PGPASSWORD": "other",
        "PGPASSFILE": "/nowhere", "PGCHANNELBINDING": "require", "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/nowhere",
        "PGSSLCERT": "/nowhere", "PGSSLKEY": "/nowhere", "PGSSLMINPROTOCOLVERSION": "TLSv9", "PGREQUIREPEER": "other",
        "PGREQUIREAUTH": "none", "PGGSSENCMODE": "require", "PGTARGETSESSIONATTRS": "standby",
        "PGOPTIONS": "-c nosuch=1",
        "PGDATESTYLE": "nosuch", "PGTZ": "nosuch", "PGGEQO": "nosuch", "PGCLIENTENCODING": "nosuch",
        "PGCONNECT_TIMEOUT": "nosuch", "PGAPPNAME": "other", "PGLOADBALANCEHOSTS": "nosuch", "PGKRBSRVNAME": "other",
        "PGLOCALEDIR": "/nowhere",
      ]
      let settings = [
        "SHOOTOUT_DEPLOYMENT": "external", "SHOOTOUT_URLS": "reference=http://127.0.0.1:1",
        "HOME": folder.path + "/home",
        "SHOOTOUT_DATABASE_URL":
          "postgresql://\(postgres.user):\(postgres.password.value)@127.0.0.1:\(postgres.port)/\(postgres.database)",
      ]
      for hostile in [variables] + variables.map({ [$0.key: $0.value] }) {
        let run = try ProgramRun(["status"], environment: settings.merging(hostile) { $1 })
        let line = run.output.split(separator: "\n").first { $0.hasPrefix("postgres ") } ?? ""
        #expect(line.split(separator: " ").dropFirst().first == "up", "\(hostile.keys.sorted()): \(run.output)")
      }
    }

    @Test("Every variable of libpq begins with what is taken out of the environment")
    func variables() throws {
      let options = try #require(PQconndefaults())
      defer { PQconninfoFree(options) }
      var names: [String] = []
      for option in sequence(first: options, next: { $0 + 1 }).prefix(while: { $0.pointee.keyword != nil }) {
        if let name = option.pointee.envvar { names.append(String(cString: name)) }
      }
      #expect(names.count > 20)
      #expect(names.filter { !$0.hasPrefix(ConnectionParameters.prefixOfVariables) } == [])
    }

    @Test("A connection to the private cluster is told all that libpq would look for elsewhere")
    func parameters() {
      let postgres = Stack.Postgres(
        version: "15", host: "127.0.0.1", port: 5433, socketDirectory: "/state/postgres", user: "bench",
        database: "bench",
        password: Secret("p"))
      let none = "/dev/null/none"
      #expect(
        ConnectionParameters(postgres, timeout: .seconds(30)).values == [
          "host": "/state/postgres", "port": "5433", "user": "bench", "dbname": "bench", "password": "p",
          "application_name": "framework-shootout", "connect_timeout": "30", "client_encoding": "UTF8",
          "options": "-c statement_timeout=30000", "passfile": none, "sslmode": "disable", "sslcert": none,
          "sslkey": none,
          "sslrootcert": none, "sslcrl": none, "gssencmode": "disable",
        ])
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
