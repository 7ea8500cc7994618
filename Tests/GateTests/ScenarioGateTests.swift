import Foundation
import Results
import Statistics
import SyntheticResults
import TestSupport
import Testing

@testable import Gate

/// How a scenario is judged against what is stored.
@Suite struct ScenarioGateTests {
  private let tolerances: [Threshold] = [
    .throughput(downAtMost: 0.10), .cpuPerRequest(upAtMost: 0.10), .throughput(atLeast: 0.2),
  ]

  @Test func `what is as before passes`() throws {
    let judged = try judge(steady(alpha: 500), baseline: stored())
    #expect(judged.verdicts("alpha") == [.pass, .pass, .pass])
  }

  @Test func `a loss fails, and what is as before beside it passes`() throws {
    let judged = try judge(steady(alpha: 350), baseline: stored())
    #expect(judged.verdicts("alpha") == [.fail, .fail, .pass])
    #expect(judged.verdicts("beta") == [.pass, .pass, .pass])
    let text = judged.results[0].text
    #expect(text.contains("alpha throughput 0.7× of before") && text.contains("fail"), "\(text)")
    #expect(judged.results[0].rounds == 10)
  }

  @Test func `without a baseline only the share of the reference is judged`() throws {
    let judged = try judge(steady(alpha: 150), baseline: nil)
    #expect(judged.verdicts("alpha") == [.undecided, .undecided, .fail])
    #expect(judged.results[0].text.contains("no baseline"))
  }

  @Test func `by a baseline of another machine nothing fails, and it is said`() throws {
    let judged = try judge(steady(alpha: 350), baseline: stored(isOwn: false))
    #expect(judged.verdicts("alpha") == [.undecided, .undecided, .pass])
    #expect(judged.results[0].text.contains("[portable.json from another machine"))
    #expect(try stored(isOwn: false).origin.contains("from another machine"))
    let fine = try judge(steady(alpha: 500), baseline: stored(isOwn: false))
    #expect(fine.verdicts("alpha") == [.pass, .pass, .pass])
  }

  @Test func `a baseline whose reference was another is outdated`() throws {
    var stored = try stored()
    stored.baseline.packages["bare"] = ["uvicorn": "0.39.0", "bare": "1.2.3"]
    let judged = try judge(steady(alpha: 350), baseline: stored)
    #expect(judged.verdicts("alpha") == [.undecided, .undecided, .pass])
    #expect(
      judged.results[0].text.contains("outdated") && judged.results[0].text.contains("uvicorn 0.39.0, now 0.40.0"))
  }

  @Test func `a framework in another version is compared, which is the question, and it is said`() throws {
    var stored = try stored()
    stored.baseline.packages["alpha"] = ["alpha": "1.2.2", "uvicorn": "0.40.0"]
    let judged = try judge(steady(alpha: 350), baseline: stored)
    #expect(judged.verdicts("alpha") == [.fail, .fail, .pass])
    #expect(judged.results[0].text.contains("alpha 1.2.2, now 1.2.3"))
  }

  @Test func `other rounds than those of the baseline are not compared`() throws {
    var stored = try stored()
    stored.baseline.conditions.windowS = 10
    let judged = try judge(steady(alpha: 350), baseline: stored)
    #expect(judged.verdicts("alpha") == [.undecided, .undecided, .pass])
    #expect(judged.results[0].text.contains("10.0 s and 50 connections, this run with quick, 2.0 s"))
  }

  @Test func `a measurement that is not sound decides nothing`() throws {
    var busy = steady(alpha: 350)
    busy.change("ping", "alpha") { $0.resources.otherCpuS = 2 }
    busy.change("ping", "bare") { $0.resources.otherCpuS = 2 }
    let judged = try judge(busy, baseline: stored())
    #expect(judged.verdicts("alpha") == [.undecided, .undecided, .undecided])
    #expect(judged.results[0].text.contains("busy with other work"))
    for (sentence, disturb) in [
      ("the hypervisor gave", { $0.stealCpuS = 2 }), ("the CPU quota held", { $0.quotaThrottledS = 2 }),
      ("slowed down for heat", { $0.heatThrottlings = 1 }), ("not under load used", { $0.idleCpuS = ["beta": 0.5] }),
    ] as [(String, (inout ResourceFigures) -> Void)] {
      var disturbed = steady(alpha: 350)
      disturbed.change("ping", "bare") { disturb(&$0.resources) }
      let judged = try judge(disturbed, baseline: stored())
      #expect(judged.verdicts("alpha") == [.undecided, .undecided, .undecided])
      #expect(judged.results[0].text.contains(sentence))
    }
    var unseen = steady(alpha: 350)
    unseen.change("ping", "alpha") { $0.resources.otherCpuS = nil }
    let unwatched = try judge(unseen, baseline: stored())
    #expect(unwatched.verdicts("alpha") == [.undecided, .undecided, .undecided])
    #expect(unwatched.results[0].text.contains("alpha: what else used the machine was not seen in 10 of 10 rounds"))
    unseen.manifest.deployment = "external"
    #expect(try judge(unseen, baseline: stored()).verdicts("alpha").contains(.fail))
    var limited = steady(alpha: 350)
    limited.change("ping", "alpha") { $0.warnings = [RoundWarning(.limitedByGenerator(share: 0.95))] }
    limited.change("ping", "bare") { $0.warnings = [RoundWarning(.limitedByGenerator(share: 0.95))] }
    let byGenerator = try judge(limited, baseline: stored())
    #expect(byGenerator.verdicts("alpha") == [.undecided, .fail, .undecided])
    var yardstick = steady(alpha: 350)
    yardstick.change("ping", "bare") { $0.warnings = [RoundWarning(.limitedByGenerator(share: 0.95))] }
    let byItsYardstick = try judge(yardstick, baseline: stored())
    #expect(byItsYardstick.verdicts("alpha") == [.undecided, .fail, .undecided])
    #expect(byItsYardstick.results[0].text.contains("bare: limited by the generator in 10 of 10 rounds"))
    var failed = steady(alpha: 500)
    failed.change("ping", "alpha") { $0.load.errors = ["reset": 1] }
    #expect(try judge(failed, baseline: stored()).verdicts("alpha").allSatisfy { $0 == .undecided })
  }

  @Test func `a run without the reference judges nothing, and says so`() throws {
    var run = steady(alpha: 350)
    run.manifest.frameworks.removeAll { $0.name == "bare" }
    let judged = try judge(run, baseline: stored())
    #expect(judged.results.count == 6 && judged.results.allSatisfy { $0.verdict == .undecided })
    #expect(judged.results[0].text.contains("the reference was not measured beside it"))
  }

  @Test func `a check that was skipped does not make the generator the limit`() throws {
    var run = steady(alpha: 350)
    run.change("ping", "alpha") { $0.warnings = [RoundWarning(.checkSkipped(name: "rows inserted"))] }
    #expect(try judge(run, baseline: stored()).verdicts("alpha") == [.fail, .fail, .pass])
  }

  @Test func `a p99 is doubted by what its own window was like`() throws {
    func judged(_ change: (inout FixedRateFigures) -> Void) throws -> String {
      var run = withTail(scattering: 1.05)
      for index in run.rounds.indices where run.rounds[index].framework == "alpha" {
        run.rounds[index].warnings = [RoundWarning(.limitedByGenerator(share: 0.95))]
        if var figures = run.rounds[index].fixedRate {
          change(&figures)
          run.rounds[index].fixedRate = figures
        }
      }
      let gate = ScenarioGate(
        "ping", tolerating: [.p99(upAtMost: 0.25)], manifest: run.manifest, baseline: nil, policy: .standard)
      return gate.judge(run.rounds).first { $0.framework == "alpha" }?.text ?? ""
    }
    #expect(try !judged { _ in }.contains("alpha:"))
    #expect(
      try judged { $0.limitedByGenerator = true }.contains("alpha: limited by the generator at a fixed rate in"))
    #expect(try judged { $0.unsent = $0.verified / 100 }.contains("alpha: requests were due and not sent in"))
    #expect(try judged { $0.verified = 999 }.contains("alpha: fewer than 1,000 answers in"))
  }

  @Test func `two versions are compared within the rounds, without a baseline and without a share of the other`()
    throws
  {
    let judged = try judge(twoVersions(alpha: 850), baseline: nil)
    #expect(judged.verdicts("alpha") == [.fail, .fail])
    #expect(judged.results[0].rounds == 20 && judged.results[0].starts == 5)
    #expect(judged.results[0].text.contains("20 rounds on 5 starts"))
  }

  @Test func `two versions whose servers were started once are not compared`() throws {
    var run = twoVersions(alpha: 850)
    for index in run.rounds.indices { run.rounds[index].start = nil }
    let judged = try judge(run, baseline: nil)
    #expect(judged.verdicts("alpha") == [.undecided, .undecided])
    #expect(judged.results[0].text.contains("1 start of the servers, 3 are needed"))
  }

  @Test
  func `more rounds add nothing once every threshold passes and all targets are told apart, or known to be alike`()
    throws
  {
    let twenty = steady(alpha: 500).longer
    #expect(try decides(twenty, at: 1...20) == [12, 18])
    // What is clearly worse is measured to the last round.
    #expect(try decides(steady(alpha: 350).longer, at: 1...20).isEmpty)
    // What is just tolerated is told from what is not by none of the rounds that could follow.
    #expect(try decides(steady(alpha: 450).longer, at: 1...20) == [12, 18])
    // What no number of rounds can fail is not waited for.
    #expect(try decides(twenty, at: 1...20, baseline: nil) == [12, 18])
    // Rounds that scatter by a tenth: it passes, and nobody knows by how much.
    var scattered = twenty
    for index in scattered.rounds.indices where scattered.rounds[index].framework == "alpha" {
      scattered.rounds[index].load.verified += scattered.rounds[index].round.isMultiple(of: 2) ? 300 : 0
    }
    #expect(try judge(scattered, baseline: stored()).verdicts("alpha") == [.pass, .pass, .pass])
    #expect(try decides(scattered, at: 1...20).isEmpty)
  }

  @Test func `what the rounds planned would leave open all the same is not waited for`() throws {
    var run = steady(alpha: 500).longer
    run.manifest.profile.rounds = 20
    var failed = run
    failed.change("ping", "alpha") { if $0.round == 3 { $0.load.errors = ["reset": 1] } }
    #expect(try decides(failed, at: 1...20) == [12, 18])
    // More than half of 20 are limited by the generator once eleven are; until then it may yet be the smaller half.
    var limited = run
    limited.change("ping", "alpha") { $0.warnings = [RoundWarning(.limitedByGenerator(share: 0.95))] }
    #expect(try decides(limited, at: 1...20) == [12, 18])
    limited.change("ping", "alpha") { if $0.round > 9 { $0.warnings = [] } }
    #expect(try decides(limited, at: 1...20) == [18])
    #expect(try decides(limited, at: 1...20, tolerating: [.cpuPerRequest(upAtMost: 0.10)]) == [12, 18])
  }

  @Test func `a tail that scatters too much for what is tolerated of it is not waited for, and a better one is`()
    throws
  {
    #expect(try decides(withTail(scattering: 1.05), at: 1...20, tolerating: [.p99(upAtMost: 0.25)]) == [12, 18])
    #expect(try decides(withTail(scattering: 1.6), at: 1...20, tolerating: [.p99(upAtMost: 0.25)]) == [18])
    #expect(try decides(withTail(scattering: 3), at: 1...20, tolerating: [.p99(upAtMost: 0.25)]) == [12, 18])
  }

  @Test func `two versions need no more starts than their thresholds do`() throws {
    #expect(try decides(twoVersions(alpha: 980), at: 1...20, baseline: nil) == [12, 16, 20])
  }

  @Test func `a scenario whose time is over ends with the next whole turn`() throws {
    // Without a threshold nothing but a ratio that scatters keeps it going.
    var run = steady(alpha: 500).longer
    for index in run.rounds.indices where run.rounds[index].framework == "alpha" && run.rounds[index].round < 15 {
      run.rounds[index].load.verified += run.rounds[index].round.isMultiple(of: 2) ? 300 : 0
    }
    let gate = ScenarioGate("ping", tolerating: [], manifest: run.manifest, baseline: nil, policy: .standard)
    func ends(_ isOutOfTime: Bool) -> [Int: ScenarioEnd.Cause] {
      Dictionary(
        uniqueKeysWithValues: (1...20).compactMap { count in
          gate.earlyEnd(run.rounds.filter { $0.round <= count }, isOutOfTime: isOutOfTime).map { (count, $0) }
        })
    }
    #expect(ends(false) == [:])
    #expect(ends(true) == [6: .outOfTime, 12: .outOfTime, 18: .outOfTime])
    let sure = steady(alpha: 500).longer.rounds.filter { $0.round <= 12 }
    #expect(gate.earlyEnd(sure, isOutOfTime: true) == .decided)
  }

  // MARK: The stored file

  @Test func `a baseline keeps how fast the machine was for the rounds, where it was probed`() throws {
    var run = steady(alpha: 500)
    let unprobed = try #require(try run.baseline.cells.first { $0.framework == "alpha" })
    #expect(unprobed.logSpeeds == nil)
    run.change("ping", "alpha") { if $0.round == 2 { $0.resources.speedProbeNs = 6_000 } }
    let baseline = try run.baseline
    let kept = try ResultsCoding.decode(Baseline.self, from: ResultsCoding.encode(baseline))
    let ratios = kept.ratios("ping", "alpha", .throughput, policy: .standard)
    #expect(ratios.speeds.enumerated().allSatisfy { isClose($1, $0 == 1 ? log(2) : 0, within: 1e-5) })
    #expect(
      kept.cells.first { $0.framework == "alpha" }?.logSpeeds?.keys.sorted() == ["cpu_per_request", "throughput"])
    var broken = kept
    for index in broken.cells.indices { broken.cells[index].logSpeeds = ["throughput": [1]] }
    #expect(
      broken.ratios("ping", "alpha", .throughput, policy: .standard)
        == RoundRatios(
          ratios.logarithms, adjustment: GatePolicy.standard.speedAdjustment))
  }

  @Test func `a baseline is read as it was written, and found by the machine`() throws {
    let folder = NSTemporaryDirectory() + "baselines-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = BaselineStore(folder: folder)
    let baseline = try steady(alpha: 500).baseline
    #expect(try store.find(for: baseline.conditions) == nil)
    _ = try store.write(baseline, asPortable: true)
    #expect(try store.find(for: baseline.conditions)?.isOwn == false)
    let path = try store.write(baseline, asPortable: false)
    let found = try #require(try store.find(for: baseline.conditions))
    #expect(found.isOwn && found.baseline == baseline)
    #expect(path.hasSuffix("/\(baseline.conditions.machine.fingerprint).json"))
    var other = baseline.conditions
    other.machine.processors = 64
    #expect(try store.find(for: other)?.name == "portable.json")
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count { $0.contains("\"throughput\" : [") && $0.hasSuffix("],") || $0.hasSuffix("]") } >= 2)
    try "{}".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: BaselineError.self) { try store.find(for: baseline.conditions) }
  }

  @Test func `a baseline leaves out what most rounds were disturbed or limited in, and says so`() throws {
    var run = steady(alpha: 500)
    run.change("ping", "alpha") { if $0.round > 4 { $0.warnings = [RoundWarning(.limitedByGenerator(share: 0.95))] } }
    run.change("ping", "beta") { $0.resources.stealCpuS = 2 }
    let baseline = try run.baseline
    #expect(
      baseline.cells.map { $0.logRatiosToReference.keys.sorted() } == [["cpu_per_request", "memory"], ["memory"]])
    #expect(
      Baseline.leftOut(run.manifest, rounds: run.rounds, policy: .standard) == [
        "ping: alpha throughput: alpha: limited by the generator in 6 of 10 rounds",
        "ping: beta throughput: beta: the hypervisor gave the machine to others in 10 of 10 rounds",
        "ping: beta CPU time per request: beta: the hypervisor gave the machine to others in 10 of 10 rounds",
      ])
    let stored = StoredBaseline(name: "0123456789ab.json", baseline: baseline, isOwn: true)
    let judged = try judge(steady(alpha: 350), baseline: stored)
    #expect(judged.verdicts("alpha") == [.undecided, .fail, .pass])
    #expect(judged.results[0].text.contains("no baseline"))
  }

  @Test func `a baseline beside another database is outdated`() throws {
    var run = steady(alpha: 350)
    run.manifest.environment.postgres = "16.1"
    let judged = try judge(run, baseline: stored())
    #expect(judged.verdicts("alpha") == [.undecided, .undecided, .pass])
    #expect(judged.results[0].text.contains("the baseline is outdated: PostgreSQL 15.8, now 16.1"))
  }

  // MARK: Help

  private struct Judged {
    var results: [ThresholdResult]

    func verdicts(_ framework: String) -> [ThresholdResult.Outcome] {
      results.filter { $0.framework == framework }.map(\.verdict)
    }
  }

  private func judge(_ run: SyntheticRun, baseline: StoredBaseline?) throws -> Judged {
    Judged(
      results: ScenarioGate(
        "ping", tolerating: tolerances, manifest: run.manifest, baseline: baseline, policy: .standard
      ).judge(run.rounds))
  }

  /// After which rounds it would end.
  private func decides(_ run: SyntheticRun, at rounds: ClosedRange<Int>) throws -> [Int] {
    try decides(run, at: rounds, baseline: stored())
  }

  /// The same, with the run itself as its baseline.
  private func decides(
    _ run: SyntheticRun, at rounds: ClosedRange<Int>, tolerating thresholds: [Threshold]
  ) throws -> [Int] {
    let baseline = StoredBaseline(name: "0123456789ab.json", baseline: try run.baseline, isOwn: true)
    return try decides(run, at: rounds, tolerating: thresholds, baseline: baseline)
  }

  private func decides(
    _ run: SyntheticRun, at rounds: ClosedRange<Int>, tolerating thresholds: [Threshold]? = nil,
    baseline: StoredBaseline?
  ) throws -> [Int] {
    let gate = ScenarioGate(
      "ping", tolerating: thresholds ?? tolerances, manifest: run.manifest, baseline: baseline, policy: .standard)
    return rounds.filter { count in
      gate.earlyEnd(run.rounds.filter { $0.round <= count }, isOutOfTime: false) == .decided
    }
  }

  private func stored(isOwn: Bool = true) throws -> StoredBaseline {
    StoredBaseline(
      name: isOwn ? "0123456789ab.json" : "portable.json", baseline: try steady(alpha: 500).baseline,
      isOwn: isOwn)
  }

  /// Twenty rounds; every second p99 of alpha is higher by a factor.
  private func withTail(scattering factor: Double) -> SyntheticRun {
    var run = steady(alpha: 500).longer
    run.manifest.profile.rounds = 20
    for framework in ["alpha", "beta", "bare"] {
      run.change("ping", framework) { round in
        let isHigh = framework == "alpha" && round.round.isMultiple(of: 2)
        round.fixedRate = FixedRateFigures(
          offeredPerSecond: 2000, windowS: 1, verified: 2000, unsent: 0, histogram: .encoded(""),
          p99Ms: isHigh ? factor : 1)
      }
    }
    return run
  }

  private func steady(alpha: Double) -> SyntheticRun { .steady(alpha: alpha) }

  /// Twenty rounds on five starts.
  private func twoVersions(alpha: Double) -> SyntheticRun {
    var run = steady(alpha: alpha).longer
    run.rounds.removeAll { $0.framework == "beta" }
    run.manifest.frameworks.removeAll { $0.name == "beta" }
    run.manifest.comparison = "one 1.0 to 1.1"
    for index in run.rounds.indices { run.rounds[index].start = (run.rounds[index].round - 1) / 4 + 1 }
    return run
  }
}
