import LoadEngine
import SeededRandom
import Stack
import WireFormats

extension Scenario {
  public static let dbWrite = Scenario(
    "db-write", summary: "One row inserted into PostgreSQL from a JSON body, and returned.",
    verification: """
      Status 201 and the row that was sent, with an id; beside it, the new rows in the table are as many as the \
      acknowledged inserts and hold what was sent, PostgreSQL counts one statement for each, and rows are found under the \
      ids that were answered.
      """,
    insertsRows: true, statementsPerExchange: 1, probe: .insertedRow, exchangesToCount: 48
  ) { material in
    var random = SplitMix64(seed: material.seed)
    return .http(
      (0..<1000).map { _ in
        let user = BenchUser.written(drawnFrom: &random)
        let expected: [BodyPiece] = [
          .literal(Array(#"{"id":"#.utf8)), .digits, .literal(Array(",\(user.jsonMembers)}".utf8)),
        ]
        return HTTPExchange(
          .inserting(user), expecting: Expectation(status: 201, head: .json, body: .pattern(expected)))
      })
  }
}

extension HTTPRequest {
  static func inserting(_ user: BenchUser) -> HTTPRequest {
    HTTPRequest(
      "POST", "/db", fields: [HTTPField("content-type", "application/json")],
      body: .bytes(Array("{\(user.jsonMembers)}".utf8)))
  }
}

extension BenchUser {
  private static func written(_ number: String) -> BenchUser {
    BenchUser(
      id: 0, name: "writer-\(number)", email: "writer-\(number)@example.com", bio: "Written under load: \(number).")
  }

  static func written(drawnFrom random: inout SplitMix64) -> BenchUser {
    written(String(random.next(below: 1_000_000_000)))
  }

  /// Whether it may be a row of this scenario: all of it follows from one number.
  var isWritten: Bool {
    var likeIt = BenchUser.written(String(name.drop { $0 != "-" }.dropFirst()))
    likeIt.id = id
    return self == likeIt
  }
}
