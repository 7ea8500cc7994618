import Foundation
import Results
import Statistics
import SyntheticResults
import TestSupport
import Testing

@testable import Reports

/// What one request costs, in runs that are counted, with and without times.
@Suite struct CountedRunTests {
  static let counted = SyntheticRun.countedOnly.summary
  static let timed = {
    var run = SyntheticRun.ofEverything
    run.manifest.scenarios.removeAll { $0.name == "sse" || $0.name == "websocket" || $0.name == "db-write" }
    for (scenario, factor) in [("ping", 1.0), ("json", 1.1)] {
      for (framework, instructions) in [("alpha", 200_000.0), ("beta", 260_000), ("gamma", 400_000), ("bare", 123_000)]
      {
        run.count(
          scenario, framework,
          [.instructions: instructions * factor, .pythonCalls: 70, .bytesSent: 45, .bytesReceived: 132],
          absent: "strace is not installed")
      }
    }
    return run.summary
  }()

  @Test func `a run that is only counted lacks no rounds, and fails by a count`() {
    #expect(Self.counted.missing.isEmpty && Self.counted.problems.isEmpty && Self.counted.failedCells.isEmpty)
    #expect(Self.counted.state == .failed && Self.counted.countRegressions.map(\.scenario) == ["json"])
    #expect(Self.counted.cells.allSatisfy { $0.verdict == .ok && $0.rank == nil && $0.missingRounds.isEmpty })
    var fine = SyntheticRun.countedOnly
    fine.countVerdicts = []
    #expect(fine.summary.state == .complete)
    #expect(Reading.state(fine.summary) == "All 12 cells were counted: 64 figures. Nothing was timed.")
  }

  @Test func `what is cheaper than the work has no rank until its framework explains it`() throws {
    var run = SyntheticRun()
    run.add("ping", "bare", perSecond: [900, 910, 905, 900, 912])
    run.add("ping", "alpha", perSecond: [700, 710, 705, 700, 712])
    run.add("ping", "beta", perSecond: [600, 610, 605, 600, 612])
    for framework in ["alpha", "beta", "bare"] {
      run.count("ping", framework, [.instructions: framework == "alpha" ? 90_000 : 20_000_000])
    }
    run.manifest.scenarios[0].leastWork = LeastWork(instructions: 11_700_000)
    let cell = try #require(run.summary.scenarios[0].cell("alpha"))
    #expect(cell.verdict == .cheaperThanWork && cell.rank == nil && run.summary.state == .failed)
    #expect(
      cell.reason
        == "cheaper than the work: is the answer kept? 90,000 instructions for one exchange; the work alone takes 11,700,000"
    )
    #expect(run.summary.scenarios[0].cell("beta")?.rank == 1)
    run.manifest.frameworks[0].cheaperThanWork = ["ping": "It has a serializer of its own."]
    #expect(run.summary.scenarios[0].cell("alpha")?.rank == 1 && run.summary.state == .complete)
    #expect(
      Reading.explanations(run.summary) == [
        "Alpha says why it may cost less than the work in ping: It has a serializer of its own."
      ])
  }

  @Test func `a cell whose counts are absent is missing`() throws {
    var run = SyntheticRun.countedOnly
    run.counts.removeAll { $0.scenario == "sse" && $0.framework == "beta" }
    let summary = try #require(RunSummary(RawResults(try run.attachments())))
    #expect(summary.state == .incomplete)
    #expect(summary.problems == [.countsMissing(scenario: "sse", framework: "beta")])
    #expect(summary.cells.first { $0.scenario == "sse" && $0.framework.name == "beta" }?.verdict == .missing)
    #expect(JUnitReport.text(summary).contains("missing: not counted"))
  }

  @Test func `strict allows no count to be inconclusive`() {
    var run = SyntheticRun.countedOnly
    for index in run.countVerdicts.indices { run.countVerdicts[index].results.removeAll { $0.verdict == .fail } }
    #expect(run.summary.state == .complete)
    run.manifest.strict = true
    #expect(run.summary.state == .failed && run.summary.forbiddenCounts.count == 4)
  }

  @Test func `its table is as agreed`() throws {
    let text = TerminalReport.text(Self.counted)
    try expectGolden(text, "counted.txt")
    for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test func `its Markdown is as agreed`() throws { try expectGolden(MarkdownReport.text(Self.counted), "counted.md") }

  @Test func `its page has counts, and nothing that only times tell`() {
    let page = HTMLReport.text(Self.counted)
    for part in ["What one request costs", "418,907, 3.40×", "valgrind is not installed", "Counts compared"] {
      #expect(page.contains(part), "\(part)")
    }
    for part in ["Overall standing", "id=\"scenarios\"", "is fastest", "per second"] {
      #expect(!page.contains(part), "\(part)")
    }
  }

  @Test func `counts are columns at the end, and missing is empty`() throws {
    let rows = CSVReport.text(Self.counted).split(separator: "\n")
    #expect(
      rows[0].hasSuffix(
        ",gate,instructions,system_calls,python_calls,database_statements,bytes_sent,bytes_received,count_gate"))
    #expect(rows[1].hasPrefix("ping,alpha,,,,,,,,0,") && rows[1].hasSuffix(",418907,4,238,0,45,132,pass"))
    #expect(rows[2].hasSuffix(",,,112,0,45,132,undecided"))
    #expect(Set(rows.map { $0.count { $0 == "," } }).count == 1)
  }

  @Test func `the JSON conforms to the schema in docs`() throws {
    let schema = try JSONSchema(ofCheckout: "docs/results.schema.json")
    for run in [Self.counted, Self.timed] { #expect(try schema.faults(Data(JSONReport.text(run).utf8)) == []) }
    #expect(JSONReport.text(Self.counted).contains(#""timed" : false"#))
  }

  @Test func `the JUnit XML has a failure for a count`() {
    let text = JUnitReport.text(Self.counted)
    #expect(text.contains(#"tests="12" failures="1" errors="0""#))
    #expect(text.contains("regression: alpha: json: +2.94 % instructions"))
    #expect(text.contains(#"<property name="instructions" value="418907"/>"#))
  }

  @Test func `instructions stand beside the CPU time of the same cell`() throws {
    let relation = try #require(InstructionsAndTime(Self.timed))
    // gamma has no CPU time in json.
    #expect(relation.points.count == 7)
    #expect(try #require(relation.rankCorrelation) > 0.8)
    let page = HTMLReport.text(Self.timed)
    #expect(page.contains("7 cells have both figures. Their rank correlation is"))
    #expect(page.contains("CPU time beside instructions of an exchange, both logarithmic, 7 cells"))
    #expect(page.contains("System calls were not counted: strace is not installed."))
  }

  @Test func `the cells in which instructions and time disagree are named`() throws {
    var run = SyntheticRun(scenarios: ["ping", "json", "sse", "static"], frameworks: ["alpha", "bare"], rounds: 2)
    for (scenario, speed) in [("ping", 1_000.0), ("json", 900), ("sse", 100), ("static", 90)] {
      run.add(scenario, "alpha", perSecond: [speed, speed])
      run.add(scenario, "bare", perSecond: [2 * speed, 2 * speed])
    }
    // As many instructions for each microsecond, but static.
    for (scenario, instructions) in [("ping", 100_000.0), ("json", 111_000), ("sse", 1_000_000), ("static", 100_000)] {
      run.count(scenario, "alpha", [.instructions: instructions])
      run.count(scenario, "bare", [.instructions: instructions / 2])
    }
    let relation = try #require(InstructionsAndTime(run.summary))
    #expect(
      relation.sentences[1].hasPrefix("The two disagree most where they take much longer in static on Alpha (11.1×)"))
    #expect(relation.fastest.isEmpty)
  }

  @Test func `a figure of a request reads well`() {
    #expect(CountText.figure(442_300.4) == "442,300" && CountText.figure(1) == "1" && CountText.figure(1.5) == "1.5")
    #expect(CountText.figure(nil) == "–" && CountText.figure(0) == "0" && CountText.figure(99.999) == "100")
    #expect(Figure.changeOfCount(1.0031) == "+0.31 %" && Figure.changeOfCount(0.876) == "−12.4 %")
    #expect(Figure.changeOfCount(1.005_01, limit: 1.005) == "+0.501 %")
    #expect(Figure.changeOfCount(1.004_99, limit: 1.005) == "+0.50 %")
    #expect(Figure.changeOfCount(0.999_99) == "0.00 %" && Figure.changeOfCount(2.4) == "+140 %")
  }
}
