import BenchTesting
import Foundation
import LoadEngine
import SeededRandom
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportSpecification {
  @Suite struct CollectedEvidenceTests {
    static func complete() -> SyntheticRun {
      var run = SyntheticRun(frameworks: ["alpha", "bare"], rounds: 2)
      run.add("ping", "bare", perSecond: [20, 21])
      run.add("ping", "alpha", perSecond: [10, 11])
      return run
    }

    static func collect(_ change: (inout [EvidenceFile]) throws -> Void) throws -> CollectedEvidence {
      var attachments = try complete().attachments()
      try change(&attachments)
      return CollectedEvidence(attachments)
    }

    @Test func `a complete run is collected in the manifest's order`() throws {
      let collected = try Self.collect { $0.reverse() }
      #expect(collected.problems == [])
      #expect(collected.ignored == [])
      #expect(collected.manifest == Self.complete().manifest)
      #expect(
        collected.rounds.map { "\($0.evidence.framework) \($0.evidence.round)" } == [
          "alpha 1", "alpha 2", "bare 1", "bare 2",
        ])
      #expect(RunSummary(collected)?.state == .complete)
    }

    @Test func `other files are listed and left aside`() throws {
      let collected = try Self.collect {
        $0.append(EvidenceFile(name: "table.txt", bytes: Data("x".utf8)))
        $0.append(EvidenceFile(name: "notes.json", bytes: Data()))
      }
      #expect(collected.ignored == ["notes.json", "table.txt"])
      #expect(collected.problems == [])
    }

    @Test func `a name with a random suffix is read by its content`() throws {
      let collected = try Self.collect { $0[1].name = "ping--bare--round2-AB12CD.json" }
      #expect(collected.problems == [])
      #expect(collected.rounds.count == 4)
    }

    @Test func `without a manifest there is no report`() throws {
      let collected = try Self.collect { $0.removeFirst() }
      #expect(collected.problems == [.noManifest])
      #expect(RunSummary(collected) == nil)
    }

    @Test func `equal manifests agree, different ones are named`() throws {
      let equal = try Self.collect { $0.append(EvidenceFile(name: "manifest-1A2B3C.json", bytes: $0[0].bytes)) }
      #expect(equal.problems == [])
      var other = Self.complete().manifest
      other.seed = "8"
      let different = try Self.collect {
        $0.append(EvidenceFile(name: "manifest-1A2B3C.json", bytes: try JSONEncoder().encode(other)))
      }
      #expect(different.problems == [.contradictingManifests(file: "manifest.json", other: "manifest-1A2B3C.json")])
    }

    @Test func `two pieces of evidence for one round name both files and count for nothing`() throws {
      let collected = try Self.collect {
        $0.append(EvidenceFile(name: "ping--bare--round1-FF00FF.json", bytes: $0[1].bytes))
      }
      #expect(
        collected.problems == [
          .duplicate(
            file: "ping--bare--round1-FF00FF.json", other: "ping--bare--round1.json", scenario: "ping",
            framework: "bare", round: 1)
        ])
      #expect(collected.rounds.count == 3)
      #expect(RunSummary(collected)?.missing.map(\.description) == ["ping on bare (round 1 of 2)"])
    }

    @Test func `an empty file is named`() throws {
      let collected = try Self.collect { $0[1].bytes = Data() }
      #expect(collected.problems == [.unreadable(file: "ping--bare--round1.json", reason: "the file is empty")])
    }

    @Test func `a file that cannot be read is named with the reason`() throws {
      let collected = try Self.collect {
        $0[1] = EvidenceFile(name: "ping--bare--round1.json", bytes: nil, reason: "it is a door")
      }
      #expect(collected.problems.map(\.description) == ["ping--bare--round1.json cannot be read: it is a door"])
    }

    @Test func `a missing field is named with its place`() throws {
      let collected = try Self.collect {
        let bytes = try #require($0[1].bytes)
        var object = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        var load = try #require(object["load"] as? [String: Any])
        load["verified"] = nil
        object["load"] = load
        $0[1].bytes = try JSONSerialization.data(withJSONObject: object)
      }
      #expect(
        collected.problems == [.unreadable(file: "ping--bare--round1.json", reason: "'verified' is missing in load")])
    }

    @Test func `an unknown version is refused`() throws {
      let collected = try Self.collect { $0[1].bytes = Data(#"{"schema": 99}"#.utf8) }
      #expect(collected.problems == [.unknownSchema(file: "ping--bare--round1.json", found: 99, known: 1)])
    }

    @Test(arguments: [("pong", "bare", 1), ("ping", "gamma", 1), ("ping", "bare", 3)])
    func `a round that the manifest does not expect is named`(scenario: String, framework: String, round: Int) throws {
      let stranger = SyntheticRun.round(scenario, framework, round, perSecond: 5)
      let collected = try Self.collect {
        $0.append(EvidenceFile(name: "a--b--c.json", bytes: try JSONEncoder().encode(stranger)))
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
        let text = String(decoding: try #require($0[1].bytes), as: UTF8.self)
        let changed = text.replacingOccurrences(
          of: "\"\(field)\":[0-9.]+", with: "\"\(field)\":\(value)", options: .regularExpression)
        #expect(changed != text)
        $0[1].bytes = Data(changed.utf8)
      }
      guard case .implausible("ping--bare--round1.json", _) = collected.problems.first else {
        Issue.record("not refused: \(collected.problems)")
        return
      }
    }

    @Test(arguments: ["../out", "a/b", "", ".hidden", "a b"])
    func `a name that leads out of the folder is refused`(name: String) throws {
      var manifest = Self.complete().manifest
      manifest.frameworks[0].name = name
      let collected = try Self.collect { $0[0].bytes = try JSONEncoder().encode(manifest) }
      #expect(collected.manifest == nil)
      #expect(collected.problems.count == 1)
    }

    @Test func `more than one reference is refused`() throws {
      var manifest = Self.complete().manifest
      manifest.frameworks[0].isReference = true
      let collected = try Self.collect { $0[0].bytes = try JSONEncoder().encode(manifest) }
      #expect(
        collected.problems == [.implausible(file: "manifest.json", reason: "more than one reference: alpha, bare")])
    }

    @Test func `a broken histogram is named and leaves no percentiles`() throws {
      var run = Self.complete()
      run.change("ping", "alpha") { if $0.round == 2 { $0.histograms["latency"] = "AAAA" } }
      let summary = run.summary
      #expect(summary.state == .incomplete)
      #expect(summary.problems.count == 1)
      #expect(
        summary.problems[0].description.hasPrefix("ping on alpha cannot be read: the latency histogram of round 2"))
      #expect(summary.scenarios[0].cells[0].latency == nil)
      #expect(summary.scenarios[0].cells[0].throughput == 10.5)
    }

    @Test func `evidence cut short anywhere is named and never more than that`() throws {
      let attachments = try Self.complete().attachments()
      let bytes = try #require(attachments[1].bytes)
      for end in 0..<bytes.count {
        var cut = attachments
        cut[1].bytes = bytes.prefix(end)
        let collected = CollectedEvidence(cut)
        #expect(collected.problems.count == 1 && collected.rounds.count == 3)
      }
    }

    @Test func `a manifest cut short anywhere is named`() throws {
      let attachments = try Self.complete().attachments()
      let bytes = try #require(attachments[0].bytes)
      for end in 0..<bytes.count {
        var cut = attachments
        cut[0].bytes = bytes.prefix(end)
        let collected = CollectedEvidence(cut)
        #expect(collected.problems.count == 1 && collected.manifest == nil)
      }
    }

    @Test(arguments: 1...300)
    func `evidence with a wrong byte anywhere never stops the report`(seed: Int) throws {
      var random = SplitMix64(seed: UInt64(seed))
      var attachments = try Self.complete().attachments()
      let file = Int.random(in: 0..<attachments.count, using: &random)
      var bytes = try #require(attachments[file].bytes)
      for _ in 0..<3 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 32...126, using: &random)
      }
      attachments[file].bytes = bytes
      if let summary = RunSummary(CollectedEvidence(attachments)) {
        #expect(!CSVReport.text(summary).isEmpty)
        #expect(!JSONReport.text(summary).isEmpty)
        #expect(!HTMLReport.text(summary).isEmpty)
        #expect(!MarkdownReport.text(summary).isEmpty)
        #expect(!TerminalReport.text(summary).isEmpty)
        #expect(!JUnitReport.text(summary).isEmpty)
        if let trend = try? RunTrend([("before", CollectedEvidenceTests.complete().summary), ("after", summary)]) {
          #expect(!TrendPage.text(trend).isEmpty)
        }
      }
    }
  }

  @Suite struct RunDirectoryTests {
    /// A folder that is gone when the test is.
    static func inFolder(_ body: (String) throws -> Void) throws {
      let path = FileManager.default.temporaryDirectory.path + "/shootout-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: path) }
      try body(path)
    }

    static func write(_ attachments: [EvidenceFile], to run: RunDirectory) throws {
      for attachment in attachments {
        try attachment.bytes?.write(to: URL(fileURLWithPath: run.attachments + "/" + attachment.name))
      }
    }

    @Test func `a new run has a folder for attachments and is the latest`() throws {
      try Self.inFolder { path in
        let results = ResultsDirectory(path: path + "/results")
        let first = try results.newRun(now: Date(timeIntervalSince1970: 1_785_233_702))
        #expect(first.path == path + "/results/runs/20260728T101502Z")
        #expect(FileManager.default.fileExists(atPath: first.attachments))
        #expect(
          try FileManager.default.destinationOfSymbolicLink(atPath: results.latest.path) == "runs/20260728T101502Z")
        let second = try results.newRun(now: Date(timeIntervalSince1970: 1_785_233_702))
        #expect(second.path == first.path + "-2")
        #expect(
          try FileManager.default.destinationOfSymbolicLink(atPath: results.latest.path) == "runs/20260728T101502Z-2")
      }
    }

    @Test func `the reports are made from the attachments, twice the same, and the attachments stay`() throws {
      try Self.inFolder { path in
        let results = ResultsDirectory(path: path)
        let run = try results.newRun(now: Date(timeIntervalSince1970: 0))
        let attachments = try CollectedEvidenceTests.complete().attachments()
        try Self.write(attachments, to: run)
        try FileManager.default.createDirectory(atPath: run.path + "/raw/old/ping", withIntermediateDirectories: true)
        #expect(try results.latest.writeReports().state == .complete)
        let names = ["manifest.json", "results.csv", "results.json", "final_report.md", "report.html", "junit.xml"]
        func contents() throws -> [Data] {
          try names.map { try Data(contentsOf: URL(fileURLWithPath: run.path + "/" + $0)) }
        }
        let first = try contents()
        #expect(try run.writeReports().state == .complete)
        #expect(try contents() == first)
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: run.path).sorted()
            == [
              "attachments", "final_report.md", "junit.xml", "manifest.json", "raw", "report.html", "results.csv",
              "results.json",
            ])
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.path + "/raw").sorted() == ["alpha", "bare"])
        let raw = try Data(contentsOf: URL(fileURLWithPath: run.path + "/raw/alpha/ping/run2.json"))
        #expect(raw == attachments.first { $0.name == "ping--alpha--round2.json" }?.bytes)
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.attachments).count == attachments.count)
      }
    }

    @Test func `what lies in the folder of flame graphs is linked`() throws {
      try Self.inFolder { path in
        let run = try ResultsDirectory(path: path).newRun(now: Date(timeIntervalSince1970: 0))
        try Self.write(try CollectedEvidenceTests.complete().attachments(), to: run)
        try FileManager.default.createDirectory(atPath: run.path + "/flamegraphs", withIntermediateDirectories: false)
        for name in ["b.svg", "a.svg", ".hidden"] {
          try Data().write(to: URL(fileURLWithPath: run.path + "/flamegraphs/" + name))
        }
        #expect(try run.writeReports().profiles == ["a.svg", "b.svg"])
        #expect(try run.summary() == run.writeReports())
      }
    }

    @Test func `a run is named by its folder or by its name among the runs`() throws {
      try Self.inFolder { path in
        let results = ResultsDirectory(path: path)
        let run = try results.newRun(now: Date(timeIntervalSince1970: 0))
        #expect(results.run(named: "19700101T000000Z") == run)
        #expect(results.run(named: run.path) == run)
        #expect(results.run(named: "latest") == results.latest)
        #expect(results.run(named: "nowhere").path == "nowhere")
        #expect(results.latest.name == "19700101T000000Z")
      }
    }

    @Test func `a folder among the attachments is named or left aside`() throws {
      try Self.inFolder { path in
        let run = try ResultsDirectory(path: path).newRun(now: Date(timeIntervalSince1970: 0))
        try Self.write(try CollectedEvidenceTests.complete().attachments(), to: run)
        for name in ["a--b--round1.json", "crash"] {
          try FileManager.default.createDirectory(
            atPath: run.attachments + "/" + name, withIntermediateDirectories: false)
        }
        let collected = try run.collect()
        #expect(collected.problems == [.unreadable(file: "a--b--round1.json", reason: "it is not a regular file")])
        #expect(collected.ignored == ["crash"])
      }
    }

    @Test func `without attachments the error says what to do`() throws {
      try Self.inFolder { path in
        #expect(throws: RunDirectoryError.noAttachments(path: path)) { try RunDirectory(path: path).writeReports() }
      }
    }

    @Test func `without a manifest nothing is written`() throws {
      try Self.inFolder { path in
        let run = try ResultsDirectory(path: path).newRun(now: Date(timeIntervalSince1970: 0))
        #expect(throws: RunDirectoryError.noManifest(path: run.path, problems: [.noManifest])) {
          try run.writeReports()
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.path) == ["attachments"])
      }
    }

    @Test func `a run elsewhere does not become the latest`() throws {
      try Self.inFolder { path in
        let results = ResultsDirectory(path: path + "/results")
        let run = try results.newRun(now: Date(timeIntervalSince1970: 0))
        #expect(try results.makeLatest(RunDirectory(path: path)) == false)
        #expect(try results.makeLatest(results.latest))
        #expect(
          try FileManager.default.destinationOfSymbolicLink(atPath: results.latest.path) == "runs/19700101T000000Z")
        #expect(run.path.hasSuffix("19700101T000000Z"))
      }
    }

    @Test func `the results lie in the checkout around the working directory, or where the variable says`() throws {
      try Self.inFolder { path in
        try FileManager.default.createDirectory(atPath: path + "/a/b", withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: path + "/Package.swift"))
        #expect(ResultsDirectory(environment: [:], workingDirectory: path + "/a/b").path == path + "/results")
        let chosen = ["SHOOTOUT_RESULTS": "here"]
        #expect(ResultsDirectory(environment: chosen, workingDirectory: path).path == path + "/here")
        #expect(ResultsDirectory(environment: ["SHOOTOUT_RESULTS": "/x"], workingDirectory: path).path == "/x")
      }
    }
  }
}
