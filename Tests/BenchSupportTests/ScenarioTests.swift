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

    @Test("Every scenario has its parity test and its perf test", arguments: Scenario.names)
    func halves(name: String) throws {
      for target in ["ParityTests", "PerfTests"] {
        let tests = try functions(in: ScenarioTests.checkout + "/Tests/" + target)
        let letters = name.replacingOccurrences(of: "-", with: "")
        #expect(
          tests.contains(letters) || tests.contains(letters + "file"), "no test of \(name) in Tests/\(target)")
      }
    }

    @Test("Every definition is in the list, and every name there is once")
    func list() throws {
      let folder = ScenarioTests.checkout + "/Sources/BenchSupport/Scenarios"
      let definitions = try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8).contains(" = Scenario(") }
      #expect(
        definitions.count == Scenario.all.count, "a definition is missing in Scenario.all: \(definitions.sorted())")
      #expect(Set(Scenario.names).count == Scenario.all.count)
    }

    @Test("The same seed makes the same work", arguments: Scenario.all.map(\.name))
    func seeded(name: String) throws {
      let scenario = try #require(Scenario.all.first { $0.name == name })
      let material = ScenarioMaterial(
        fixtures: ScenarioTests.checkout + "/fixtures", seed: 7,
        users: [BenchUser(id: 1, name: "user-1", email: "user-1@example.com", bio: "b")])
      #expect(try describe(scenario.work(material)) == describe(scenario.work(material)))
    }

    @Test("A fixture that is missing is named with the command that restores it")
    func missingFixture() {
      let material = ScenarioMaterial(fixtures: "/nonexistent", seed: 1, users: [])
      #expect(throws: FixtureError(path: "fixtures/static/bench.bin")) { try Scenario.staticFile.work(material) }
    }

    private func functions(in folder: String) throws -> Set<String> {
      var names: Set<String> = []
      for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".swift") {
        let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
        for match in text.matches(of: /@Test[^{]*?func (\w+)\(/) { names.insert(match.output.1.lowercased()) }
      }
      return names
    }

    private func describe(_ work: Work) -> [String] {
      switch work {
      case .http(let exchanges): exchanges.map { "\($0.request.method) \($0.request.target) \($0.expectation.body)" }
      case .webSocket(let script): script.messages.map { String(decoding: $0.text, as: UTF8.self) }
      }
    }
  }
}
