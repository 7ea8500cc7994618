/// One row of the table `bench_users`.
public struct BenchUser: Equatable, Sendable {
  public var id: Int
  public var name: String
  public var email: String
  public var bio: String

  public init(id: Int, name: String, email: String, bio: String) {
    self.id = id
    self.name = name
    self.email = email
    self.bio = bio
  }

  /// A row as `fixtures/sql/seed.sql` makes it, for whoever measures without a way to the database.
  public static func seeded(id: Int) -> BenchUser {
    BenchUser(
      id: id, name: "user-\(id)", email: "user-\(id)@example.com",
      bio: "User number \(id) keeps a garden by the river, bakes bread on Sundays"
        + " and writes long letters to friends in four towns.")
  }

  /// The row as it is for the moment in which somebody looks whether a target reads it anew.
  public var changed: BenchUser {
    BenchUser(id: id, name: name, email: email, bio: bio + BenchUser.markOfChange)
  }

  fileprivate static let markOfChange = " This row was changed under load."
}

/// What the suite asks the table `bench_users`. Seeded rows have the ids 1 to 1,000; what targets insert
/// comes after them.
extension DatabaseConnection {
  public static var seededRows: Int { 1000 }

  /// Makes the table where it is missing and gives it its first content, then checks that this is what it has.
  borrowing func seed(_ content: DatabaseContent) throws(DatabaseError) {
    try execute(content.schema)
    try execute(content.seed)
    try beginCountingStatements()
    if let detail = try seedDefect() {
      throw .unexpectedAnswer(statement: "fixtures/sql/seed.sql", detail: detail)
    }
  }

  /// What is wrong with the seeded rows; nil where nothing is.
  borrowing func seedDefect() throws(DatabaseError) -> String? {
    let row = try query(
      """
      SELECT count(*), min(id), max(id), count(*) FILTER (WHERE name = 'user-' || id
        AND email = 'user-' || id || '@example.com' AND position('User number ' || id || ' ' IN bio) = 1)
      FROM bench_users
      """)[0].map { $0.flatMap(Int.init) }
    let expected = [Self.seededRows, 1, Self.seededRows, Self.seededRows]
    guard row != expected else { return nil }
    let shown = row.map { $0.map(String.init) ?? "none" }
    return "\(shown[0]) rows with ids \(shown[1]) to \(shown[2]), \(shown[3]) of them as seeded"
  }

  public borrowing func benchUser(id: Int) throws(DatabaseError) -> BenchUser? {
    try users("SELECT id, name, email, bio FROM bench_users WHERE id = $1", [String(id)]).first
  }

  /// The rows with a higher id, in the order of their ids: what was inserted since the seed.
  public borrowing func benchUsers(above id: Int = Self.seededRows) throws(DatabaseError) -> [BenchUser] {
    try users("SELECT id, name, email, bio FROM bench_users WHERE id > $1 ORDER BY id", [String(id)])
  }

  public borrowing func benchUserCount(above id: Int = 0) throws(DatabaseError) -> Int {
    try integer("SELECT count(*) FROM bench_users WHERE id > $1", [String(id)])
  }

  /// Makes a row ``BenchUser/changed``, and nothing where it is so already.
  package borrowing func changeBenchUser(id: Int) throws(DatabaseError) {
    try query(
      "UPDATE bench_users SET bio = bio || $2::text WHERE id = $1 AND right(bio, char_length($2::text)) <> $2::text",
      [String(id), BenchUser.markOfChange])
  }

  /// Takes the changes of rows back, also those that a run has left which did not come to its end.
  package borrowing func restoreBenchUsers() throws(DatabaseError) {
    try query(
      """
      UPDATE bench_users SET bio = left(bio, -char_length($2::text))
      WHERE id <= $1 AND right(bio, char_length($2::text)) = $2::text
      """, [String(Self.seededRows), BenchUser.markOfChange])
  }

  /// The rows with a higher id, each content once, with how many have it. The ids are those of the first.
  package borrowing func benchUserContents(
    above id: Int = Self.seededRows
  ) throws(DatabaseError) -> [(user: BenchUser, count: Int)] {
    let statement = """
      SELECT min(id), name, email, bio, count(*) FROM bench_users WHERE id > $1
      GROUP BY name, email, bio ORDER BY 1
      """
    var contents: [(user: BenchUser, count: Int)] = []
    for row in try query(statement, [String(id)]) {
      guard let count = row.last.flatMap(\.self).flatMap({ Int($0) }) else {
        throw .unexpectedAnswer(statement: statement, detail: "\(row)")
      }
      contents.append((try Self.user(row.dropLast(), statement), count))
    }
    return contents
  }

  /// Deletes the rows with a higher id and leaves no dead ones behind: automatic vacuuming is off, so that none
  /// happens in the middle of a measurement.
  ///
  /// - Returns: the number of rows deleted.
  @discardableResult
  public borrowing func deleteBenchUsers(above id: Int = Self.seededRows) throws(DatabaseError) -> Int {
    let statement = "WITH gone AS (DELETE FROM bench_users WHERE id > $1 RETURNING 1) SELECT count(*) FROM gone"
    let count = try integer(statement, [String(id)])
    if count > 0 { try execute("VACUUM (ANALYZE) bench_users") }
    return count
  }

  /// Makes the ids of new rows as long as they were every time before: six digits.
  public borrowing func beginCountedRows() throws(DatabaseError) {
    try deleteBenchUsers()
    try query("SELECT setval(pg_get_serial_sequence('bench_users', 'id'), 100000)")
  }

  /// Open connections of clients by the name they gave, such as `sanic`.
  borrowing func connectionCounts() throws(DatabaseError) -> [String: Int] {
    let rows = try query(
      """
      SELECT application_name, count(*) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND datname = current_database() GROUP BY 1
      """)
    return Dictionary(rows.map { ($0[0] ?? "", $0[1].flatMap(Int.init) ?? 0) }, uniquingKeysWith: +)
  }

  /// Such as `15.18 (Debian 15.18-0+deb12u1)`.
  borrowing func serverVersion() throws(DatabaseError) -> String {
    try query("SHOW server_version")[0][0] ?? ""
  }

  private borrowing func integer(_ statement: String, _ parameters: [String?] = []) throws(DatabaseError) -> Int {
    guard let text = try query(statement, parameters).first?.first, let number = text.flatMap({ Int($0) }) else {
      throw .unexpectedAnswer(statement: statement, detail: "no number")
    }
    return number
  }

  private borrowing func users(_ statement: String, _ parameters: [String?]) throws(DatabaseError) -> [BenchUser] {
    var users: [BenchUser] = []
    for row in try query(statement, parameters) { users.append(try Self.user(row, statement)) }
    return users
  }

  private static func user(_ row: [String?], _ statement: String) throws(DatabaseError) -> BenchUser {
    guard row.count == 4, let id = row[0].flatMap({ Int($0) }), let name = row[1], let email = row[2], let bio = row[3]
    else {
      throw .unexpectedAnswer(statement: statement, detail: "\(row)")
    }
    return BenchUser(id: id, name: name, email: email, bio: bio)
  }
}
