import LoadEngine
import Stack

extension Scenario {
  public static let dbRead = Scenario(
    "db-read", summary: "One row by primary key from PostgreSQL through an asyncpg pool; ids are drawn from 1 to 1000.",
    verification: "Status 200 and every byte of the row that was asked for.", usesDatabase: true
  ) { material in
    .http(
      material.users.map { user in
        HTTPExchange(
          HTTPRequest("GET", "/db/\(user.id)"),
          expecting: Expectation(body: .exactly(Array(#"{"id":\#(user.id),\#(user.jsonMembers)}"#.utf8))))
      })
  }
}

extension BenchUser {
  /// The row without its id as the members of a compact JSON object; seeded and drawn rows need no escapes.
  package var jsonMembers: String { #""name":"\#(name)","email":"\#(email)","bio":"\#(bio)""# }
}
