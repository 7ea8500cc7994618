import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Reports
import Testing
import WireFormats

extension Exclusive.ParityTests {
  /// Beside the answer itself, what all answers have in common, and that the differences are documented.
  @Test(.selected(.ping)) func ping() async throws {
    try await Comparison.of(.ping) { all in
      let pong = Answer(
        200, ["content-type": .exactly("text/plain; charset=utf-8"), "content-length": .exactly("4")], .whole("pong"))
      all.check(HTTPRequest("GET", "/ping"), pong, times: 3)
      all.check(HTTPRequest("GET", "/ping"), Answer(200, ["x-request-id": .absent]), difference: .requestID)
      all.check(
        HTTPRequest("GET", "/ping"), Answer(200, ["date": .present, "server": .exactly("uvicorn")]),
        difference: .dateAndServer)
      all.check(HTTPRequest("GET", "/ping/"), Answer(404), difference: .trailingSlash)
      all.check(
        HTTPRequest("HEAD", "/ping"), Answer(405, ["allow": .exactly("GET")], .whole("")), difference: .headOnGet)
      all.check(HTTPRequest("POST", "/ping", body: .bytes([])), methodNotAllowed)

      let unknown = "/\(all.input.word(8...16))"
      all.check(HTTPRequest("GET", unknown), .jsonError(404), times: 2)
      all.check(
        HTTPRequest("GET", "/nope", fields: [HTTPField("accept", "text/html")]),
        Answer(404, ["content-type": .exactly("application/json")]), difference: .errorPage)
      try assertDocumented(all)
      try assertFairnessIsDocumented(all)
    }
  }

  private var methodNotAllowed: Answer {
    var answer = Answer.jsonError(405)
    answer.headers["allow"] = .present
    return answer
  }

  /// Every id that a target declares is asserted by a test, and every id stands in the table of the documentation,
  /// with an entry in the columns of just the targets that declare it.
  private func assertDocumented(_ all: Comparison) throws {
    let known = Set(Difference.allCases.map(\.rawValue))
    let path = all.fixtures + "/../docs/endpoints.md"
    let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      .filter { $0.hasPrefix("| ") }
      .map { $0.dropFirst().dropLast().split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    let columns = try #require(rows.first { $0.first == "id" }, "docs/endpoints.md has no table of differences")
    let documented = rows.filter { $0.count == columns.count && $0[0].hasPrefix("`") }
    #expect(documented.map { $0[0].filter { $0 != "`" } }.sorted() == known.sorted(), "docs/endpoints.md")

    for party in all.parties {
      let target = party.target
      let declared = Set(party.differences.keys)
      let unknown = declared.subtracting(known).sorted()
      #expect(unknown.isEmpty, "\(target.name)/framework.json declares what no test asserts")
      let column = columns.firstIndex(of: target.name)
      let described = documented.filter { row in column.map { !row[$0].isEmpty } ?? false }
        .map { $0[0].filter { $0 != "`" } }
      #expect(Set(described) == declared, "docs/endpoints.md and \(target.name)/framework.json")
    }
  }

  /// Every scenario that `docs/fairness.md` names has a row, with a page, for every framework that it names.
  private func assertFairnessIsDocumented(_ all: Comparison) throws {
    let text = try String(contentsOfFile: all.fixtures + "/../docs/fairness.md", encoding: .utf8)
    let section = try #require(
      text.components(separatedBy: "\n## Scenarios\n").last?.components(separatedBy: "\n## ").first)
    let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
      .map { $0.dropFirst().dropLast().split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    let frameworks = Set(rows.compactMap { $0.dropFirst().first })
    #expect(frameworks.isSuperset(of: ["aquilia", "sanic", "fastapi"]), "docs/fairness.md")
    let scenarios = Set(rows.map { $0[0] })
    #expect(scenarios.isSubset(of: Scenario.names.map { "`\($0)`" }), "docs/fairness.md")
    let expected = scenarios.flatMap { scenario in frameworks.map { "\(scenario) \($0)" } }
    #expect(rows.map { "\($0[0]) \($0[1])" }.sorted() == expected.sorted(), "docs/fairness.md")
    #expect(rows.allSatisfy { $0.count == 5 && !$0[2].isEmpty && !$0[3].isEmpty }, "docs/fairness.md")
  }
}
