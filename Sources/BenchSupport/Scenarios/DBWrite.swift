import LoadEngine
import SeededRandom
import Stack
import WireFormats

extension Scenario {
  public static let dbWrite = Scenario(
    "db-write", summary: "One row inserted into PostgreSQL from a JSON body, and returned.",
    verification: """
      Status 201 and the row that was sent, with an id; beside it, the new rows in the table are as many as the \
      acknowledged inserts.
      """,
    insertsRows: true
  ) { material in
    var random = SplitMix64(seed: material.seed)
    return .http(
      (0..<1000).map { _ in
        let number = random.next(below: 1_000_000_000)
        let user = BenchUser(
          id: 0, name: "writer-\(number)", email: "writer-\(number)@example.com", bio: "Written under load: \(number).")
        let expected: [BodyPiece] = [
          .literal(Array(#"{"id":"#.utf8)), .digits, .literal(Array(",\(user.jsonMembers)}".utf8)),
        ]
        return HTTPExchange(
          HTTPRequest(
            "POST", "/db", fields: [HTTPField("content-type", "application/json")],
            body: .bytes(Array("{\(user.jsonMembers)}".utf8))),
          expecting: Expectation(status: 201, head: .json, body: .pattern(expected)))
      })
  }
}
