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
      all.check(HTTPRequest("GET", "/db/x\(all.input.word())"), .jsonError(404), difference: .nonIntegerID)
    }
  }
}

extension BenchUser {
  /// As the contract has it, for text that needs no escapes.
  var json: String {
    #"{"id":\#(id),"name":"\#(name)","email":"\#(email)","bio":"\#(bio)"}"#
  }
}
