import Foundation
import Gate
import Results
import SyntheticResults
import Testing

@testable import Reports

/// What the gate found, and when scenarios ended, as a run and its reports have it.
@Suite struct GatedRunTests {
  @Test func `the report says where the time was over`() throws {
    var run = SyntheticRun.steady(alpha: 500).longer
    run.manifest.profile.rounds = 40
    run.ends["ping"] = ScenarioEnd(rounds: 20, cause: .decided)
    #expect(!Trust.sentences(run.summary).contains { $0.contains("time") })
    run.ends["ping"]?.cause = .outOfTime
    #expect(run.summary.state == .complete)
    #expect(
      Trust.sentences(run.summary).contains(
        "1 scenario of 1 used up the time of PROFILE=quick before everything was decided. "
          + "PROFILE=standard takes longer and decides more."))
  }

  @Test func `a scenario that ended early is whole, and one that was cut off there is not`() throws {
    var run = SyntheticRun.steady(alpha: 500).longer
    run.manifest.profile.rounds = 20
    run.rounds.removeAll { $0.round > 12 }
    #expect(run.summary.state == .incomplete)
    run.ends["ping"] = ScenarioEnd(rounds: 12, cause: .decided)
    #expect(run.summary.state == .complete)
    #expect(try Baseline(run.summary).ratios("ping", "alpha", .throughput, policy: .standard).count == 12)
    run.rounds.removeAll { $0.round == 12 && $0.framework == "alpha" }
    #expect(run.summary.state == .incomplete)
  }

  @Test func `no baseline is made from a run that lacks a round, has errors, or is a smoke run`() throws {
    var lacking = SyntheticRun.steady(alpha: 500)
    lacking.remove("ping", "beta", rounds: [3])
    #expect(throws: BaselineError.self) { try Baseline(lacking.summary) }
    var failing = SyntheticRun.steady(alpha: 500)
    failing.change("ping", "beta") { $0.load.errors = ["timeout": 1] }
    #expect(throws: BaselineError.self) { try Baseline(failing.summary) }
    var versions = SyntheticRun.steady(alpha: 500)
    versions.manifest.comparison = "one 1.0 to 1.1"
    #expect(throws: BaselineError.comparison("one 1.0 to 1.1")) { try Baseline(versions.summary) }
    var smoke = SyntheticRun.steady(alpha: 500)
    smoke.manifest.profile.name = "smoke"
    #expect(throws: BaselineError.profile("smoke")) { try Baseline(smoke.summary) }
  }

  @Test func `a strict run fails on what is inconclusive, in every report`() throws {
    var run = SyntheticRun.steady(alpha: 500)
    run.manifest.gated = true
    run.verdicts = [
      ScenarioVerdicts(scenario: "ping", baseline: "", results: judge(run, baseline: nil))
    ]
    #expect(run.summary.state == .complete)
    run.manifest.strict = true
    #expect(run.summary.state == .failed && run.summary.forbidden.count == 4)
    #expect(TerminalReport.text(run.summary).contains("4 thresholds are inconclusive, which STRICT=1 does not"))
    #expect(JUnitReport.text(run.summary).contains("failures=\"2\""))
  }

  @Test func `a regression fails the run, a verdict that is absent leaves it incomplete`() throws {
    var run = SyntheticRun.steady(alpha: 350)
    run.manifest.gated = true
    let results = judge(
      run,
      baseline: StoredBaseline(
        name: "0123456789ab.json", baseline: try SyntheticRun.steady(alpha: 500).baseline, isOwn: true))
    let verdicts = ScenarioVerdicts(scenario: "ping", baseline: "baseline x.json", results: results)
    let file = try AttachedFile("gate--ping.json", verdicts)
    let fresh = try #require(run.rounds.first { $0.framework == "alpha" })
    let again = try AttachedFile("retest--ping--alpha--round1.json", fresh)
    let collected = RawResults(try run.attachments() + [file, again])
    #expect(collected.problems.isEmpty && collected.ignored.isEmpty)
    let summary = try #require(RunSummary(collected))
    #expect(summary.state == .failed)
    #expect(summary.regressions.map(\.metric) == [.throughput, .cpuPerRequest])
    #expect(TerminalReport.text(summary).contains("The gate: 4 pass, 2 fail and 0 inconclusive of 6 thresholds"))
    #expect(MarkdownReport.text(summary).contains("regression: ping: alpha throughput"))
    #expect(HTMLReport.text(summary).contains("<section id=\"gate\">"))
    let rows = CSVReport.text(summary).split(separator: "\n")
    #expect(rows[0].contains(",gate,"))
    #expect(rows[1].hasSuffix(",fail,,,,,,,") && rows[2].hasSuffix(",pass,,,,,,,") && rows[3].hasSuffix(",,,,,,,"))

    #expect(summary.cells.allSatisfy { $0.verdict == .ok } && summary.cells[0].retest == [fresh])
    var failing = fresh
    failing.load.errors = ["timeout": 2]
    let failed = try #require(
      RunSummary(
        RawResults(
          try run.attachments() + [
            file, try AttachedFile(again.name, failing),
          ])))
    #expect(failed.cells[0].verdict == .errors && failed.cells[0].errorsByKind == ["timeout": 2])
    failing = fresh
    failing.checks = [CheckFigure(name: "in flight", passed: false, detail: "2 × timeout")]
    let unchecked = try #require(
      RunSummary(
        RawResults(
          try run.attachments() + [
            file, try AttachedFile(again.name, failing),
          ])))
    #expect(unchecked.cells[0].reason == "failed check: in flight in round 1 of the retest: 2 × timeout")
    let garbage = RawResults(
      try run.attachments() + [file, AttachedFile(name: again.name, bytes: Data("{}".utf8))])
    #expect(garbage.problems.map(\.description) == ["\(again.name) cannot be read: 'schema' is missing"])

    let silent = try #require(RunSummary(RawResults(try run.attachments())))
    #expect(silent.state == .incomplete)
    #expect(silent.problems == [.notJudged(scenario: "ping")])
    let doubled = RawResults(
      try run.attachments() + [file, AttachedFile(name: "gate--ping-2.json", bytes: file.bytes)])
    #expect(
      doubled.problems == [.judgedTwice(scenario: "ping", file: "gate--ping-2.json", other: "gate--ping.json")])
  }

  private func judge(_ run: SyntheticRun, baseline: StoredBaseline?) -> [ThresholdResult] {
    let gate = ScenarioGate(
      "ping",
      tolerating: [.throughput(downAtMost: 0.10), .cpuPerRequest(upAtMost: 0.10), .throughput(atLeast: 0.2)],
      manifest: run.manifest, baseline: baseline, policy: .standard)
    return gate.judge(run.rounds)
  }
}
