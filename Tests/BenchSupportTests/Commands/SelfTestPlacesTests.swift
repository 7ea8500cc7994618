import BenchSupport
import Foundation
import SyntheticResults
import TestSupport
import Testing

@testable import shootout

/// What the self-test of the gate changes in the applications.
@Suite struct SelfTestPlacesTests {
  private static let checkout = SourceFiles.checkout.path
  private static let frameworks = checkout + "/docker/frameworks"

  private static func places() throws -> [String: SelfTestPlaces] { try SelfTestPlaces.read(checkout + "/fixtures") }

  @Test("Every place is of a scenario, and each change has its own")
  func known() throws {
    let places = try Self.places()
    for (framework, places) in places {
      // A scenario that is added needs none: it is only not made dearer.
      #expect(places.scenarios.isSubset(of: Scenario.names) && places.scenarios.count > 4, "\(framework)")
      #expect(places.query.scenario == "db-read" && places.middleware.scenario == "ping", "\(framework)")
    }
  }

  @Test("Each change stands in one place of the application as it is, indented as what follows")
  func applies() throws {
    for (framework, places) in try Self.places() {
      try inTemporaryFolder { folder in
        let copy = folder + "/" + framework
        try FileManager.default.copyItem(atPath: Self.frameworks + "/" + framework, toPath: copy)
        let loops = places.loops(Dictionary(uniqueKeysWithValues: places.scenarios.map { ($0, 7) }))
        try places.change(copy, loops + places.query.insertions + places.middleware.insertions, unused: 3)
        for (file, handlers) in places.handlers {
          let lines = try String(contentsOfFile: copy + "/" + file, encoding: .utf8).components(separatedBy: "\n")
          #expect(lines.contains { $0.hasPrefix("def unused_3_0") }, "\(framework) \(file)")
          for place in handlers.values {
            let index = try #require(lines.firstIndex { $0.contains(place) }, "\(framework): \(place)")
            let loop = try #require(lines[(index + 1)...].firstIndex { $0.contains("turns = 7") })
            #expect(loop - index <= 2, "\(framework): only the query is between \(place) and its loop")
            #expect(lines[loop] == lines[loop + 3].prefix { $0 == " " } + "turns = 7", "\(framework): \(place)")
          }
        }
      }
    }
  }

  @Test("A place that is not there once is refused, with the line that it looks for")
  func unclear() {
    func insertion(_ place: String) -> SelfTestPlaces.Insertion {
      SelfTestPlaces.Insertion(file: "app.py", after: place, lines: ["pass"])
    }
    func refusal(_ place: String) -> String? {
      do {
        _ = try insertion(place).inserted(in: "def a():\n  one\ndef b():\n  one\n")
        return nil
      } catch { return "\(error)" }
    }
    #expect(refusal("def a") == nil)
    #expect(
      refusal("def c")?.hasPrefix("the self-test looks for one line with 'def c' in app.py, and none has it") == true)
    #expect(refusal("one")?.contains("'one' in app.py, and 2 have it") == true)
  }
}
