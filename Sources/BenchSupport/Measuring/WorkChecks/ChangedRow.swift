import LoadEngine
import SeededRandom
import Stack

/// Changes a row through a connection of its own, and asks the target for it: the answer has to be the row as it is now.
///
/// The load asks for the same rows, so a target that keeps what it has read once has read them.
final class ChangedRow: WorkProbe {
  static let name = "rows that change"
  private let database: DatabaseConnection
  private var random: SplitMix64

  init(_ postgres: Stack.Postgres, seed: UInt64) throws {
    database = try DatabaseConnection(postgres)
    random = SplitMix64(seed: seed)
  }

  func look(_ conversation: inout ProbeConversation, _ time: ProbeTime) throws -> String? {
    let id = 1 + random.next(below: DatabaseConnection.seededRows)
    guard let user = try database.benchUser(id: id) else { return "the row \(id) is not in the table" }
    defer { _ = try? database.restoreBenchUsers() }
    try database.changeBenchUser(id: id)
    if let failure = try ask(&conversation, for: user.changed, "was changed") { return failure }
    try database.restoreBenchUsers()
    return try ask(&conversation, for: user, "was changed back")
  }

  /// Every change leaves a dead row behind, and nothing else takes them away.
  func end() throws {
    try database.execute("VACUUM bench_users")
  }

  private func ask(_ conversation: inout ProbeConversation, for user: BenchUser, _ what: String) throws -> String? {
    let response = try conversation.exchange(HTTPRequest("GET", "/db/\(user.id)"))
    guard response.status != 200 || response.text != user.json else { return nil }
    return "after the row \(user.id) \(what), GET /db/\(user.id) was answered by \(response.shown)"
  }
}
