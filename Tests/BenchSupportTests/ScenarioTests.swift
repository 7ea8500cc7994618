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

    @Test("Every scenario has its parity test and its perf test", arguments: ["ParityTests", "PerfTests"])
    func halves(suite: String) throws {
      // The tests that this program holds, not what its source text looks like.
      let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      let listing = try ProgramRun(["--list-tests", "--testing-library", "swift-testing"], program: program)
      let tests = listing.output.matches(of: /Exclusive\/(\w+)\/`?(\w+)`?\(\)/)
        .filter { $0.output.1 == suite }.map { $0.output.2.lowercased() }
      #expect(tests.count >= 14, "\(listing.errors)")
      for name in Scenario.names {
        #expect(
          tests.contains(name.filter { $0 != "-" }),
          "\(name) has no test in Tests/\(suite); its function is named like the scenario: json-large is jsonLarge")
      }
    }

    @Test("Every name is in the list once")
    func list() {
      #expect(Set(Scenario.names).count == Scenario.all.count)
    }

    @Test("A scenario that is not in the list is refused by its tests")
    func notListed() throws {
      let unlisted = Scenario("not-listed", summary: "", verification: "") { _ in .get("/", "") }
      #expect(throws: ScenarioNotListed(name: "not-listed")) { try unlisted.requireListed() }
      #expect(throws: Never.self) { try Scenario.ping.requireListed() }
    }

    @Test("The same seed makes the same work", arguments: Scenario.all.map(\.name))
    func seeded(name: String) throws {
      let scenario = try #require(Scenario.all.first { $0.name == name })
      let material = ScenarioMaterial(
        fixtures: ScenarioTests.checkout + "/fixtures", seed: 7,
        users: [BenchUser(id: 1, name: "user-1", email: "user-1@example.com", bio: "b")])
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
