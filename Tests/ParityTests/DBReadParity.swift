import BenchSupport
import BenchTesting
import LoadEngine
import Reports
import Stack
import Testing

extension Exclusive.ParityTests {
  @Test(.selected(.dbRead)) func dbRead() async throws {
    try await Comparison.of(.dbRead) { all in
      let table = try all.table(for: "the rows that are asked for are those in the table")
      for id in [1, 1000] + (0..<8).map({ _ in all.input.integer(1...1000) }) {
        let user = BenchUser.seeded(id: id)
        if let table { #expect(try table.connection.benchUser(id: id) == user) }
        all.check(HTTPRequest("GET", "/db/\(id)"), .json(user.json), times: 2)
      }
      for id in [0, all.input.integer(2_000_000_000...Int.max)] {
        all.check(HTTPRequest("GET", "/db/\(id)"), .jsonError(404), times: 2)
      }
      if let table { assertCurrent(all, table) }
      all.check(HTTPRequest("GET", "/db/x\(all.input.word())"), .jsonError(404), difference: .nonIntegerID)
    }
  }

  /// A row that changes, comes and goes is read as it is now: nothing is kept from before.
  private func assertCurrent(_ all: Comparison, _ table: BenchTable) {
    let seeded = BenchUser.seeded(id: all.input.integer(1...1000))
    var changed = seeded
    changed.bio += " Since today also \(all.input.word())."
    let new = BenchUser(id: 1_000_000 + all.input.integer(0...999), name: "new", email: "", bio: all.input.word())
    defer {
      _ = try? table.connection.put(seeded)
      _ = try? table.connection.deleteBenchUsers(above: 1_000_000 - 1)
      _ = try? table.connection.execute("VACUUM (ANALYZE) bench_users")
    }
    let expected = [seeded.json, changed.json, changed.json]
    all.verify("GET /db/\(seeded.id) before and after its row was changed", is: expected) { party in
      let before = try everyone(party, seeded.id)
      // One that is in use, too: it may be answered otherwise than a new one.
      var inUse = try party.connect()
      for _ in 0..<32 { _ = try inUse.exchange(HTTPRequest("GET", "/db/\(seeded.id)")) }
      try table.connection.put(changed)
      defer { _ = try? table.connection.put(seeded) }
      let kept = try inUse.exchange(HTTPRequest("GET", "/db/\(seeded.id)")).text
      return try before + everyone(party, seeded.id) + [kept]
    }
    let absent = [404]
    all.verify("GET /db/\(new.id) before, while and after there is such a row", is: [absent, [200], absent]) { party in
      func statuses() throws -> [Int] { try Set(answers(party, new.id).map(\.status)).sorted() }
      let before = try statuses()
      try table.connection.put(new)
      let meanwhile = try statuses()
      try table.connection.query("DELETE FROM bench_users WHERE id = $1", ["\(new.id)"])
      return [before, meanwhile, try statuses()]
    }
  }

  /// What all workers answer, as far as many connections reach them all.
  private func everyone(_ party: Party, _ id: Int) throws -> [String] {
    try Set(answers(party, id).map(\.text)).sorted()
  }

  private func answers(_ party: Party, _ id: Int) throws -> [HTTPResponse] {
    try (1...4 * Target.workers).map { _ in try party.exchange(HTTPRequest("GET", "/db/\(id)")) }
  }
}

extension DatabaseConnection {
  /// Inserts a row, or gives the row with its id these values.
  fileprivate borrowing func put(_ user: BenchUser) throws(DatabaseError) {
    try query(
      """
      INSERT INTO bench_users (id, name, email, bio) VALUES ($1, $2, $3, $4)
      ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email, bio = excluded.bio
      """, ["\(user.id)", user.name, user.email, user.bio])
  }
}
