import BenchTesting
import Foundation
import Histogram
import LoadEngine
import Results
import SeededRandom
import SyntheticResults
import TestSupport
import Testing

@testable import BenchSupport
@testable import Reports

extension Exclusive.BenchSupportTests {
  /// The proof that several generators see together what one would have seen.
  @Suite struct DistributedMergeTests {
    /// What one generator saw of a window of two seconds: instants and latencies, drawn.
    private struct Exchange {
      var endedAt: Double
      var latency: UInt64
      var firstByte: UInt64
      var failed: Bool
    }

    private static func exchanges(_ count: Int) -> [Exchange] {
      var random = SplitMix64(seed: 11)
      return (0..<count).map { _ in
        let latency = UInt64(1) << UInt64(random.next(below: 34)) + UInt64(random.next(below: 1_000_000))
        return Exchange(
          endedAt: Double(random.next(below: 2_000)) / 1000, latency: latency, firstByte: latency / 2,
          failed: random.next(below: 100) == 0)
      }
    }

    /// As the engine records it.
    private static func evidence(
      _ exchanges: [Exchange], connections: Int, _ place: DistributedPlace?, round: Int = 1
    ) -> Round {
      var load = LoadFigures(
        windowS: 2, verified: exchanges.count { !$0.failed }, bytesSent: exchanges.count * 70,
        bytesReceived: exchanges.count * 150, connections: connections, connectionsOpened: connections,
        perSecond: (0..<2).map { second in
          let own = exchanges.filter { Int($0.endedAt) == second }
          return SecondFigures(
            verified: own.count { !$0.failed }, errors: own.count { $0.failed }, p50Ms: nil, p99Ms: nil)
        })
      let failed = exchanges.count { $0.failed }
      if failed > 0 { load.errors = ["status": failed] }
      var (latency, firstByte) = (Histogram(), Histogram())
      for exchange in exchanges where !exchange.failed {
        latency.record(exchange.latency)
        firstByte.record(exchange.firstByte)
      }
      var evidence = Round(
        scenario: "ping", framework: "alpha", round: round, position: 1, started: "2026-07-01T10:00:00Z", seed: "1",
        load: load, histograms: ["latency": .counted(latency), "first_byte": .counted(firstByte)],
        resources: ResourceFigures(
          generator: ProcessFigures(
            processes: 1, cpuUserS: Double(exchanges.count) / 1024, cpuSystemS: 0.25, memoryBytes: 1 << 20)))
      evidence.distributedRun = place.map {
        DistributedFigures(generator: $0.generator, generators: $0.generators, lateS: 0, uncertaintyS: 0.0001)
      }
      return evidence
    }

    @Test("N generators that share the exchanges equal one that saw all of them", arguments: [1, 2, 3, 10])
    func equalsOne(generators: Int) throws {
      let all = Self.exchanges(20_000)
      let one = Self.evidence(all, connections: 50, nil)
      let parts = (0..<generators).map { index in
        let place = DistributedPlace(generator: index + 1, generators: generators, seed: 1)
        let own = all.indices.filter { $0 % generators == index }.map { all[$0] }
        return Self.evidence(own, connections: place.share(of: 50), place)
      }
      let merged = try RoundMerge(parts, policy: .standard).merged()
      #expect(merged.histograms == one.histograms)
      #expect(merged.load == one.load)
      #expect(merged.warnings == [] && merged.distributedRun == nil)
      #expect(merged.resources.generator?.cpuUserS == one.resources.generator?.cpuUserS)
      #expect(merged.resources.server == nil && merged.resources.postgres == nil)

      func figures(_ round: Round) throws -> LatencySummary? {
        try LatencySummary(#require(round.histograms["latency"]).histogram())
      }
      let (ours, theirs) = (try figures(merged), try figures(one))
      #expect(ours == theirs)
      // And these are the percentiles of the values themselves, to within the width of a bucket.
      let sorted = all.filter { !$0.failed }.map(\.latency).sorted()
      for percent in [50, 90, 95, 99, 99.9] {
        let rank = Int((Double(sorted.count) * percent / 100).rounded(.up))
        let exact = Double(sorted[rank - 1]) / 1e6
        let shown = try #require(ours?[percent])
        #expect(shown >= exact && shown <= exact * 1.0079 + 1e-6)
      }
    }

    @Test("The warm-up of all is as long as the longest, and steady where all saw it so")
    func warmUps() throws {
      func merged(_ warmUps: [WarmUpFigures?]) throws -> WarmUpFigures? {
        try RoundMerge(
          warmUps.enumerated().map { index, warmUp in
            let place = DistributedPlace(generator: index + 1, generators: warmUps.count, seed: 1)
            var part = Self.evidence(Self.exchanges(10), connections: 25, place)
            part.warmUp = warmUp
            return part
          }, policy: .standard
        ).merged().warmUp
      }
      let (one, other) = (WarmUpFigures(lengthS: 1, isSteady: true), WarmUpFigures(lengthS: 3, isSteady: false))
      #expect(try merged([one, other]) == WarmUpFigures(lengthS: 3, isSteady: false))
      #expect(try merged([one, one]) == one)
      #expect(try merged([nil, nil]) == nil)
    }

    private func run(_ generator: Int, of generators: Int, change: (inout SyntheticRun) -> Void = { _ in }) throws
      -> RawResults
    {
      var run = SyntheticRun(frameworks: ["alpha", "bare"], rounds: 2)
      let place = DistributedPlace(generator: generator, generators: generators, seed: 77)
      run.manifest.distributedRun = place
      run.manifest.connections = place.share(of: 50)
      run.add("ping", "bare", perSecond: [20, 21])
      run.add("ping", "alpha", perSecond: [10, 11])
      for index in run.rounds.indices {
        run.rounds[index].load.connections = place.share(of: 50)
        run.rounds[index].distributedRun = DistributedFigures(
          generator: generator, generators: generators, lateS: 0.001, uncertaintyS: 0.0001)
      }
      change(&run)
      return RawResults(try run.attachments())
    }

    @Test("The merged run reports as any other: summed throughput, all connections, the seed of the run")
    func wholeRun() throws {
      let merge = try DistributedMerge([run(2, of: 2), run(1, of: 2)])
      #expect(merge.leftOut == [])
      #expect(merge.manifest.connections == 50 && merge.manifest.seed == "77" && merge.manifest.distributedRun == nil)
      #expect(merge.manifest.environment.settings["generators"] == "2")
      #expect(merge.manifest.environment.settings["generator 2"] == "2 × Test CPU, 25 connections")
      let summary = RunSummary(manifest: merge.manifest, rounds: merge.rounds)
      #expect(summary.state == .complete)
      let throughputs = summary.cells.map { cell in
        Dictionary(uniqueKeysWithValues: cell.rounds.map { ($0.round, $0.load.verifiedPerSecond) })
      }
      #expect(throughputs == [[1: 20, 2: 22], [1: 40, 2: 42]])
      #expect(!summary.warnings.contains { $0.text.contains("connections") || $0.text.contains("generator") })
    }

    @Test("A generator that was not there for the whole window is named")
    func late() throws {
      let merge = try DistributedMerge([
        run(1, of: 2),
        run(2, of: 2) { run in
          run.change("ping", "alpha") { if $0.round == 2 { $0.distributedRun?.lateS = 0.5 } }
          run.change("ping", "bare") { if $0.round == 1 { $0.distributedRun?.uncertaintyS = 0.1 } }
        },
      ])
      let warned = merge.rounds.filter { !$0.warnings.isEmpty }
      #expect(warned.map { "\($0.framework) \($0.round)" } == ["alpha 2", "bare 1"])
      #expect(
        warned.flatMap(\.warnings).map(\.text) == [
          "generator 2 of 2 was not there for the whole window: for 1.50 of 2.00 s, from 0.500 s on",
          "generator 2 of 2 knows the agreed instant only within 0.100 s of a window of 2.00 s",
        ])
    }

    @Test("Two generators that were not there are two warnings, each with all its places")
    func bothLate() throws {
      let late = try (1...2).map { number in
        try run(number, of: 2) { run in
          run.change("ping", "alpha") { $0.distributedRun?.lateS = 0.1 * Double(number * $0.round) }
        }
      }
      let merge = try DistributedMerge(late)
      let summary = RunSummary(manifest: merge.manifest, rounds: merge.rounds)
      let texts = summary.warnings.filter { $0.text.contains("whole window") }.map(\.text)
      #expect(texts.map { String($0.prefix(16)) } == ["generator 1 of 2", "generator 2 of 2"])
    }

    @Test("A generator whose window was shorter is named")
    func short() throws {
      let merge = try DistributedMerge([
        run(1, of: 2) { run in run.change("ping", "alpha") { if $0.round == 1 { $0.load.windowS = 1 } } },
        run(2, of: 2),
      ])
      let round = try #require(merge.rounds.first)
      #expect(round.load.windowS == 2)
      #expect(
        round.warnings.map(\.text) == [
          "generator 1 of 2 was not there for the whole window: for 1.00 of 2.00 s, from 0.00100 s on"
        ]
      )
    }

    @Test("A round in which one had no part is left out by name, so that the run is incomplete")
    func absentRound() throws {
      let merge = try DistributedMerge([run(1, of: 2), run(2, of: 2) { $0.remove("ping", "alpha", rounds: [2]) }])
      #expect(merge.leftOut == ["round 2 of ping on alpha: generator 2 of 2 had no part in it"])
      let summary = RunSummary(manifest: merge.manifest, rounds: merge.rounds)
      #expect(summary.state == .incomplete)
      #expect(summary.missing.map(\.description) == ["ping on alpha (round 2 of 2)"])
    }

    @Test("Errors and failed checks of one generator are those of the round")
    func errors() throws {
      let merge = try DistributedMerge([
        run(1, of: 2) { run in
          run.change("ping", "alpha") {
            if $0.round == 1 { $0.checks = [CheckFigure(name: "rows inserted", passed: false, detail: "d")] }
          }
        },
        run(2, of: 2) { run in
          run.change("ping", "bare") {
            $0.load.errors = ["timeout": 2]
            $0.load.failures = ["GET /ping: slow"]
            $0.warnings = [RoundWarning(.inWords(sentence: "limited"))]
          }
        },
      ])
      let summary = RunSummary(manifest: merge.manifest, rounds: merge.rounds)
      #expect(summary.cells.map(\.verdict) == [.failedChecks, .errors])
      #expect(summary.cells[1].errorsByKind == ["timeout": 4])
      #expect(summary.cells[1].failures == ["generator 2: GET /ping: slow"])
      #expect(merge.rounds.last?.warnings.map(\.text) == ["generator 2: limited"])
    }

    @Test("What is not all of one run is refused in words")
    func refused() throws {
      func message(_ parts: [RawResults]) -> String? {
        #expect(throws: DistributedMergeError.self) { try DistributedMerge(parts) }?.description
      }
      let first = try run(1, of: 3)
      #expect(try message([first, run(3, of: 3)]) == "of 3 generators, these are not there: 2")
      #expect(message([first, first]) == "generator 1 is there twice")
      #expect(message([]) != nil)
      #expect(
        try message([run(1, of: 1) { $0.manifest.distributedRun = nil }])?.contains("not one of several") == true)
      let other = try run(2, of: 2) { $0.manifest.distributedRun?.seed = "78" }
      #expect(try message([run(1, of: 2), other]) == "these are not the generators of one run: the seed differs")
      let longer = try run(2, of: 2) { $0.manifest.profile.windowS = 3 }
      #expect(try message([run(1, of: 2), longer])?.hasSuffix("the profile differs") == true)
      let unordered = try run(2, of: 2) { $0.change("ping", "alpha") { $0.position = 2 } }
      #expect(try message([run(1, of: 2), unordered])?.contains("was not in the same place of the order") == true)
      let broken = RawResults(
        try run(2, of: 2) { $0.rounds[0].round = 0 }.rounds.isEmpty
          ? [] : [AttachedFile(name: "a--b.json", bytes: Data())])
      #expect(message([broken])?.hasPrefix("nothing is merged:") == true)
    }
  }
}
