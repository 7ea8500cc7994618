import BenchTesting
import Foundation
import LoadEngine
import Stack
import Statistics
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportTests {
  @Suite struct ScenarioTests {
    private static let checkout = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    @Test("Every scenario has its parity test and its perf test", arguments: ["Parity", "Perf"])
    func halves(kind: String) throws {
      let suite = kind + "Tests"
      // The tests that this program holds, not what its source text looks like.
      let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      let listing = try ProgramRun(["--list-tests", "--testing-library", "swift-testing"], program: program)
      let tests = listing.output.matches(of: /Exclusive\/(\w+)\/`?(\w+)`?\(\)/)
        .filter { $0.output.1 == suite }.map { $0.output.2.lowercased() }
      #expect(tests.count >= 14, "\(listing.errors)")
      for name in Scenario.names where !tests.contains(name.filter { $0 != "-" }) {
        let words = name.split(separator: "-")
        let function = words[0] + words.dropFirst().map(\.capitalized).joined()
        Issue.record(
          "the scenario \(name) has no \(kind.lowercased()) test; right would be func \(function)() in Tests/\(suite)")
      }
    }

    @Test("A scenario that no counts test names is counted by the one of the others")
    func others() throws {
      let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      let listing = try ProgramRun(["--list-tests", "--testing-library", "swift-testing"], program: program)
      #expect(listing.output.contains("BenchTesting.Exclusive/CountsTests/others()"))
      // What `--filter Counts` finds.
      let found = listing.output.split(separator: "\n").filter { $0.contains("Counts") }
      #expect(found.allSatisfy { $0.contains("/CountsTests/") }, "\(found)")
    }

    @Test(
      "The name of a suite finds the same tests as its short form", arguments: ["Parity", "Perf", "Counts"])
    func filters(short: String) throws {
      let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      // Nothing answers there, so that each test begins and does nothing.
      let nowhere = ["SHOOTOUT_DEPLOYMENT": "external", "SHOOTOUT_URLS": "reference=http://127.0.0.1:1"]
      func found(_ filter: String) throws -> Set<String> {
        let run = try ProgramRun(
          ["--testing-library", "swift-testing", "--filter", filter], program: program, environment: nowhere)
        let lines = (run.output + run.errors).matches(of: /Test `?(\w+)`?\(\) (?:started|skipped)/)
        return Set(lines.map { String($0.output.1) })
      }
      let tests = try found(short)
      #expect(tests.count >= Scenario.all.count && tests.contains("dbRead"), "\(tests)")
      #expect(try found(short + "Tests") == tests)
    }

    @Test("Every name is in the list once")
    func list() {
      #expect(Set(Scenario.names).count == Scenario.all.count)
    }

    @Test("A scenario that is not in the list is refused by its tests")
    func notListed() throws {
      let unlisted = Scenario("not-listed", summary: "", verification: "") { _ in .get("/", .plainText, "") }
      #expect(throws: ScenarioNotListed(name: "not-listed")) { try unlisted.requireListed() }
      #expect(throws: Never.self) { try Scenario.ping.requireListed() }
    }

    private let material = ScenarioMaterial(
      fixtures: ScenarioTests.checkout + "/fixtures", seed: 7,
      users: [BenchUser(id: 1, name: "user-1", email: "user-1@example.com", bio: "b")])

    @Test("The same seed makes the same work", arguments: Scenario.all.map(\.name))
    func seeded(name: String) throws {
      let scenario = try #require(Scenario.all.first { $0.name == name })
      #expect(try describe(scenario.work(material)) == describe(scenario.work(material)))
    }

    @Test("A row of db-read may be as it was or as it is while somebody changes it, and nothing else")
    func changedRow() throws {
      let user = BenchUser(id: 1, name: "n", email: "e", bio: "b")
      let material = ScenarioMaterial(fixtures: "", seed: 7, users: [user])
      guard case .http(let exchanges) = try Scenario.dbRead.work(material) else { throw FixtureError(path: "") }
      #expect(exchanges[0].expectation.body == .exactly(Array(#"{"id":1,"name":"n","email":"e","bio":"b"}"#.utf8)))
      let changed = #"{"id":1,"name":"n","email":"e","bio":"b This row was changed under load."}"#
      #expect(exchanges[0].expectation.otherBody == .exactly(Array(changed.utf8)))
    }

    @Test("One in eight background tasks has a token, and no two the same")
    func tokens() throws {
      let material = ScenarioMaterial(fixtures: "", seed: 7, users: [])
      guard case .http(let exchanges) = try Scenario.background.work(material) else { throw FixtureError(path: "") }
      let targets = exchanges.map(\.request.target)
      let tokens = targets.filter { $0.hasPrefix("/background?token=") }
      #expect(tokens.count * 8 == targets.count && Set(tokens).count == tokens.count)
      #expect(targets.count { $0 == "/background" } == targets.count - tokens.count)
    }

    @Test("Every scenario states the head of its right answers", arguments: Scenario.all.map(\.name))
    func heads(name: String) throws {
      let scenario = try #require(Scenario.all.first { $0.name == name })
      guard case .http(let exchanges) = try scenario.work(material) else { return }
      #expect(exchanges.allSatisfy { $0.expectation.head != nil })
    }

    @Test("One upload of eight differs: in its boundary, its fields or its file, each with its own answer")
    func uploads() throws {
      guard case .http(let exchanges) = try Scenario.upload.work(material) else { throw FixtureError(path: "") }
      let forms = try exchanges.map(UploadedForm.init)
      let usual = try #require(forms.first)
      let others = forms.filter { $0 != usual }
      #expect(usual.file == 10_485_760 && usual.fields == 0)
      #expect(forms.count == 64 && others.count == 8)
      for form in forms { #expect(form.answer == #"{"size":\#(form.file),"status":"ok"}"#) }
      #expect(Set(others.map(\.file)).count == 8)
      #expect(others.count { $0.file == usual.file } == 1)
      #expect(others.allSatisfy { $0.file > 10_370_000 })
      #expect(others.count { $0.boundary != usual.boundary } == 3)
      #expect(others.count { $0.fields > 0 } == 6)
      // Their requests do not tell by their length that they have another answer.
      #expect(others.count { $0.length == usual.length && $0.file != usual.file } == 4)
    }

    /// An exchange of `upload`, taken apart.
    private struct UploadedForm: Equatable {
      var boundary: String
      var fields: Int
      var file: Int
      var length: Int
      var answer: String

      init(_ exchange: HTTPExchange) throws {
        guard case .file(let file, let before, let after) = exchange.request.body,
          case .exactly(let answer) = exchange.expectation.body
        else { throw CancellationError() }
        let text = String(decoding: before + after, as: UTF8.self)
        let type = try #require(exchange.request.fields.first { $0.name == "content-type" }).value
        let match = try #require(type.wholeMatch(of: /multipart\/form-data; boundary=([-\w]+)/))
        boundary = String(match.output.1)
        let delimiters = text.components(separatedBy: "--\(boundary)").count - 1
        fields = delimiters - 2
        self.file = file.byteCount
        length = before.count + file.byteCount + after.count
        self.answer = String(decoding: answer, as: UTF8.self)
      }
    }

    @Test("A fixture that is missing is named with the command that restores it")
    func missingFixture() {
      let material = ScenarioMaterial(fixtures: "/nonexistent", seed: 1, users: [])
      #expect(throws: FixtureError(path: "fixtures/static/bench.bin")) { try Scenario.staticFile.work(material) }
    }

    private func describe(_ work: Work) -> [String] {
      switch work {
      case .http(let exchanges):
        exchanges.map { "\($0.request.method) \($0.request.target) \(describe($0.expectation.body))" }
      case .webSocket(let script): script.messages.map { String(decoding: $0.text, as: UTF8.self) }
      }
    }

    private func describe(_ body: BodyExpectation) -> String {
      if case .exactly(let bytes) = body { "\(bytes.count) bytes, \(bytes.hashValue)" } else { "\(body)" }
    }
  }
}
