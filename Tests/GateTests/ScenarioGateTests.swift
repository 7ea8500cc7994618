import Foundation
import Reports
import Results
import Statistics
import SyntheticResults
import TestSupport
import Testing

@testable import Gate

/// How a scenario is judged against what is stored, and what has to be measured again for it.
@Suite struct ScenarioGateTests {
  private let tolerances: [Threshold] = [
    .throughput(downAtMost: 0.10), .cpuPerRequest(upAtMost: 0.10), .throughput(atLeast: 0.2),
  ]

  @Test func `what is as before passes, and nothing is measured again`() throws {
    let judged = try judge(run(alpha: 500), baseline: stored())
    #expect(judged.verdicts("alpha") == [.pass, .pass, .pass])
    #expect(judged.again.isEmpty)
  }

  @Test func `a loss that shows itself again fails, and only the suspect is measured again`() throws {
    let judged = try judge(run(alpha: 350), again: run(alpha: 350), baseline: stored())
    #expect(judged.verdicts("alpha") == [.fail, .fail, .pass])
    #expect(judged.verdicts("beta") == [.pass, .pass, .pass])
    #expect(judged.again == [["alpha"]])
    let text = judged.rulings[0].text
    #expect(text.contains("alpha throughput 0.7× of before") && text.contains("fail"), "\(text)")
    #expect(judged.rulings[0].rounds == 10)
  }

  @Test func `other methods say what they think of the rounds that decided, and decide nothing`() throws {
    let against = try judge(run(alpha: 350), again: run(alpha: 350), baseline: stored()).rulings
    let throughput = try #require(against.first { $0.metric == .throughput && $0.comparedTo == "before" })
    #expect(try #require(throughput.effectSize) < -2)
    #expect(try #require(throughput.mannWhitneyP) < 0.001)
    #expect(throughput.bootstrapLow == nil)
    let share = try #require(against.first { $0.metric == .throughput && $0.comparedTo == "reference" })
    let (low, high) = (try #require(share.bootstrapLow), try #require(share.bootstrapHigh))
    #expect(low <= 0.35 && 0.35 <= high && high - low < 0.05, "\(low)–\(high)")
    #expect(share.mannWhitneyP == nil)
  }

  @Test func `a loss that does not show itself again passes`() throws {
    let judged = try judge(run(alpha: 350), again: run(alpha: 500), baseline: stored())
    #expect(judged.verdicts("alpha") == [.pass, .pass, .pass])
    #expect(judged.again == [["alpha"]])
  }

  @Test func `without a baseline only the share of the reference is judged`() throws {
    let judged = try judge(run(alpha: 150), again: run(alpha: 150), baseline: nil)
    #expect(judged.verdicts("alpha") == [.undecided, .undecided, .fail])
    #expect(judged.rulings[0].text.contains("no baseline"))
  }

  @Test func `by a baseline of another machine nothing fails, and it is said`() throws {
    let judged = try judge(run(alpha: 350), again: run(alpha: 350), baseline: stored(isOwn: false))
    #expect(judged.verdicts("alpha") == [.undecided, .undecided, .pass])
    #expect(judged.again.isEmpty)
    #expect(judged.rulings[0].text.contains("[foreign portable.json"))
    #expect(try stored(isOwn: false).origin.contains("foreign"))
    let fine = try judge(run(alpha: 500), baseline: stored(isOwn: false))
    #expect(fine.verdicts("alpha") == [.pass, .pass, .pass])
  }

  @Test func `a baseline whose reference was another is stale`() throws {
    var stored = try stored()
    stored.baseline.packages["bare"] = ["uvicorn": "0.39.0", "bare": "1.2.3"]
    let judged = try judge(run(alpha: 350), again: run(alpha: 350), baseline: stored)
    #expect(judged.verdicts("alpha") == [.undecided, .undecided, .pass])
    #expect(judged.rulings[0].text.contains("stale") && judged.rulings[0].text.contains("uvicorn 0.39.0, now 0.40.0"))
  }

  @Test func `a framework in another version is compared, which is the question, and it is said`() throws {
    var stored = try stored()
    stored.baseline.packages["alpha"] = ["alpha": "1.2.2", "uvicorn": "0.40.0"]
    let judged = try judge(run(alpha: 350), again: run(alpha: 350), baseline: stored)
    #expect(judged.verdicts("alpha") == [.fail, .fail, .pass])
    #expect(judged.rulings[0].text.contains("alpha 1.2.2, now 1.2.3"))
  }

  @Test func `other rounds than those of the baseline are not compared`() throws {
    var stored = try stored()
    stored.baseline.conditions.windowS = 10
    let judged = try judge(run(alpha: 350), again: run(alpha: 350), baseline: stored)
    #expect(judged.verdicts("alpha") == [.undecided, .undecided, .pass])
    #expect(judged.rulings[0].text.contains("10.0 s and 50 connections, this run with quick, 2.0 s"))
  }

  @Test func `a measurement that is not sound decides nothing`() throws {
    var busy = run(alpha: 350)
    busy.change("ping", "alpha") { $0.resources.otherCPUS = 2 }
    busy.change("ping", "bare") { $0.resources.otherCPUS = 2 }
    let judged = try judge(busy, again: busy, baseline: stored())
    #expect(judged.verdicts("alpha") == [.undecided, .undecided, .undecided])
    #expect(judged.rulings[0].text.contains("busy with other work"))
    for (sentence, disturb) in [
      ("the hypervisor gave", { $0.stealCPUS = 2 }), ("the CPU quota held", { $0.quotaThrottledS = 2 }),
      ("slowed down for heat", { $0.heatThrottlings = 1 }), ("not under load used", { $0.idleCPUS = ["beta": 0.5] }),
    ] as [(String, (inout ResourceFigures) -> Void)] {
      var disturbed = run(alpha: 350)
      disturbed.change("ping", "bare") { disturb(&$0.resources) }
      let judged = try judge(disturbed, again: disturbed, baseline: stored())
      #expect(judged.verdicts("alpha") == [.undecided, .undecided, .undecided])
      #expect(judged.rulings[0].text.contains(sentence))
    }
    var unseen = run(alpha: 350)
    unseen.change("ping", "alpha") { $0.resources.otherCPUS = nil }
    let unwatched = try judge(unseen, again: unseen, baseline: stored())
    #expect(unwatched.verdicts("alpha") == [.undecided, .undecided, .undecided])
    #expect(unwatched.rulings[0].text.contains("alpha: what else used the machine was not seen in 10 of 10 rounds"))
    unseen.manifest.deployment = "external"
    #expect(try judge(unseen, again: unseen, baseline: stored()).verdicts("alpha").contains(.fail))
    var limited = run(alpha: 350)
    limited.change("ping", "alpha") { $0.warnings = ["limited by the generator"] }
    limited.change("ping", "bare") { $0.warnings = ["limited by the generator"] }
    let byGenerator = try judge(limited, again: limited, baseline: stored())
    #expect(byGenerator.verdicts("alpha") == [.undecided, .fail, .undecided])
    var yardstick = run(alpha: 350)
    yardstick.change("ping", "bare") { $0.warnings = ["limited by the generator"] }
    let byItsYardstick = try judge(yardstick, again: yardstick, baseline: stored())
    #expect(byItsYardstick.verdicts("alpha") == [.undecided, .fail, .undecided])
    #expect(byItsYardstick.rulings[0].text.contains("bare: limited by the generator in 10 of 10 rounds"))
    var failed = run(alpha: 500)
    failed.change("ping", "alpha") { $0.load.errors = ["reset": 1] }
    #expect(try judge(failed, again: failed, baseline: stored()).verdicts("alpha").allSatisfy { $0 == .undecided })
  }

  @Test func `a run without the reference judges nothing, and says so`() throws {
    var run = run(alpha: 350)
    run.manifest.frameworks.removeAll { $0.name == "bare" }
    let judged = try judge(run, again: run, baseline: stored())
    #expect(judged.rulings.count == 6 && judged.rulings.allSatisfy { $0.verdict == .undecided })
    #expect(judged.rulings[0].text.contains("the reference was not measured beside it"))
  }

  @Test func `a check that was skipped does not make the generator the limit`() throws {
    var run = run(alpha: 350)
    run.change("ping", "alpha") { $0.warnings = ["check skipped: rows inserted; the database is not known"] }
    #expect(try judge(run, again: run, baseline: stored()).verdicts("alpha") == [.fail, .fail, .pass])
  }

  @Test func `a p99 is doubted by what its own window was like`() throws {
    func judged(_ change: (inout FixedRateFigures) -> Void) throws -> String {
      var run = withTail(scattering: 1.05)
      for index in run.rounds.indices where run.rounds[index].framework == "alpha" {
        run.rounds[index].warnings = ["limited by the generator in the other window"]
        if var figures = run.rounds[index].fixedRate {
          change(&figures)
          run.rounds[index].fixedRate = figures
        }
      }
      let gate = ScenarioGate(
        "ping", tolerating: [.p99(upAtMost: 0.25)], manifest: run.manifest, baseline: nil)
      return gate.judge(run.rounds) { _, _ in run.rounds }.first { $0.framework == "alpha" }?.text ?? ""
    }
    #expect(try !judged { _ in }.contains("alpha:"))
    #expect(
      try judged { $0.isLimitedByGenerator = true }.contains("alpha: limited by the generator at a fixed rate in"))
    #expect(try judged { $0.unsent = $0.verified / 100 }.contains("alpha: requests were due and not sent in"))
    #expect(try judged { $0.verified = 999 }.contains("alpha: fewer than 1,000 answers in"))
  }

  @Test func `two versions are compared within the rounds, without a baseline and without a share of the other`()
    throws
  {
    var run = run(alpha: 850)
    run.rounds.removeAll { $0.framework == "beta" }
    run.manifest.frameworks.removeAll { $0.name == "beta" }
    run.manifest.comparison = "one 1.0 to 1.1"
    let judged = try judge(run, again: longer(run), baseline: nil)
    #expect(judged.verdicts("alpha") == [.fail, .fail])
    #expect(judged.rulings[0].rounds == 20)
    run.manifest.gated = true
    let summary = RunSummary(
      manifest: run.manifest, rounds: run.rounds,
      verdicts: [ScenarioVerdicts(scenario: "ping", baseline: "two versions", rulings: judged.rulings)])
    let text = TerminalReport.text(summary)
    #expect(text.contains("ping        throughput            -15.0 %"), "\(text)")
    #expect(text.contains("Alpha reaches 0.85× the throughput of Bare.") && !text.contains("No winner"), "\(text)")
  }

  @Test func `more rounds add nothing once every threshold passes and every ratio is known within four percent`()
    throws
  {
    let twenty = longer(run(alpha: 500))
    #expect(try decides(twenty, at: 1...20) == [12, 18])
    // What is clearly worse has to show itself again anyway.
    #expect(try decides(longer(run(alpha: 350)), at: 1...20) == [12, 18])
    // What is just tolerated is told from what is not by none of the rounds that could follow.
    #expect(try decides(longer(run(alpha: 450)), at: 1...20) == [12, 18])
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
    var run = longer(run(alpha: 500))
    run.manifest.profile.rounds = 20
    var failed = run
    failed.change("ping", "alpha") { if $0.round == 3 { $0.load.errors = ["reset": 1] } }
    #expect(try decides(failed, at: 1...20) == [12, 18])
    // More than half of 20 are limited by the generator once eleven are; until then it may yet be the smaller half.
    var limited = run
    limited.change("ping", "alpha") { $0.warnings = ["limited by the generator"] }
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

  @Test func `two versions need no more rounds than their thresholds do`() throws {
    var run = longer(run(alpha: 980))
    run.rounds.removeAll { $0.framework == "beta" }
    run.manifest.frameworks.removeAll { $0.name == "beta" }
    run.manifest.comparison = "one 1.0 to 1.1"
    #expect(try decides(run, at: 1...20, baseline: nil) == [10, 12, 14, 16, 18, 20])
  }

  @Test func `a scenario whose time is over ends with the next whole turn of enough rounds`() throws {
    // Without a threshold nothing but a ratio that scatters keeps it going.
    var run = longer(run(alpha: 500))
    for index in run.rounds.indices where run.rounds[index].framework == "alpha" && run.rounds[index].round < 15 {
      run.rounds[index].load.verified += run.rounds[index].round.isMultiple(of: 2) ? 300 : 0
    }
    let gate = ScenarioGate("ping", tolerating: [], manifest: run.manifest, baseline: nil)
    func ends(_ isOutOfTime: Bool) -> [Int: ScenarioGate.EarlyEnd] {
      Dictionary(
        uniqueKeysWithValues: (1...20).compactMap { count in
          gate.earlyEnd(run.rounds.filter { $0.round <= count }, isOutOfTime: isOutOfTime).map { (count, $0) }
        })
    }
    #expect(ends(false) == [:])
    #expect(ends(true) == [12: .outOfTime, 18: .outOfTime])
    let sure = longer(self.run(alpha: 500)).rounds.filter { $0.round <= 12 }
    #expect(gate.earlyEnd(sure, isOutOfTime: true) == .decided)
  }

  @Test func `the report says where the time was over`() throws {
    var run = longer(run(alpha: 500))
    run.manifest.profile.rounds = 40
    let last = try #require(run.rounds.lastIndex { $0.round == 20 })
    run.rounds[last].endedEarly = true
    #expect(!Trust.sentences(run.summary).contains { $0.contains("time") })
    run.rounds[last].outOfTime = true
    #expect(run.summary.state == .complete)
    #expect(
      Trust.sentences(run.summary).contains(
        "1 scenario of 1 used up the time of PROFILE=quick before everything was decided. "
          + "PROFILE=standard takes longer and decides more."))
  }

  @Test func `a scenario that ended early is whole, and one that was cut off there is not`() throws {
    var run = longer(run(alpha: 500))
    run.manifest.profile.rounds = 20
    run.rounds.removeAll { $0.round > 12 }
    #expect(run.summary.state == .incomplete)
    let last = try #require(run.rounds.lastIndex { $0.round == 12 })
    run.rounds[last].endedEarly = true
    #expect(run.summary.state == .complete)
    #expect(try Baseline(run.summary).ratios("ping", "alpha", .throughput).count == 12)
    run.rounds.removeAll { $0.round == 12 && $0.framework == "alpha" }
    #expect(run.summary.state == .incomplete)
  }

  // MARK: The stored file

  @Test func `a baseline keeps how fast the machine was for the rounds, where it was probed`() throws {
    var run = run(alpha: 500)
    let unprobed = try #require(try Baseline(run.summary).cells.first { $0.framework == "alpha" })
    #expect(unprobed.logSpeeds == nil)
    run.change("ping", "alpha") { if $0.round == 2 { $0.resources.speedProbeNs = 6_000 } }
    let baseline = try Baseline(run.summary)
    let kept = try JSONDecoder().decode(Baseline.self, from: JSONEncoder().encode(baseline))
    let ratios = kept.ratios("ping", "alpha", .throughput)
    #expect(ratios.speeds.enumerated().allSatisfy { isClose($1, $0 == 1 ? log(2) : 0, within: 1e-5) })
    #expect(
      kept.cells.first { $0.framework == "alpha" }?.logSpeeds?.keys.sorted() == ["cpu_per_request", "throughput"])
    var broken = kept
    for index in broken.cells.indices { broken.cells[index].logSpeeds = ["throughput": [1]] }
    #expect(broken.ratios("ping", "alpha", .throughput) == RoundRatios(ratios.logarithms))
  }

  @Test func `a baseline is read as it was written, and found by the machine`() throws {
    let folder = NSTemporaryDirectory() + "baselines-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = BaselineStore(folder: folder)
    let baseline = try Baseline(run(alpha: 500).summary)
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

  @Test func `no baseline is made from a run that lacks a round, has errors, or is a smoke run`() throws {
    var lacking = run(alpha: 500)
    lacking.remove("ping", "beta", rounds: [3])
    #expect(throws: BaselineError.self) { try Baseline(lacking.summary) }
    var failing = run(alpha: 500)
    failing.change("ping", "beta") { $0.load.errors = ["timeout": 1] }
    #expect(throws: BaselineError.self) { try Baseline(failing.summary) }
    var versions = run(alpha: 500)
    versions.manifest.comparison = "one 1.0 to 1.1"
    #expect(throws: BaselineError.comparison("one 1.0 to 1.1")) { try Baseline(versions.summary) }
    var smoke = run(alpha: 500)
    smoke.manifest.profile.name = "smoke"
    #expect(throws: BaselineError.profile("smoke")) { try Baseline(smoke.summary) }
  }

  @Test func `a baseline leaves out what most rounds were disturbed or limited in, and says so`() throws {
    var run = run(alpha: 500)
    run.change("ping", "alpha") { if $0.round > 4 { $0.warnings = ["limited by the generator"] } }
    run.change("ping", "beta") { $0.resources.stealCPUS = 2 }
    let baseline = try Baseline(run.summary)
    #expect(baseline.cells.map { $0.logRatios.keys.sorted() } == [["cpu_per_request"], []])
    #expect(
      Baseline.leftOut(run.summary) == [
        "ping: alpha throughput: alpha: limited by the generator in 6 of 10 rounds",
        "ping: beta throughput: beta: the hypervisor gave the machine to others in 10 of 10 rounds",
        "ping: beta CPU time per request: beta: the hypervisor gave the machine to others in 10 of 10 rounds",
      ])
    let stored = StoredBaseline(name: "0123456789ab.json", baseline: baseline, isOwn: true)
    let judged = try judge(self.run(alpha: 350), again: self.run(alpha: 350), baseline: stored)
    #expect(judged.verdicts("alpha") == [.undecided, .fail, .pass])
    #expect(judged.rulings[0].text.contains("no baseline"))
  }

  @Test func `a baseline beside another database is stale`() throws {
    var run = run(alpha: 350)
    run.manifest.environment.postgres = "16.1"
    let judged = try judge(run, again: run, baseline: stored())
    #expect(judged.verdicts("alpha") == [.undecided, .undecided, .pass])
    #expect(judged.rulings[0].text.contains("the baseline is stale: PostgreSQL 15.8, now 16.1"))
  }

  @Test func `a strict run fails on what is undecided, in every report`() throws {
    var run = run(alpha: 500)
    run.manifest.gated = true
    run.verdicts = [
      ScenarioVerdicts(scenario: "ping", baseline: "", rulings: try judge(run, again: run, baseline: nil).rulings)
    ]
    #expect(run.summary.state == .complete)
    run.manifest.strict = true
    #expect(run.summary.state == .failed && run.summary.forbidden.count == 4)
    #expect(TerminalReport.text(run.summary).contains("4 thresholds are inconclusive, which STRICT=1 does not"))
    #expect(JUnitReport.text(run.summary).contains("failures=\"2\""))
  }

  // MARK: In the report

  @Test func `a regression fails the run, a verdict that is absent leaves it incomplete`() throws {
    var run = run(alpha: 350)
    run.manifest.gated = true
    let rulings = try judge(run, again: run, baseline: stored()).rulings
    let verdicts = ScenarioVerdicts(scenario: "ping", baseline: "baseline x.json", rulings: rulings)
    let file = RawFile(name: "gate--ping.json", bytes: try JSONEncoder().encode(verdicts))
    let fresh = try #require(run.rounds.first { $0.framework == "alpha" })
    let again = RawFile(name: "retest--ping--alpha--round1.json", bytes: try JSONEncoder().encode(fresh))
    let collected = RawResults(try run.attachments() + [file, again])
    #expect(collected.problems.isEmpty && collected.ignored.isEmpty)
    let summary = try #require(RunSummary(collected))
    #expect(summary.state == .failed)
    #expect(summary.regressions.map(\.metric) == [.throughput, .cpuPerRequest])
    #expect(TerminalReport.text(summary).contains("The gate: 4 pass, 2 fail and 0 inconclusive of 6 thresholds"))
    #expect(MarkdownReport.text(summary).contains("regression: ping: alpha throughput"))
    #expect(HTMLReport.text(summary).contains("<section id=\"gate\">"))
    let rows = CSVReport.text(summary).split(separator: "\n")
    #expect(rows[0].hasSuffix(",gate"))
    #expect(rows[1].hasSuffix(",fail") && rows[2].hasSuffix(",pass") && rows[3].hasSuffix(","))

    #expect(summary.cells.allSatisfy { $0.verdict == .ok } && summary.cells[0].retest == [fresh])
    var failing = fresh
    failing.load.errors = ["timeout": 2]
    let failed = try #require(
      RunSummary(
        RawResults(
          try run.attachments() + [
            file, RawFile(name: again.name, bytes: try JSONEncoder().encode(failing)),
          ])))
    #expect(failed.cells[0].verdict == .errors && failed.cells[0].errorsByKind == ["timeout": 2])
    failing = fresh
    failing.checks = [CheckFigure(name: "in flight", passed: false, detail: "2 × timeout")]
    let unchecked = try #require(
      RunSummary(
        RawResults(
          try run.attachments() + [
            file, RawFile(name: again.name, bytes: try JSONEncoder().encode(failing)),
          ])))
    #expect(unchecked.cells[0].reason == "failed check: in flight in round 1 of the retest: 2 × timeout")
    let garbage = RawResults(
      try run.attachments() + [file, RawFile(name: again.name, bytes: Data("{}".utf8))])
    #expect(garbage.problems.map(\.description) == ["\(again.name) cannot be read: 'schema' is missing"])

    let silent = try #require(RunSummary(RawResults(try run.attachments())))
    #expect(silent.state == .incomplete)
    #expect(silent.problems == [.notJudged(scenario: "ping")])
    let doubled = RawResults(
      try run.attachments() + [file, RawFile(name: "gate--ping-2.json", bytes: file.bytes)])
    #expect(doubled.problems == [.notJudged(scenario: "ping")])
  }

  // MARK: Help

  private struct Judged {
    var rulings: [ThresholdResult]
    var again: [[String]]

    func verdicts(_ framework: String) -> [ThresholdResult.Outcome] {
      rulings.filter { $0.framework == framework }.map(\.verdict)
    }
  }

  private func judge(_ run: SyntheticRun, again fresh: SyntheticRun? = nil, baseline: StoredBaseline?) throws
    -> Judged
  {
    let gate = ScenarioGate("ping", tolerating: tolerances, manifest: run.manifest, baseline: baseline)
    var again: [[String]] = []
    let rulings = gate.judge(run.rounds) { frameworks, count in
      again.append(frameworks)
      return (fresh ?? run).rounds.filter { (frameworks + ["bare"]).contains($0.framework) && $0.round <= count }
    }
    return Judged(rulings: rulings, again: again)
  }

  /// After which rounds it would end.
  private func decides(_ run: SyntheticRun, at rounds: ClosedRange<Int>) throws -> [Int] {
    try decides(run, at: rounds, baseline: stored())
  }

  /// The same, with the run itself as its baseline.
  private func decides(
    _ run: SyntheticRun, at rounds: ClosedRange<Int>, tolerating thresholds: [Threshold]
  ) throws -> [Int] {
    let baseline = StoredBaseline(name: "0123456789ab.json", baseline: try Baseline(run.summary), isOwn: true)
    return try decides(run, at: rounds, tolerating: thresholds, baseline: baseline)
  }

  private func decides(
    _ run: SyntheticRun, at rounds: ClosedRange<Int>, tolerating thresholds: [Threshold]? = nil,
    baseline: StoredBaseline?
  ) throws -> [Int] {
    let gate = ScenarioGate("ping", tolerating: thresholds ?? tolerances, manifest: run.manifest, baseline: baseline)
    return rounds.filter { count in
      gate.earlyEnd(run.rounds.filter { $0.round <= count }, isOutOfTime: false) == .decided
    }
  }

  private func stored(isOwn: Bool = true) throws -> StoredBaseline {
    StoredBaseline(
      name: isOwn ? "0123456789ab.json" : "portable.json", baseline: try Baseline(run(alpha: 500).summary),
      isOwn: isOwn)
  }

  /// Twenty rounds; every second p99 of alpha is higher by a factor.
  private func withTail(scattering factor: Double) -> SyntheticRun {
    var run = longer(run(alpha: 500))
    run.manifest.profile.rounds = 20
    for framework in ["alpha", "beta", "bare"] {
      run.change("ping", framework) { round in
        let isHigh = framework == "alpha" && round.round.isMultiple(of: 2)
        round.fixedRate = FixedRateFigures(
          offeredPerSecond: 2000, windowS: 1, verified: 2000, unsent: 0, histogram: "", p99Ms: isHigh ? factor : 1)
      }
    }
    return run
  }

  /// The same rounds twice, for a look at twenty.
  private func longer(_ run: SyntheticRun) -> SyntheticRun {
    var longer = run
    longer.rounds += run.rounds.map { round in
      var later = round
      later.round += 10
      return later
    }
    return longer
  }

  /// Ten rounds that scatter by one percent. CPU time per request follows from the throughput.
  private func run(alpha: Double) -> SyntheticRun {
    var run = SyntheticRun(rounds: 10)
    let scatter = [1.01, 0.99, 1, 1.005, 0.995, 1.01, 0.99, 1, 1.005, 0.995]
    run.add("ping", "alpha", perSecond: scatter.map { alpha * $0 })
    run.add("ping", "beta", perSecond: scatter.reversed().map { 600 * $0 })
    run.add("ping", "bare", perSecond: scatter.map { _ in 1000 })
    return run
  }
}
