import Foundation
import Results
import SyntheticResults
import TestSupport
import Testing

@testable import Reports

/// What the reports say of a run of faults.
@Suite struct FaultReportTests {
  private static let plan = FaultPlan(
    faults: [.workerKilled, .databaseStopped, .bodyCut], trials: 3, beforeS: 1, lastsS: 2, quietS: 1.5, limitS: 20)

  private static func trial(
    _ framework: String, _ fault: InjectedFault, _ number: Int, recoveredAfterS: Double? = nil,
    errors: [String: Int] = [:], sound: Bool = true, change: (inout FaultTrial.Seen) -> Void = { _ in }
  ) -> FaultTrial {
    var trial = FaultTrial(
      framework: framework, scenario: fault == .databaseStopped ? "db-read" : "ping", fault: fault, trial: number,
      started: "2026-07-01T10:00:00Z")
    let endedS = fault == .workerKilled ? 1.0 : 3.0
    var seen = FaultTrial.Seen(
      done: fault == .workerKilled ? "killed a worker, which had 5 connections" : "as it was asked", connections: 16,
      beganS: 1, endedS: endedS, windowS: 6, verified: 5_000, errors: errors, isSoundAtEnd: sound, longestGapS: 0.04,
      perSecondBefore: 1_000, perSecondAfter: 950)
    if !errors.isEmpty { (seen.firstErrorAtS, seen.lastErrorAtS) = (1.02, endedS) }
    seen.recoveredAtS = recoveredAfterS.map { endedS + $0 }
    (seen.p99BeforeMs, seen.p99AfterMs) = (4, 5.5)
    seen.processes = .init(before: 6, after: 6)
    seen.descriptors = .init(before: 120, after: 121)
    seen.memoryBytes = .init(before: 150 << 20, after: 151 << 20)
    seen.files = .init(before: 1, after: 1)
    if fault == .bodyCut { seen.perSecondDuring = 900 }
    change(&seen)
    trial.seen = seen
    return trial
  }

  private static func summary(_ trials: [FaultTrial]) -> RunSummary {
    var manifest = SyntheticRun(scenarios: ["ping", "db-read"]).manifest
    (manifest.timed, manifest.gated, manifest.behaviour) = (false, false, BehaviourPlan(faults: plan))
    var records = BehaviourRecords()
    records.faults = trials
    return RunSummary(manifest: manifest, rounds: [], behaviour: records)
  }

  /// All of three frameworks but two trials of the last; one that never comes back, one wrong answer with bytes that would do
  /// something to a terminal.
  private static let trials: [FaultTrial] = {
    var trials: [FaultTrial] = []
    for (number, after) in [0.1, 0.3, 0.2].enumerated() {
      trials.append(
        trial("alpha", .workerKilled, number + 1, recoveredAfterS: after, errors: ["reset": 4, "closed_early": 1]))
      trials.append(
        trial("beta", .workerKilled, number + 1, errors: ["timeout": 9], sound: false) {
          $0.processes = .init(before: 6, after: 5)
          $0.startedAnew = "it did not recover"
        })
      trials.append(
        trial("alpha", .databaseStopped, number + 1, recoveredAfterS: 0.02, errors: ["status": 1_200]) {
          $0.perSecondDuring = 3
        })
      trials.append(trial("alpha", .bodyCut, number + 1) { $0.files = .init(before: 1, after: 3) })
      trials.append(
        trial("beta", .bodyCut, number + 1) {
          $0.clients = ["a cut form: answered 200": 2]
          $0.wrongAnswers = [
            .init(text: "a cut form, was answered 200", bytes: "SFRUUC8xLjEgMjAwIE9LDQoNChtbMm08Yj4=", count: 2)
          ]
          $0.wrongAnswerCount = 2
        })
    }
    var notTried = FaultTrial(
      framework: "beta", scenario: "db-read", fault: .databaseStopped, trial: 1, started: "2026-07-01T10:00:00Z")
    notTried.notTried = "the database is not known"
    trials.append(notTried)
    return trials
  }()

  @Test func `the first page says who came back and when, and who did not`() {
    #expect(
      FaultSections.sentences(Self.summary(Self.trials)) == [
        "A killed worker: Alpha came back in 0.2 s (median of 3); Beta did not come back within 20 s.",
        "A database that was stopped and started: Alpha came back in under 0.1 s (median of 3).",
        "Bodies that are cut: Beta gave 6 wrong answers; Alpha left 6 files behind; Alpha and Beta served everybody else "
          + "without an error.",
      ])
  }

  @Test func `an outcome is one line`() {
    func outcome(_ trials: [FaultTrial]) -> String { FaultWords.outcome(trials, Self.plan) }
    #expect(
      outcome([Self.trial("alpha", .workerKilled, 1, recoveredAfterS: 0.3, errors: ["reset": 8, "closed_early": 4])])
        == "recovered in 0.3 s, 12 errors: 8 reset, 4 closed early")
    #expect(outcome([Self.trial("alpha", .bodyCut, 1)]) == "no errors, 90 % of the throughput meanwhile")
    #expect(outcome([]) == "–")
    #expect(
      outcome(Self.trials.filter { $0.framework == "beta" && $0.fault == .workerKilled })
        == "did not recover within 20 s in 3 of 3 trials, 27 errors in 3 trials, all timeout, 1 of 6 processes stayed away in 3 "
        + "of 3 trials, had to be started again in 3 of 3 trials")
    #expect(
      outcome(Self.trials.filter { $0.framework == "beta" && $0.fault == .bodyCut })
        == "6 WRONG ANSWERS, no errors, 90 % of the throughput meanwhile")
    #expect(
      outcome(Self.trials.filter { $0.framework == "alpha" && $0.fault == .bodyCut })
        == "no errors, 90 % of the throughput meanwhile, 6 files left behind")
    #expect(
      outcome(Self.trials.filter { $0.framework == "beta" && $0.fault == .databaseStopped })
        == "not tried: the database is not known")
  }

  @Test func `a time is told to the tenth`() {
    #expect(
      [0, 0.04, 0.05, 0.31, 1, 12.34, 20].map(FaultWords.seconds) == [
        "under 0.1 s", "under 0.1 s", "0.1 s", "0.3 s", "1 s", "12.3 s", "20 s",
      ])
  }

  @Test func `wrong answers fail the run, with their bytes made visible`() {
    let complete =
      Self.trials
      + (1...3).flatMap { number in
        [InjectedFault.workerKilled, .databaseStopped, .bodyCut].map { Self.trial("bare", $0, number) }
      } + [2, 3].map { Self.trial("beta", .databaseStopped, $0) }
    let summary = Self.summary(complete)
    #expect(
      FaultSections.findings(summary) == [
        "body-cut on beta: 6 wrong answers in 3 trials: a cut form, was answered 200: "
          + #"HTTP/1.1 200 OK\r\n\r\n\u{1b}[2m<b>"#
      ])
    #expect(summary.state == .failed)
    #expect(HTMLReport.text(summary).contains("&lt;b&gt;") && !HTMLReport.text(summary).contains("<b>"))
    let right = Self.summary(
      complete.filter { $0.framework != "beta" || $0.fault != .bodyCut }
        + (1...3).map { Self.trial("beta", .bodyCut, $0) })
    #expect(right.state == .complete, "a server that does not recover is a result")
  }

  @Test func `trials that the plan has and the run has not are missing`() {
    let summary = Self.summary(Self.trials)
    #expect(
      FaultSections.missing(summary) == [
        "worker-killed on bare (all 3 trials)", "database-stopped on beta (trials 2, 3 of 3)",
        "database-stopped on bare (all 3 trials)", "body-cut on bare (all 3 trials)",
      ])
    #expect(summary.state == .incomplete)
  }

  @Test func `the reports of a run of faults`() throws {
    let summary = Self.summary(Self.trials)
    try expectGolden(MarkdownReport.text(summary), "faults.md")
    try expectGolden(TerminalReport.text(summary), "faults.txt")
    try expectGolden(try #require(BehaviourCSV.faults(summary)), "faults.csv")
  }

  @Test func `results hold the trials with what was derived from them`() throws {
    let text = Data(JSONReport.text(Self.summary(Self.trials)).utf8)
    let value = try JSONDecoder().decode(JSONValue.self, from: text)
    #expect(try JSONSchema(ofCheckout: "docs/results.schema.json").faults(text) == [])
    let trials = try #require(value["behaviour"]?["faults"]?["trials"]?.array)
    #expect(trials.count == Self.trials.count)
    #expect(trials[0]["seen"]?["outcome"] == .string("recovered"))
    #expect(trials[1]["seen"]?["outcome"] == .string("not_recovered"))
    #expect(BehaviourCSV.faults(SyntheticRun.complete.summary) == nil)
  }
}
