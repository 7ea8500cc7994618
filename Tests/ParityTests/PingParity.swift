import BenchSupport
import BenchTesting
import Foundation
import LoadEngine
import Reports
import Testing
import Text
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

  /// Every id that a target declares is asserted by a test, and every id stands in the table of the documentation. Where a
  /// row of it names a target, the rows that name it are those that it declares.
  private func assertDocumented(_ all: Comparison) throws {
    let known = Set(Difference.allCases.map(\.rawValue))
    let path = all.fixtures + "/../docs/endpoints.md"
    let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      .filter { $0.hasPrefix("| ") }
      .map { $0.dropFirst().dropLast().split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    try #require(rows.contains { $0 == ["id", "request", "common", "differs"] }, "docs/endpoints.md has no table")
    let documented = rows.filter { $0.count == 4 && $0[0].hasPrefix("`") }.map { row in
      (id: row[0].filter { $0 != "`" }, names: Set(row[3].matches(of: /\*\*([a-z0-9_-]+)\*\*/).map { String($0.1) }))
    }
    #expect(documented.map(\.id).sorted() == known.sorted(), "docs/endpoints.md")

    for party in all.parties {
      let target = party.target
      let declared = Set(party.differences.keys)
      let unknown = declared.subtracting(known).sorted()
      let hints = unknown.compactMap { id in known.nearest(to: id).map { "'\(id)': did you mean '\($0)'?" } }
      #expect(unknown == [], "\(target.name)/framework.json declares what no test asserts \(hints)")
      let described = documented.filter { $0.names.contains(target.name) }.map(\.id)
      let missing = described.isEmpty ? [] : declared.subtracting(described).sorted()
      #expect(missing == [], "docs/endpoints.md does not name \(target.name) in these rows")
      let undeclared = Set(described).subtracting(declared).sorted()
      #expect(
        undeclared == [], "docs/endpoints.md names \(target.name) in rows that its framework.json does not declare")
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
