import Foundation
import Reports
import Results
import SeededRandom
import SyntheticResults
import Testing

@Suite struct CollectedReportTests {
  @Test func `a complete run makes a complete summary`() throws {
    #expect(RunSummary(RawResults(try SyntheticRun.complete.attachments()))?.state == .complete)
  }

  @Test func `without a manifest there is no report`() throws {
    #expect(RunSummary(RawResults(Array(try SyntheticRun.complete.attachments().dropFirst()))) == nil)
  }

  @Test func `a round of which there are two is missing`() throws {
    var attachments = try SyntheticRun.complete.attachments()
    attachments.append(AttachedFile(name: "ping--bare--round1-FF00FF.json", bytes: attachments[1].bytes))
    let summary = RunSummary(RawResults(attachments))
    #expect(summary?.missing.map(\.description) == ["ping on bare (round 1 of 2)"])
  }

  @Test func `a parity test that came to no end makes the run incomplete`() throws {
    var run = SyntheticRun.complete
    run.parities[0].unfinished = "the connection was refused"
    let summary = try #require(RunSummary(RawResults(try run.attachments())))
    #expect(summary.state == .incomplete)
    #expect(
      summary.problems.map(\.description) == [
        "the parity test of ping did not come to its end: the connection was refused"
      ])
    #expect(summary.warnings.contains { $0.kind == .noParity })
  }

  @Test func `where what parity found is gone, nobody has a rank`() throws {
    var run = SyntheticRun.complete
    run.manifest.parity = ["ping"]
    run.parities = []
    let summary = try #require(RunSummary(RawResults(try run.attachments())))
    #expect(summary.state == .incomplete)
    #expect(
      summary.problems.map(\.description) == [
        "what the parity test of ping found is missing: no parity--ping.json that can be used"
      ])
    #expect(summary.cells.allSatisfy { $0.verdict == .failedParity && $0.rank == nil })
  }

  @Test func `a file of another run is named and not used`() throws {
    let run = SyntheticRun.complete
    var attachments: [AttachedFile] = []
    for (name, record) in [("manifest.json", run.manifest)] as [(String, Manifest)] {
      attachments.append(AttachedFile(name: name, bytes: try ResultsCoding.encodeSealed(record, run: "a1")))
    }
    for round in run.rounds {
      let id = round.framework == "alpha" && round.round == 2 ? "b2" : "a1"
      attachments.append(AttachedFile(name: round.fileName, bytes: try ResultsCoding.encodeSealed(round, run: id)))
    }
    let collected = RawResults(attachments)
    #expect(
      collected.problems.map(\.description) == [
        "ping--alpha--round2.json does not belong to the run of this manifest; take the file that was measured with it"
      ])
    #expect(collected.rounds.count == 3)
    // The same without its checksum, as a file of an earlier version has none.
    let text = String(decoding: attachments[1].bytes, as: UTF8.self)
    let bare = text.replacing(/^\{"checksum":"[0-9a-f]+","run":"a1",/, with: "{").replacing(
      #""schema":3"#, with: #""schema":2"#)
    attachments[1].bytes = Data(bare.utf8)
    #expect(RawResults(attachments).problems.contains(.ofAnotherRun(file: attachments[1].name)))
  }

  @Test func `a retest that is gone is missed`() throws {
    var run = SyntheticRun.complete
    run.verdicts = [ScenarioVerdicts(scenario: "ping", baseline: "none", retests: 2, results: [])]
    var attachments = try run.attachments()
    attachments.append(try AttachedFile("gate--ping.json", run.verdicts[0]))
    #expect(
      RawResults(attachments).problems.map(\.description) == [
        "0 of the 2 rounds are there that the gate measured again of ping"
      ])
  }

  @Test func `a broken histogram is named and leaves no percentiles`() throws {
    var run = SyntheticRun.complete
    run.change("ping", "alpha") { if $0.round == 2 { $0.histograms["latency"] = .encoded("AAAA") } }
    let summary = run.summary
    #expect(summary.state == .incomplete)
    #expect(summary.problems.count == 1)
    #expect(
      summary.problems[0].description.hasPrefix("ping on alpha cannot be read: the latency histogram of round 2"))
    #expect(summary.scenarios[0].cells[0].latency == nil)
    #expect(summary.scenarios[0].cells[0].throughput == 10.5)
  }

  @Test(arguments: 1...300)
  func `a raw result with a wrong byte anywhere never stops the report`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var attachments = try SyntheticRun.complete.attachments()
    let file = Int.random(in: 0..<attachments.count, using: &random)
    var bytes = attachments[file].bytes
    for _ in 0..<3 {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 32...126, using: &random)
    }
    attachments[file].bytes = bytes
    if let summary = RunSummary(RawResults(attachments)) {
      #expect(!CSVReport.text(summary).isEmpty)
      #expect(!JSONReport.text(summary).isEmpty)
      #expect(!HTMLReport.text(summary).isEmpty)
      #expect(!MarkdownReport.text(summary).isEmpty)
      #expect(!TerminalReport.text(summary).isEmpty)
      #expect(!JUnitReport.text(summary).isEmpty)
      if let trend = try? RunTrend([("before", SyntheticRun.complete.summary), ("after", summary)]) {
        #expect(!TrendPage.text(trend).isEmpty)
      }
    }
  }
}
