import LoadEngine
import Stack

extension Scenario {
  public static let dbRead = Scenario(
    "db-read", summary: "One row by primary key from PostgreSQL through an asyncpg pool; ids are drawn from 1 to 1000.",
    verification: """
      Status 200 and every byte of the row that was asked for; beside it, PostgreSQL counts one statement for each answer, \
      and rows that are changed under load are answered as they are then.
      """,
    statementsPerExchange: 1, probe: .changedRow, exchangesToCount: 48
  ) { material in
    .http(
      material.users.map { user in
        var expectation = Expectation(head: .json, body: .exactly(Array(user.json.utf8)))
        // Some rows are changed while the load runs.
        expectation.otherBody = .exactly(Array(user.changed.json.utf8))
        return HTTPExchange(HTTPRequest("GET", "/db/\(user.id)"), expecting: expectation)
      })
  }
}

extension BenchUser {
  /// The row as compact JSON; rows that are seeded, drawn or changed need no escapes.
  package var json: String { #"{"id":\#(id),\#(jsonMembers)}"# }

  /// The row without its id.
  package var jsonMembers: String { #""name":"\#(name)","email":"\#(email)","bio":"\#(bio)""# }
}
