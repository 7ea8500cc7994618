import Foundation
import Results
import Statistics
import SyntheticResults
import Testing

@testable import Gate

/// What servers hold, judged beside how fast they are.
@Suite struct MemoryGateTests {
  private let tolerances: [Threshold] = [
    .throughput(downAtMost: 0.10), .memory(upAtMost: 0.25), .memoryAtRest(upAtMost: 0.25), .memorySlope(atMost: 50),
  ]

  /// - Parameters:
  ///   - memory: of alpha under load, in MiB, by round; the others hold 100.
  ///   - atRest: the same before the first round.
  private func run(memory: (Int) -> Double = { _ in 100 }, atRest: Double? = 60) -> SyntheticRun {
    var run = SyntheticRun.steady(alpha: 500)
    for framework in ["alpha", "beta", "bare"] {
      run.change("ping", framework) { round in
        let held = framework == "alpha" ? memory(round.round) : 100
        // As if of a server: never twice the same.
        round.resources.server?.anonymousMemoryBytes = Int(
          (held + (round.round.isMultiple(of: 2) ? 0.1 : -0.1)) * 1_048_576)
        guard round.round == 1 else { return }
        round.warmUp = WarmUpFigures(
          lengthS: 1, isSteady: true,
          memoryAtRestBytes: (framework == "alpha" ? atRest : atRest.map { _ in 60 }).map { Int($0 * 1_048_576) })
      }
    }
    return run
  }

  private func judge(_ run: SyntheticRun, against earlier: SyntheticRun?) throws -> [ThresholdResult] {
    let stored = try earlier.map { StoredBaseline(name: "0123456789ab.json", baseline: try $0.baseline, isOwn: true) }
    return ScenarioGate(
      "ping", tolerating: tolerances, manifest: run.manifest, baseline: stored, policy: .standard
    ).judge(run.rounds)
  }

  private func verdicts(_ results: [ThresholdResult], _ framework: String = "alpha") -> [Metric: ThresholdResult
    .Outcome]
  {
    results.filter { $0.framework == framework }.reduce(into: [:]) { $0[$1.metric] = $1.verdict }
  }

  @Test func `memory as before passes, under load and at rest`() throws {
    let results = try judge(run(), against: run())
    #expect(verdicts(results) == [.throughput: .pass, .memory: .pass, .memoryAtRest: .pass])
    #expect(results.first { $0.metric == .memoryAtRest }?.rounds == 10)
  }

  @Test func `half as much again fails, and what is as before beside it passes`() throws {
    let loaded = try judge(run(memory: { _ in 160 }), against: run())
    #expect(verdicts(loaded) == [.throughput: .pass, .memory: .fail, .memoryAtRest: .pass])
    #expect(verdicts(loaded, "beta") == [.throughput: .pass, .memory: .pass, .memoryAtRest: .pass])
    let text = try #require(loaded.first { $0.verdict == .fail }).text
    #expect(text.contains("alpha memory under load 1.6× of before"), "\(text)")
    let resting = try judge(run(atRest: 100), against: run())
    #expect(verdicts(resting) == [.throughput: .pass, .memory: .pass, .memoryAtRest: .fail])
  }

  @Test func `a fifth more is tolerated or not decided, and never fails`() throws {
    let verdict = verdicts(try judge(run(memory: { _ in 120 }), against: run()))[.memory]
    #expect(verdict == .pass || verdict == .undecided)
  }

  @Test func `nothing is asked that a baseline or a run does not know`() throws {
    var earlier = run()
    for index in earlier.rounds.indices {
      earlier.rounds[index].resources.server?.anonymousMemoryBytes = nil
      earlier.rounds[index].warmUp = nil
    }
    #expect(verdicts(try judge(run(memory: { _ in 900 }), against: earlier)) == [.throughput: .pass])
    #expect(verdicts(try judge(run(atRest: nil), against: run())) == [.throughput: .pass, .memory: .pass])
    #expect(verdicts(try judge(run(), against: nil)) == [.throughput: .undecided])
    #expect(try !StoredBaseline(name: "a", baseline: earlier.baseline, isOwn: true).holdsMemory)
    #expect(try StoredBaseline(name: "a", baseline: run().baseline, isOwn: true).holdsMemory)
  }

  @Test func `a machine that others disturb holds as much as one that is calm`() throws {
    var disturbed = run()
    disturbed.change("ping", "alpha") { $0.resources.stealCpuS = 2 }
    #expect(
      verdicts(try judge(disturbed, against: run())) == [.throughput: .undecided, .memory: .pass, .memoryAtRest: .pass])
  }

  @Test func `memory takes nothing from what is decided of time`() throws {
    let slower = SyntheticRun.steady(alpha: 440)
    let stored = StoredBaseline(name: "0123456789ab.json", baseline: try run().baseline, isOwn: true)
    func results(_ thresholds: [Threshold]) -> [ThresholdResult] {
      ScenarioGate("ping", tolerating: thresholds, manifest: slower.manifest, baseline: stored, policy: .standard)
        .judge(slower.rounds).filter { !$0.metric.isOfMemory }
    }
    #expect(results(tolerances) == results([tolerances[0]]))
  }

  @Test func `memory never makes a scenario last longer`() throws {
    let grown = run(memory: { _ in 125 })
    let stored = StoredBaseline(name: "0123456789ab.json", baseline: try run().baseline, isOwn: true)
    func end(_ thresholds: [Threshold]) -> ScenarioEnd.Cause? {
      ScenarioGate("ping", tolerating: thresholds, manifest: grown.manifest, baseline: stored, policy: .standard)
        .earlyEnd(grown.rounds, isOutOfTime: false)
    }
    #expect(end(tolerances) == end([tolerances[0]]))
  }

  // MARK: The slope

  /// Fourteen rounds of 20,000 requests in five seconds.
  private func long(slope: Double) -> SyntheticRun {
    var run = SyntheticRun.steady(alpha: 500)
    run.manifest.profile.rounds = 14
    run.manifest.profile.windowS = 5
    let first = run.rounds.filter { $0.round == 1 }
    run.rounds = (1...14).flatMap { number in
      first.map { round in
        var round = round
        round.round = number
        round.load.windowS = 5
        round.load.verified = 20_000
        let done = Double(number) * 0.02
        let held = 100 + (round.framework == "alpha" ? slope * done : 0) + Double((number * 7) % 5) * 0.01
        round.resources.server?.anonymousMemoryBytes = Int(held * 1_048_576)
        return round
      }
    }
    return run
  }

  @Test func `a growth beyond what is tolerated fails by itself, without a baseline`() throws {
    let results = try judge(long(slope: 400), against: nil)
    let slope = try #require(results.first { $0.framework == "alpha" && $0.metric == .memorySlope })
    #expect(slope.verdict == .fail && slope.comparedTo == .itself)
    #expect(abs(try #require(slope.ratio) - 400) < 5)
    #expect(slope.text.hasPrefix("alpha growth of memory 400 MiB per million requests ("), "\(slope.text)")
    #expect(slope.implausibility == nil)
    #expect(verdicts(results, "beta")[.memorySlope] == .pass)
  }

  @Test func `rounds that are too few or too short are not asked for a slope`() throws {
    #expect(verdicts(try judge(run(memory: { 100 + Double($0) * 10 }), against: nil))[.memorySlope] == nil)
    var short = long(slope: 400)
    for index in short.rounds.indices { short.rounds[index].load.windowS = 0.3 }
    #expect(verdicts(try judge(short, against: nil))[.memorySlope] == nil)
  }

  @Test func `a slope that nobody can tell from what is tolerated is no verdict`() throws {
    #expect(verdicts(try judge(long(slope: 50), against: nil))[.memorySlope] == nil)
  }
}
