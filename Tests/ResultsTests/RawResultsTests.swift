import Foundation
import SyntheticResults
import Testing

@testable import Results

@Suite struct RawResultsTests {
  static func collect(_ change: (inout [AttachedFile]) throws -> Void) throws -> RawResults {
    var attachments = try SyntheticRun.complete.attachments()
    try change(&attachments)
    return RawResults(attachments)
  }

  @Test func `a complete run is collected in the manifest's order`() throws {
    let collected = try Self.collect { $0.reverse() }
    #expect(collected.problems == [])
    #expect(collected.ignored == [])
    #expect(collected.manifest == SyntheticRun.complete.manifest)
    #expect(
      collected.rounds.map { "\($0.framework) \($0.round)" } == [
        "alpha 1", "alpha 2", "bare 1", "bare 2",
      ])
  }

  @Test func `other files are listed and left aside`() throws {
    let collected = try Self.collect {
      $0.append(AttachedFile(name: "table.txt", bytes: Data("x".utf8)))
      $0.append(AttachedFile(name: "notes.json", bytes: Data()))
    }
    #expect(collected.ignored == ["notes.json", "table.txt"])
    #expect(collected.problems == [])
  }

  @Test func `a run that was ended says by what, first of all`() throws {
    let end = RunEnd(at: Date(timeIntervalSince1970: 1_785_233_702), by: "SIGTERM")
    let collected = try Self.collect {
      $0.removeLast()
      $0.append(try AttachedFile("ended.json", end))
      $0.append(AttachedFile(name: "ping--bare--round2-AB12CD.json", bytes: Data()))
    }
    #expect(collected.problems.count == 2)
    #expect(
      collected.problems.first?.description
        == "the run was ended by SIGTERM at 2026-07-28T10:15:02Z, before all was measured")
  }

  @Test func `a name with a random suffix is read by its content`() throws {
    let collected = try Self.collect { $0[1].name = "ping--bare--round2-AB12CD.json" }
    #expect(collected.problems == [])
    #expect(collected.rounds.count == 4)
  }

  @Test func `a run without a manifest is named`() throws {
    let collected = try Self.collect { $0.removeFirst() }
    #expect(collected.problems == [.noManifest])
  }

  @Test func `equal manifests agree, different ones are named`() throws {
    let equal = try Self.collect { $0.append(AttachedFile(name: "manifest-1A2B3C.json", bytes: $0[0].bytes)) }
    #expect(equal.problems == [])
    var other = SyntheticRun.complete.manifest
    other.seed = "8"
    let different = try Self.collect {
      $0.append(try AttachedFile("manifest-1A2B3C.json", other))
    }
    #expect(different.problems == [.contradictingManifests(file: "manifest.json", other: "manifest-1A2B3C.json")])
  }

  @Test func `two files for one round are named and count for nothing`() throws {
    let collected = try Self.collect {
      $0.append(AttachedFile(name: "ping--bare--round1-FF00FF.json", bytes: $0[1].bytes))
    }
    #expect(
      collected.problems == [
        .duplicate(
          file: "ping--bare--round1-FF00FF.json", other: "ping--bare--round1.json", scenario: "ping",
          framework: "bare", round: 1)
      ])
    #expect(collected.rounds.count == 3)
  }

  @Test func `an empty file is named`() throws {
    let collected = try Self.collect { $0[1].bytes = Data() }
    #expect(collected.problems == [.unreadable(file: "ping--bare--round1.json", reason: "the file is empty")])
  }

  @Test func `a file that cannot be read is named with the reason`() throws {
    let collected = RawResults(["manifest.json"]) { _ in throw UnreadableFile(reason: "it is a door") }
    #expect(collected.problems.map(\.description) == ["manifest.json cannot be read: it is a door"])
  }

  @Test func `a missing field is named with its place`() throws {
    let collected = try Self.collect {
      try $0[1].change("load") { $0["verified"] = nil }
    }
    #expect(
      collected.problems == [.unreadable(file: "ping--bare--round1.json", reason: "'verified' is missing in load")])
  }

  @Test func `an unknown version is refused`() throws {
    let collected = try Self.collect { $0[1].bytes = Data(#"{"schema": 99}"#.utf8) }
    #expect(collected.problems == [.unknownSchema(file: "ping--bare--round1.json", found: 99, known: 3)])
  }

  @Test(arguments: [("pong", "bare", 1), ("ping", "gamma", 1), ("ping", "bare", 3)])
  func `a round that the manifest does not expect is named`(scenario: String, framework: String, round: Int) throws {
    let stranger = SyntheticRun.round(scenario, framework, round, perSecond: 5)
    let collected = try Self.collect {
      $0.append(try AttachedFile("a--b--c.json", stranger))
    }
    #expect(
      collected.problems == [
        .unexpected(file: "a--b--c.json", scenario: scenario, framework: framework, round: round)
      ])
    #expect(collected.rounds.count == 4)
  }

  @Test(arguments: [
    ("window_s", "0"), ("window_s", "-1"), ("verified", "-1"), ("verified", "9000000000000000000"),
    ("connections", "-5"),
  ])
  func `figures that cannot be are refused`(field: String, value: String) throws {
    let collected = try Self.collect {
      let text = String(decoding: $0[1].bytes, as: UTF8.self)
      let changed = text.replacingOccurrences(
        of: "\"\(field)\":[0-9.]+", with: "\"\(field)\":\(value)", options: .regularExpression)
      #expect(changed != text)
      $0[1].bytes = Data(changed.utf8)
      try $0[1].change { _ in }
    }
    guard case .implausible("ping--bare--round1.json", _) = collected.problems.first else {
      Issue.record("not refused: \(collected.problems)")
      return
    }
  }

  @Test(arguments: ["../out", "a/b", "", ".hidden", "a b"])
  func `a name that leads out of the folder is refused`(name: String) throws {
    var manifest = SyntheticRun.complete.manifest
    manifest.frameworks[0].name = name
    let collected = try Self.collect { $0[0] = try AttachedFile("manifest.json", manifest) }
    #expect(collected.manifest == nil)
    #expect(collected.problems.count == 1)
  }

  @Test func `more than one reference is refused`() throws {
    var manifest = SyntheticRun.complete.manifest
    manifest.frameworks[0].isReference = true
    let collected = try Self.collect { $0[0] = try AttachedFile("manifest.json", manifest) }
    #expect(
      collected.problems == [.implausible(file: "manifest.json", reason: "more than one reference: alpha, bare")])
  }

  @Test func `a round cut short anywhere is named and never more than that`() throws {
    let attachments = try SyntheticRun.complete.attachments()
    let bytes = attachments[1].bytes
    for end in 0..<bytes.count {
      var cut = attachments
      cut[1].bytes = bytes.prefix(end)
      let collected = RawResults(cut)
      #expect(collected.problems.count == 1 && collected.rounds.count == 3)
    }
  }

  @Test func `a manifest cut short anywhere is named`() throws {
    let attachments = try SyntheticRun.complete.attachments()
    let bytes = attachments[0].bytes
    for end in 0..<bytes.count {
      var cut = attachments
      cut[0].bytes = bytes.prefix(end)
      let collected = RawResults(cut)
      #expect(collected.problems.count == 1 && collected.manifest == nil)
    }
  }
}
