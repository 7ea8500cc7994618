import BenchTesting
import Foundation
import Results
import SyntheticResults
import Testing

@testable import Behaviour

/// What a run keeps is what is read again, and the next one goes on from there.
@Suite struct BehaviourRunTests {
  private static func manifest(_ plan: BehaviourPlan) -> Manifest {
    var manifest = SyntheticRun.complete.manifest
    (manifest.timed, manifest.gated, manifest.behaviour) = (false, false, plan)
    return manifest
  }

  private static func collected(_ plan: BehaviourPlan, _ files: [(name: String, bytes: Data)]) throws -> RawResults {
    let manifest = try ResultsCoding.encodeSealed(manifest(plan), run: "own")
    let all = Dictionary(([("manifest.json", manifest)] + files).map { ($0.0, $0.1) }) { first, _ in first }
    return RawResults(Array(all.keys)) { all[$0] ?? Data() }
  }

  private static let round = SyntheticRun.complete.rounds[0]
  private static let curve = BehaviourPlan(
    curve: CurvePlan(
      levels: [round.scenario: [LoadLevel(.connections, 16)]], rounds: 3, windowS: 1, rateWindowS: 1, timeLimitS: 60,
      rateConnections: 50, latencyLimitMs: 50, servedShare: 0.99, halfWidth: 0.1))

  private static func sealed(_ record: some Encodable, run: String = "own") throws -> Data {
    try ResultsCoding.encodeSealed(record, run: run)
  }

  @Test func `a point of a curve is read as it was kept`() throws {
    let point = CurvePoint(LoadLevel(.connections, 16), Self.round, tookS: 1)
    let collected = try Self.collected(Self.curve, [(point.fileName, Self.sealed(point))])
    #expect(collected.problems == [])
    #expect(collected.behaviour.curve == [point])
  }

  @Test func `a level that was not asked for is refused by name`() throws {
    let point = CurvePoint(LoadLevel(.connections, 64), Self.round, tookS: 1)
    let collected = try Self.collected(Self.curve, [(point.fileName, Self.sealed(point))])
    #expect(collected.behaviour.isEmpty)
    #expect(
      collected.problems.map(\.description) == [
        "\(point.fileName) is implausible: the manifest expects no connections-64 of \(Self.round.scenario) on "
          + "\(Self.round.framework)"
      ])
  }

  @Test func `a point of another run is refused`() throws {
    let point = CurvePoint(LoadLevel(.connections, 16), Self.round, tookS: 1)
    let collected = try Self.collected(Self.curve, [(point.fileName, Self.sealed(point, run: "other"))])
    #expect(collected.problems == [.ofAnotherRun(file: point.fileName)])
  }

  @Test func `two files of one point are both left out`() throws {
    let point = CurvePoint(LoadLevel(.connections, 16), Self.round, tookS: 1)
    let bytes = try Self.sealed(point)
    let collected = try Self.collected(Self.curve, [(point.fileName, bytes), ("curve--again.json", bytes)])
    #expect(collected.behaviour.isEmpty)
    #expect(collected.problems.count == 1)
  }
}
