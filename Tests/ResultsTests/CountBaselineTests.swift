import Foundation
import SyntheticResults
import Testing

@testable import Results

@Suite struct CountBaselineTests {
  private let manifest = SyntheticRun().manifest

  private func cell(_ scenario: String, _ framework: String, conditions: CountConditions = .synthetic()) -> CellCounts {
    .synthetic(
      scenario, framework, [.instructions: 442_300], conditions: conditions,
      functions: [
        FunctionCalls(package: "alpha", name: "alpha.a_b.Route._matches", calls: 5),
        FunctionCalls(package: "builtins", name: "len", calls: 3),
        FunctionCalls(package: "alpha", name: "alpha.a_b.Route._matches", calls: 2, isResumed: true),
      ])
  }

  @Test("What is stored of a cell is what was counted")
  func roundTrip() throws {
    try inTemporaryFolder { folder in
      let counts = [cell("ping", "alpha"), cell("ping", "bare"), cell("json", "alpha")]
      let store = BaselineStore(folder: folder)
      let path = try store.write(CountBaseline(manifest, counts: counts))
      #expect(path == "\(folder)/counts-\(CountConditions.synthetic().fingerprint).json")
      let found = try #require(try store.findCounts(for: .synthetic()))
      #expect(found.isOfSameConditions)
      for cell in counts {
        var expected = cell
        expected.started = manifest.started
        #expect(found.baseline.counts(cell.scenario, cell.framework) == expected)
      }
      #expect(found.baseline.counts("json", "bare") == nil)
    }
  }

  @Test("Where the conditions are others, the nearest baseline is found, and said to be of other conditions")
  func nearest() throws {
    try inTemporaryFolder { folder in
      let store = BaselineStore(folder: folder)
      #expect(try store.findCounts(for: .synthetic()) == nil)
      var far = CountConditions.synthetic(interpreter: "3.12.0")
      (far.cLibrary, far.deployment) = ("musl 1.2", "docker")
      let near = CountConditions.synthetic(interpreter: "3.11.7 (main)")
      for conditions in [far, near] {
        _ = try store.write(CountBaseline(manifest, counts: [cell("ping", "alpha", conditions: conditions)]))
      }
      let found = try #require(try store.findCounts(for: .synthetic()))
      #expect(!found.isOfSameConditions && found.baseline.conditions.interpreter == "3.11.7 (main)")
    }
  }

  @Test("Counts under different conditions, of a comparison, or none at all make no baseline")
  func refused() throws {
    let other = cell("json", "alpha", conditions: .synthetic(interpreter: "3.12.0"))
    #expect(throws: BaselineError.unsound(["json on alpha was counted under other conditions"])) {
      try CountBaseline(manifest, counts: [cell("ping", "alpha"), other])
    }
    #expect(throws: BaselineError.unsound(["nothing was counted"])) { try CountBaseline(manifest, counts: []) }
    var comparison = manifest
    comparison.comparison = "alpha 1 to 2"
    #expect(throws: BaselineError.comparison("alpha 1 to 2")) {
      try CountBaseline(comparison, counts: [cell("ping", "alpha")])
    }
  }

  @Test("A file that is no baseline is an error, and no absence")
  func unreadable() throws {
    try inTemporaryFolder { folder in
      try FileSystem.makeFolder(folder)
      try FileSystem.replace(folder + "/counts-\(CountConditions.synthetic().fingerprint).json", with: "{}".utf8)
      #expect(throws: BaselineError.self) { try BaselineStore(folder: folder).findCounts(for: .synthetic()) }
    }
  }

  @Test("Starts of a cell are kept side by side")
  func starts() {
    var one = CellCounts.synthetic("ping", "alpha", [.instructions: 100])
    one.add(.synthetic("ping", "alpha", [.instructions: 102]))
    #expect(one[.instructions]?.starts == [100, 102] && one[.instructions]?.value == 100)
  }

  @Test("Only the frameworks that were to be counted are missed")
  func countedOn() throws {
    var run = SyntheticRun()
    (run.manifest.counted, run.manifest.countedOn) = (["ping"], ["alpha", "bare"])
    let counted = try [cell("ping", "alpha"), cell("ping", "bare")].map { try AttachedFile($0.fileName, $0) }
    let judged = try AttachedFile(
      "count-gate--ping.json", CountVerdicts(scenario: "ping", baseline: "none", results: []))
    let results = RawResults(try run.attachments() + counted + [judged])
    #expect(results.problems.isEmpty && results.counts.count == 2)
    let stranger = try AttachedFile("counts--ping--beta.json", cell("ping", "beta"))
    #expect(RawResults(try run.attachments() + counted + [judged, stranger]).problems.count == 1)
    #expect(
      RawResults(try run.attachments() + [counted[0], judged]).problems
        == [.countsMissing(scenario: "ping", framework: "bare")])
  }
}
