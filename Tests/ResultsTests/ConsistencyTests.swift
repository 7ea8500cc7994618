import Foundation
import Histogram
import SyntheticResults
import Testing

@testable import Results

/// What a file says has to agree with itself, and with what was written to it.
@Suite struct ConsistencyTests {
  private static let file = "ping--bare--round1.json"

  // MARK: The checksum

  @Test func `a checksum is the first member of a record, and fits`() throws {
    let bytes = try ResultsCoding.encodeSealed(SyntheticRun.round("ping", "bare", 1, perSecond: 20))
    #expect(String(decoding: bytes.prefix(33), as: UTF8.self).wholeMatch(of: /{"checksum":"[0-9a-f]{16}","c/) != nil)
    #expect(Seal(of: bytes) == .intact)
    #expect(try ResultsCoding.decode(RoundFile.self, from: bytes).round.load.verified == 40)
  }

  @Test func `a bit that flipped in any byte is found`() throws {
    let bytes = try ResultsCoding.encodeSealed(SyntheticRun.round("ping", "bare", 1, perSecond: 20))
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 1 << UInt8(place % 8)
      #expect(throws: (any Error).self, "byte \(place)") { try ResultsCoding.decode(RoundFile.self, from: changed) }
    }
  }

  @Test(arguments: [#""verified":40"#, #""framework":"bare""#, #""schema":3"#, #""checksum""#])
  func `a file that was edited by hand is refused by its name`(text: String) throws {
    let collected = try RawResultsTests.collect {
      let changed = String(decoding: $0[1].bytes, as: UTF8.self)
        .replacing(
          text,
          with: text.replacing("40", with: "41").replacing("bare", with: "bore")
            .replacing("3", with: "2").replacing("sum", with: "sun"))
      $0[1].bytes = Data(changed.utf8)
    }
    #expect(
      collected.problems.map(\.description) == [
        "ping--bare--round1.json was changed since it was written: its checksum does not fit; "
          + "take the file as it was measured, or measure again"
      ])
    #expect(collected.rounds.count == 3)
  }

  @Test(arguments: ["manifest.json", "gate--ping.json"])
  func `the other files have a checksum, too`(name: String) throws {
    let collected = try RawResultsTests.collect {
      $0.append(try AttachedFile("gate--ping.json", Self.verdicts()))
      let index = try #require($0.firstIndex { $0.name == name })
      $0[index].bytes[30] ^= 1
    }
    #expect(collected.problems.contains(.altered(file: name)))
  }

  // MARK: A round

  @Test(arguments: [
    ("verified", 400, "'verified' is 400, and its seconds together have 40"),
    ("connections_opened", 49, "'connections_opened' is 49, and the histogram 'connect' holds 50"),
    ("window_s", 1, "a window of 1.0 s, and the run's are at least 2.0 s long"),
    ("window_s", 22, "a window of 22.0 s, and the longest of the run is 21.0 s"),
    ("bytes_received", 39, "40 responses were verified, and 39 bytes received"),
    ("bytes_sent", -1, "a count of -1"),
  ])
  func `a figure of the load that contradicts another is named with both`(
    key: String, value: Int, reason: String
  ) throws {
    #expect(try Self.reason { try $0.change("load") { $0[key] = value } } == reason)
  }

  @Test func `a round with ten times the verified is refused, also where its seconds have them`() throws {
    let reason = try Self.reason {
      try $0.change("load") { load in
        load["verified"] = 400
        let seconds = try #require(load["per_second"] as? [[String: Any]])
        load["per_second"] = seconds.map { $0.merging(["verified": 200]) { $1 } }
      }
    }
    #expect(reason == "'verified' is 400, and the histogram 'latency' holds 40")
  }

  @Test(arguments: [
    (["sent": 101], "101 requests were sent, and 100 verified, 0 failed and 0 cut off"),
    (["sent": 30, "verified": 30], "30 requests were verified in all, and 40 in the window and 50 after it"),
    (["unfinished": 7], "'verified' is 40 and 'unfinished' 7, and the histogram 'latency' holds 40"),
    (["sent": 103, "failed": 3], "3 requests failed, and there are 0 errors"),
    (["drained": -1], "a count of -1"),
  ])
  func `an accounting that does not add up is refused`(change: [String: Int], reason: String) throws {
    #expect(
      try Self.reason {
        try $0.change("load") { load in
          let whole = ["sent": 100, "verified": 100, "failed": 0, "cut_off": 0, "drained": 50, "unfinished": 0]
          load["accounting"] = whole.merging(change) { $1 }
        }
      } == reason)
  }

  @Test func `more CPU time than the processors have is refused`() throws {
    let reason = try Self.reason {
      try $0.change("resources") { resources in
        resources["server"] = ["processes": 5, "cpu_user_s": 9.0, "cpu_system_s": 0.5]
      }
    }
    #expect(reason == "9.5 s of CPU time of 'server' in a window of 2.0 s on 2 processors")
  }

  @Test func `a place behind the last target is refused`() throws {
    #expect(try Self.reason { try $0.change { $0["position"] = 3 } } == "'position' is 3, and the run has 2 targets")
  }

  @Test(arguments: [
    (["verified": 30], "at a fixed rate 'verified' is 30 and 'unsent' 1, and the histogram holds 10"),
    (["unsent": -1], "a count of -1 at a fixed rate"),
    (["p99_ms": 7], "at a fixed rate 'p99_ms' is 7.0, and that of the histogram "),
  ])
  func `a window at a fixed rate that contradicts itself is refused`(change: [String: Int], reason: String) throws {
    var histogram = Histogram()
    histogram.record(5_000_000, count: 10)
    let text = histogram.base64V2()
    let told = try Self.reason {
      try $0.change { round in
        let whole: [String: Any] = [
          "offered_per_second": 5, "window_s": 2, "verified": 9, "unsent": 1, "histogram": text,
        ]
        round["fixed_rate"] = whole.merging(change) { $1 }
      }
    }
    #expect(try #require(told).hasPrefix(reason))
  }

  // MARK: Comparison results

  @Test(arguments: [
    (3, ScenarioEnd.Cause.decided, "the scenario ended after 3 of 2 rounds, by 'decided'"),
    (1, .decided, "the scenario ended after 1 rounds, and there is a round 2"),
    (0, .allPlanned, "an end after 0 rounds"),
  ])
  func `an end after other rounds than there are is refused`(
    rounds: Int, cause: ScenarioEnd.Cause, reason: String
  ) throws {
    #expect(try Self.reasonOfVerdicts { $0.end = ScenarioEnd(rounds: rounds, cause: cause) } == reason)
  }

  @Test func `a comparison result that cannot be is refused`() throws {
    func reason(_ change: (inout ThresholdResult) -> Void) throws -> String? {
      try Self.reasonOfVerdicts { change(&$0.results[0]) }
    }
    #expect(try reason { $0.rounds = -1 } == "alpha throughput: 'rounds' is -1")
    #expect(try reason { $0.verdict = .undecided } == "alpha throughput: undecided without a reason")
    #expect(try reason { $0.reason = .noBaseline } == "alpha throughput: 'pass' with a reason to be undecided")
    #expect(
      try reason { ($0.ratio, $0.low, $0.high) = (2, 0.5, 1) }
        == "alpha throughput: a ratio of 2.0 outside of its interval from 0.5 to 1.0")
    #expect(
      try reason { $0.framework = "gamma" } == "a comparison result of 'gamma', which the manifest does not expect")
    #expect(try reason { $0.scenario = "json" } == "a comparison result of 'json' among those of 'ping'")
    #expect(try reason { _ in } == nil)
  }

  @Test func `comparison results that cannot be read are told as that, and not as missing`() throws {
    var run = SyntheticRun.complete
    run.manifest.gated = true
    let cut = AttachedFile(name: "gate--ping.json", bytes: try AttachedFile("", Self.verdicts()).bytes.dropLast(9))
    let collected = RawResults(try run.attachments() + [cut])
    #expect(
      collected.problems.map(\.description) == ["gate--ping.json cannot be read: not valid JSON, or cut short"])
  }

  @Test func `a name with a line feed stays on the line that tells of it`() throws {
    var manifest = SyntheticRun.complete.manifest
    manifest.scenarios[0].name = "ping\nall is well"
    let collected = RawResults([try AttachedFile("manifest.json", manifest)])
    #expect(
      collected.problems.map(\.description) == [
        #"manifest.json is implausible: 'ping\nall is well' is not usable as a name"#
      ])
  }

  // MARK: Help

  /// Why a round is refused, of which the file says something else.
  private static func reason(_ change: (inout AttachedFile) throws -> Void) throws -> String? {
    var round = SyntheticRun.round("ping", "bare", 1, perSecond: 20)
    var connect = Histogram()
    connect.record(1000, count: 50)
    round.histograms["connect"] = .counted(connect)
    var attached = try AttachedFile(file, round)
    let whole = try RawResultsTests.collect { $0[1] = attached }
    try #require(whole.problems == [])
    try change(&attached)
    return implausibility(of: file, try RawResultsTests.collect { $0[1] = attached })
  }

  private static func reasonOfVerdicts(_ change: (inout ScenarioVerdicts) -> Void) throws -> String? {
    var verdicts = verdicts()
    change(&verdicts)
    let name = "gate--ping.json"
    return implausibility(
      of: name, try RawResultsTests.collect { $0.append(try AttachedFile(name, verdicts)) })
  }

  private static func verdicts() -> ScenarioVerdicts {
    ScenarioVerdicts(
      scenario: "ping", baseline: "none", end: ScenarioEnd(rounds: 2, cause: .allPlanned),
      results: [
        ThresholdResult(
          scenario: "ping", framework: "alpha", metric: .throughput, verdict: .pass, confidence: 0.95, tolerated: 0.9,
          comparedTo: .before, rounds: 2)
      ])
  }

  private static func implausibility(of file: String, _ collected: RawResults) -> String? {
    guard case .implausible(file, let reason) = collected.problems.first else {
      #expect(collected.problems == [])
      return nil
    }
    #expect(collected.problems.count == 1)
    return reason
  }
}
