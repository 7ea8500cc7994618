import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Reports
import Stack
import Testing
import WireFormats

extension Exclusive.ParityTests {
  @Test(.selected(.dbWrite)) func dbWrite() async throws {
    try await Comparison.of(.dbWrite) { all in
      let table = try all.table(
        for: "an accepted request inserts its row", "a refused request inserts nothing")
      defer { _ = try? table?.connection.deleteBenchUsers() }
      for _ in 0..<3 {
        let drawn = BenchUser(id: 0, name: all.input.word(), email: all.input.word(), bio: all.input.word(100...400))
        assertInserted(drawn, all, table)
      }
      assertInserted(BenchUser(id: 0, name: all.input.unicodeText(), email: "", bio: "é 中 😀"), all, table)
      let word = all.input.word()
      let valid = #"{"name":"\#(word)","email":"e","bio":"b","more":1}"#
      all.check(post(valid), Answer(201, ["content-type": .mediaType("application/json")], .contains(word)), times: 2)
      all.check(
        HTTPRequest("POST", "/db", body: .bytes(Array(valid.utf8))), Answer(201), difference: .untypedJSONBody)

      for body in refused {
        all.check(post(body), .jsonError(400))
        guard let table else { continue }
        all.verify("the rows that POST /db \(body.shown) inserts", is: 0) { party in
          let before = try table.connection.benchUserCount()
          _ = try party.exchange(post(body))
          return try table.connection.benchUserCount() - before
        }
      }
    }
  }

  /// Posts the user on two requests of one connection, and asserts the answers and the rows.
  private func assertInserted(_ user: BenchUser, _ all: Comparison, _ table: BenchTable?) {
    let body = user.json.replacing(#"{"id":0,"#, with: "{")
    let expected = Inserted(status: 201, body: user.json, row: table == nil ? nil : user, rows: table == nil ? nil : 1)
    all.verify("POST /db \(body.shown), and the row in the table", is: [expected, expected]) { party in
      // What another target inserts late is not this one's.
      try table?.waitUntilQuiet()
      var conversation = try party.connect()
      return try (1...2).map { _ in
        let before = try table?.connection.benchUserCount()
        var inserted = try inserted(conversation.exchange(post(body)), table)
        if let before, let after = try table?.connection.benchUserCount() { inserted.rows = after - before }
        return inserted
      }
    }
  }

  private func post(_ body: String) -> HTTPRequest {
    HTTPRequest(
      "POST", "/db", fields: [HTTPField("content-type", "application/json")], body: .bytes(Array(body.utf8)))
  }

  /// What is no object, lacks a field, or holds what the database cannot.
  private var refused: [String] {
    let fields = ["name", "email", "bio"]
    func object(_ name: String, _ value: String?) -> String {
      "{"
        + fields.compactMap { $0 == name ? value.map { #""\#(name)":\#($0)"# } : #""\#($0)":"x""# }
        .joined(separator: ",") + "}"
    }
    return ["", "{", "[]", "null", #""x""#, "7", "{}", #"{"name":"x","email":"y","bio":"z""#]
      + fields.flatMap { name in [nil, "null", "7", "[]", #""\u0000""#, #""\ud800""#].map { object(name, $0) } }
  }

  private func inserted(_ response: HTTPResponse, _ table: BenchTable?) throws -> Inserted {
    struct Row: Decodable {
      var id: Int
    }
    guard let id = try? JSONDecoder().decode(Row.self, from: Data(response.body)).id, id > 1000 else {
      return Inserted(status: response.status, body: response.text, row: nil)
    }
    var row = try table?.connection.benchUser(id: id)
    row?.id = 0
    // The id is the database's choice; everything else is compared literally.
    let body = response.text.unescaped.replacing(#"{"id":\#(id),"#, with: #"{"id":0,"#)
    return Inserted(status: response.status, body: body, row: row)
  }
}

/// An answer, and the row of the id it gives.
private struct Inserted: Equatable, CustomStringConvertible {
  var status: Int
  var body: String
  var row: BenchUser?
  /// How many rows the table has more than before.
  var rows: Int?

  var description: String {
    (rows.map { "\($0) more in the table, " } ?? "")
      + "\(status) \(body.shown) and \(row.map { "the row \($0.json.shown)" } ?? "no row")"
  }
}
