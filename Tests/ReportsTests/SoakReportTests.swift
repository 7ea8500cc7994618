import Foundation
import Gate
import Results
import SyntheticResults
import TestSupport
import Testing

@testable import Reports

/// What a report says of a soak.
@Suite struct SoakReportTests {
  private static let run = SyntheticRun.ofSoak.summary

  @Test func `the Markdown is as agreed`() throws { try expectGolden(MarkdownReport.text(Self.run), "soak.md") }
  @Test func `the page is as agreed`() throws { try expectGolden(HTMLReport.text(Self.run), "soak.html") }
  @Test func `the terminal is as agreed`() throws { try expectGolden(TerminalReport.text(Self.run), "soak.txt") }

  @Test func `the CSV has a row for each segment, and is as agreed`() throws {
    let text = try #require(SoakCSV.text(Self.run))
    #expect(text.split(separator: "\n").count == 1 + 180)
    try expectGolden(text, "soak.csv")
  }

  @Test func `a run without a soak has no part of it`() {
    let run = SyntheticRun.complete.summary
    #expect(SoakCSV.text(run) == nil)
    #expect(SoakSections.blocks(run).isEmpty && SoakSections.sentences(run).isEmpty)
  }

  @Test func `the JSON conforms to the schema in docs`() throws {
    let schema = try JSONSchema(ofCheckout: "docs/results.schema.json")
    #expect(try schema.faults(Data(JSONReport.text(Self.run).utf8)) == [])
  }

  @Test func `a leak beyond what is tolerated, errors and a worker that ended fail the run`() {
    #expect(Self.run.state == .failed)
    #expect(
      SoakSections.findings(Self.run) == [
        "leak: Alpha: memory leaks 12.0 MiB per million requests (11.9 to 12.1), and 5 are tolerated",
        "errors: Beta: 12 errors (reset 12), the first in segment 24: reset in GET /ping: the server reset the connection",
        "workers: Beta, segment 24: process 4211 of beta ended in this window, and process 4300 came for it",
      ])
  }

  @Test func `a soak that ended before its time is incomplete, and says what is left`() {
    var run = SyntheticRun.ofSoak
    run.behaviour.soak.removeAll { $0.segment > 50 && $0.round.framework != "bare" }
    let summary = run.summary
    #expect(summary.state == .incomplete)
    #expect(SoakSections.missing(summary) == ["ping on alpha: 10 of 60 segments", "ping on beta: 10 of 60 segments"])
  }

  @Test func `a framework without a segment has no figures`() throws {
    var run = SyntheticRun.ofSoak
    run.behaviour.soak.removeAll { $0.round.framework == "beta" }
    let row = try #require(Table.soak(SoakSummary.all(run.summary), run.summary).rows.dropFirst().first)
    #expect(row.dropFirst(2).dropLast().allSatisfy { $0.markdown == "–" })
  }

  @Test(arguments: [
    (0.0, "0"), (0.004, "0"), (0.021, "0.02"), (-0.23, "−0.23"), (2.5, "2.50"), (-12.34, "−12.3"), (1234, "1,230"),
  ])
  func `a slope is written as a reader wants it`(_ value: Double, _ text: String) {
    #expect(SoakReading.figure(value) == text)
  }
}
