import LoadEngine
import SeededRandom
import Stack
import WireFormats

/// Inserts a row as the load does, and looks for it in the table: it has to be there when the answer is, under the id that
/// the answer gives.
final class InsertedRow: WorkProbe {
  static let name = "a row inserted and read back"
  private let database: DatabaseConnection
  private var random: SplitMix64

  init(_ postgres: Stack.Postgres, seed: UInt64) throws {
    database = try DatabaseConnection(postgres)
    random = SplitMix64(seed: seed)
  }

  func look(_ conversation: inout ProbeConversation, _ time: ProbeTime) throws -> String? {
    var user = BenchUser.written(drawnFrom: &random)
    let response = try conversation.exchange(.inserting(user))
    guard response.status == 201, let id = response.text.firstMatch(of: /^\{"id":([0-9]{1,18}),/).map(\.output.1) else {
      return "POST /db was answered by \(response.shown)"
    }
    user.id = Int(id)!
    guard response.text == user.json else {
      return "POST /db of {\(user.jsonMembers)} was answered by \(response.shown)"
    }
    let row = try database.benchUser(id: user.id)
    guard row != user else { return nil }
    let found = row.map { "the row is \($0.json)" } ?? "there is no such row"
    return "POST /db was answered by \(response.shown), and \(found)"
  }
}
