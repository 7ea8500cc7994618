import BenchSupport
import Foundation
import Results
import SyntheticResults
import Testing

@testable import Behaviour
@testable import Results

/// What a trial came to, and how it is kept.
@Suite struct FaultTrialTests {
  static func seen(errors: [String: Int] = [:], soundAtEnd: Bool = true) -> FaultTrial.Seen {
    FaultTrial.Seen(
      done: "killed a worker", connections: 16, beganS: 1, endedS: 2, windowS: 5, verified: 900, errors: errors,
      isSoundAtEnd: soundAtEnd, longestGapS: 0.1, perSecondBefore: 100, perSecondAfter: 98)
  }

  @Test func `a server without an error is unharmed`() {
    #expect(Self.seen().outcome == .unharmed)
    #expect(Self.seen().recoveredAfterS == nil)
  }

  @Test func `recovery counts from the end of the fault, and is never negative`() {
    var seen = Self.seen(errors: ["reset": 2])
    (seen.lastErrorAtS, seen.recoveredAtS) = (2.4, 2.5)
    #expect(seen.outcome == .recovered(afterS: 0.5))
    (seen.lastErrorAtS, seen.recoveredAtS) = (1.4, 1.5)
    #expect(seen.outcome == .recovered(afterS: 0))
  }

  @Test func `a server that fails at the end did not recover, whatever it did in between`() {
    var seen = Self.seen(errors: ["reset": 2], soundAtEnd: false)
    (seen.lastErrorAtS, seen.recoveredAtS) = (2.4, 2.5)
    #expect(seen.outcome == .notRecovered)
    // One that hangs has no errors, and no answers.
    #expect(Self.seen(soundAtEnd: false).outcome == .notRecovered)
  }

  @Test func `why a server is started anew`() {
    #expect(Self.seen().reasonToStartAnew(answers: true) == nil)
    #expect(Self.seen().reasonToStartAnew(answers: false) == "it did not answer GET /ping")
    #expect(Self.seen(soundAtEnd: false).reasonToStartAnew(answers: true) == "it did not recover")
    var seen = Self.seen()
    seen.processes = .init(before: 6, after: 5)
    #expect(seen.reasonToStartAnew(answers: true) == "a process was missing")
  }

  // MARK: Keeping

  private func collected(_ trials: [FaultTrial]) throws -> RawResults {
    var manifest = SyntheticRun.complete.manifest
    (manifest.timed, manifest.gated) = (false, false)
    manifest.behaviour = BehaviourPlan(
      faults: FaultPlan(faults: [.workerKilled], trials: 2, beforeS: 1, lastsS: 1, quietS: 1, limitS: 20))
    var files = ["manifest.json": try ResultsCoding.encodeSealed(manifest, run: "own")]
    for trial in trials { files[trial.fileName] = try ResultsCoding.encodeSealed(trial, run: "own") }
    return RawResults(Array(files.keys)) { files[$0] ?? Data() }
  }

  private func trial(_ number: Int, fault: InjectedFault = .workerKilled) -> FaultTrial {
    FaultTrial(
      framework: "alpha", scenario: "ping", fault: fault, trial: number, started: "2026-07-01T10:00:00Z")
  }

  @Test func `a trial is read as it was kept, with its bytes and its series`() throws {
    var kept = trial(1)
    var seen = Self.seen(errors: ["verification": 1])
    seen.wrongAnswers = [.init(text: "GET /ping: other bytes", bytes: "cG9uZw==", count: 1)]
    (seen.wrongAnswerCount, seen.series) = (1, [.init(atS: 0.1, verified: 3, errors: 1)])
    seen.files = .init(before: 1, after: 3)
    kept.seen = seen
    var other = trial(2)
    other.notTried = "its processes are not of this machine"
    let collected = try collected([other, kept])
    #expect(collected.problems == [])
    #expect(collected.behaviour.faults == [kept, other])
  }

  @Test func `a trial that says nothing, or what cannot be, is refused by name`() throws {
    #expect(
      try collected([trial(1)]).problems.map(\.description) == [
        "fault--alpha--worker-killed--trial1.json is implausible: it says neither what was seen nor why it was not tried"
      ])
    var backwards = trial(1)
    backwards.seen = Self.seen()
    backwards.seen?.endedS = 9
    #expect(
      try collected([backwards]).problems.map(\.description) == [
        "fault--alpha--worker-killed--trial1.json is implausible: its instants are not in order"
      ])
    var unasked = trial(1, fault: .bodyCut)
    unasked.seen = Self.seen()
    #expect(
      try collected([unasked]).problems.map(\.description) == [
        "fault--alpha--body-cut--trial1.json is implausible: the manifest expects no body-cut on alpha"
      ])
  }

  // MARK: Whom to kill

  @Test func `who serves is told by the connections that it has accepted on the server's port`() {
    let text = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0100007F:1F41 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 100 1 0
         1: 0100007F:1F41 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 101 1 0
         2: 0100007F:C350 0100007F:1F41 01 00000000:00000000 00:00000000 00000000     0        0 102 1 0
         3: 0100007F:1F41 0100007F:C351 06 00000000:00000000 00:00000000 00000000     0        0 0 1 0
      """
    #expect(ServingWorker.acceptedInodes(text, port: 8001) == [101])
    #expect(ServingWorker.acceptedInodes(text, port: 8002) == [])
  }
}
