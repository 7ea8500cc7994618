import BenchTesting
import Results
import SyntheticResults
import Testing

@testable import Gate

extension Exclusive.GateTests {
  /// What is cheaper than its work is named, unless the framework explains it.
  @Suite struct WorkShortfallTests {
    private func counts(_ scenario: String, _ figures: [CountMetric: Double]) -> CellCounts {
      let conditions = CountConditions(
        interpreter: "3.11.2", cLibrary: "glibc 2.36", architecture: "x86_64", processor: "x86-64-v3",
        valgrind: "3.19.0", allocator: "jemalloc 5.3.0", deployment: "process", packages: [:])
      return CellCounts(
        scenario: scenario, framework: "alpha", started: "2026-07-01T10:00:00Z", conditions: conditions,
        figures: figures.mapValues { CountedFigure(starts: [$0], halfWidth: 0, batches: 3) })
    }

    private func manifest(_ least: LeastWork?, explained: [String: String]? = nil) -> Manifest {
      var manifest = SyntheticRun(scenarios: ["json-large", "db-read"]).manifest
      for index in manifest.scenarios.indices { manifest.scenarios[index].leastWork = least }
      manifest.frameworks[0].cheaperThanWork = explained
      return manifest
    }

    @Test("An answer that is kept costs a fraction of the work, and is named with both figures")
    func kept() {
      let found = manifest(LeastWork(instructions: 11_700_000))
        .unexplainedShortfalls(counts("json-large", [.instructions: 210_000]))
      #expect(
        found.map(\.text) == [
          "cheaper than the work: is the answer kept? 210,000 instructions for one exchange; the work alone takes 11,700,000"
        ])
    }

    @Test(
      "A row that was not asked for is named; one statement for each exchange is enough, counted with a little noise")
    func statements() {
      let manifest = manifest(LeastWork(databaseStatements: 1))
      #expect(manifest.unexplainedShortfalls(counts("db-read", [.databaseStatements: 0])).count == 1)
      #expect(manifest.unexplainedShortfalls(counts("db-read", [.databaseStatements: 0.9])).count == 1)
      #expect(manifest.unexplainedShortfalls(counts("db-read", [.databaseStatements: 0.995])).isEmpty)
      #expect(manifest.unexplainedShortfalls(counts("db-read", [.databaseStatements: 2])).isEmpty)
    }

    @Test("What is not counted, and what has no floor, shows nothing")
    func unknown() {
      #expect(manifest(LeastWork(databaseStatements: 1)).unexplainedShortfalls(counts("db-read", [:])).isEmpty)
      #expect(manifest(nil).unexplainedShortfalls(counts("json-large", [.instructions: 1])).isEmpty)
    }

    @Test("An explanation is for its scenario only")
    func explained() {
      let manifest = manifest(
        LeastWork(instructions: 1000), explained: ["json-large": "It has a serializer of its own."])
      #expect(manifest.unexplainedShortfalls(counts("json-large", [.instructions: 10])).isEmpty)
      #expect(manifest.unexplainedShortfalls(counts("db-read", [.instructions: 10])).count == 1)
    }
  }
}
