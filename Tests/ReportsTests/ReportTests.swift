import Foundation
import Statistics
import SyntheticResults
import TestSupport
import Testing

@testable import Reports

@Suite struct ReportTests {
  static let run = {
    var run = SyntheticRun.ofEverything
    run.profiles = ["alpha_ping.svg", "pg_stats.txt"]
    return run.summary
  }()

  @Test func `the CSV is as agreed`() throws { try expectGolden(CSVReport.text(Self.run), "results.csv") }
  @Test func `the JSON is as agreed`() throws { try expectGolden(JSONReport.text(Self.run), "results.json") }
  @Test func `the Markdown is as agreed`() throws {
    try expectGolden(MarkdownReport.text(Self.run), "final_report.md")
  }
  @Test func `the page is as agreed`() throws { try expectGolden(HTMLReport.text(Self.run), "report.html") }
  @Test func `the terminal table is as agreed`() throws {
    try expectGolden(TerminalReport.text(Self.run), "terminal.txt")
  }

  @Test func `a run of compose.yaml is reproduced by Compose, and says why nothing was counted`() {
    var run = SyntheticRun.complete
    run.manifest.deployment = "compose"
    let summary = run.summary
    #expect(Methodology.howToReproduce(summary)[0] == "docker compose run --rm suite bench PROFILE=quick \\")
    let paragraphs = Methodology.paragraphs(summary)
    let text = paragraphs.map { $0.title + ": " + $0.text }.joined(separator: "\n")
    #expect(text.contains("Counts: What one request costs in instructions, calls and statements was not counted."))
    #expect(text.contains("Resources: CPU time of the whole container in the window"))
    #expect(!text.contains("proxy"))
  }

  @Test func `the JUnit XML is as agreed`() throws { try expectGolden(JUnitReport.text(Self.run), "junit.xml") }

  @Test func `the JSON conforms to the schema in docs`() throws {
    let schema = try JSONSchema(ofCheckout: "docs/results.schema.json")
    for run in [Self.run, SyntheticRun().summary, SyntheticRun.complete.summary] {
      #expect(try schema.faults(Data(JSONReport.text(run).utf8)) == [])
    }
  }

  @Test(arguments: [
    (#""schema" : 1"#, #""schema" : 2"#), (#""state" : "incomplete""#, #""state" : "fine""#),
    (#""seed" : "18446744073709551615""#, #""seed" : 7"#), (#""tie" : true"#, #""tie" : 1"#),
    (#""verdict" : "pass""#, #""verdict" : "pass", "new" : 1"#), (#""kind" : "timeout""#, #""sort" : "timeout""#),
    (#""rank" : 1"#, #""rank" : 0"#),
  ])
  func `what does not conform is found`(right: String, wrong: String) throws {
    let schema = try JSONSchema(ofCheckout: "docs/results.schema.json")
    let text = JSONReport.text(Self.run)
    #expect(text.contains(right))
    #expect(try schema.faults(Data(text.replacing(right, with: wrong).utf8)).isEmpty == false)
  }

  @Test func `the JUnit XML is red where the run is`() {
    let text = JUnitReport.text(Self.run)
    #expect(text.contains(#"tests="20" failures="5" errors="2" skipped="0""#))
    #expect(text.contains(#"<failure type="failed" message="regression: beta throughput"#))
    #expect(text.contains("inconclusive: the interval reaches across the threshold"))
    let sound = JUnitReport.text(SyntheticRun.complete.summary)
    #expect(sound.contains(#"failures="0" errors="0""#) && !sound.contains("<failure") && !sound.contains("<error"))
  }

  @Test func `raw results that cannot be read are an error of their own in the JUnit XML`() {
    let summary = RunSummary(
      manifest: SyntheticRun.complete.manifest, rounds: SyntheticRun.complete.rounds,
      problems: [.notJudged(scenario: "ping")])
    #expect(JUnitReport.text(summary).contains(#"<testcase classname="raw results" name="can be read" time="0">"#))
    #expect(JUnitReport.text(summary).contains(#"<error type="could not measure" message="ping was not judged"#))
  }

  @Test func `a framework costs what its CPU time is above that of the reference`() throws {
    let cost = try #require(Self.run.costs.first { $0.scenario == "ping" && $0.framework.name == "gamma" })
    // 2 s of CPU time for 900 and for 450 a second, over windows of 2 s.
    #expect(isClose(cost.referenceMicroseconds, 1_140.5, within: 0.1))
    #expect(isClose(cost.addedMicroseconds, 1_136, within: 10))
    #expect(cost.addedInterval.low < cost.addedMicroseconds && cost.addedMicroseconds < cost.addedInterval.high)
    #expect(Self.run.costs.contains { $0.scenario == "db-write" && $0.framework.name == "beta" } == false)
  }

  @Test func `flame graphs of the run are linked beside their scenario`() {
    let page = HTMLReport.text(Self.run)
    #expect(page.contains(#"<p>Flame graphs: <a href="flamegraphs/alpha_ping.svg">Alpha</a>.</p>"#))
    #expect(page.contains(#"<a href="flamegraphs/pg_stats.txt">"#))
    #expect(!HTMLReport.text(SyntheticRun().summary).contains("flamegraphs"))
  }

  @Test func `the overview chart is as agreed`() throws {
    try expectGolden(#require(OverviewPicture.svg(Self.run)), "overview.svg")
  }

  @Test func `the CSV begins with the promised columns`() {
    #expect(
      CSVReport.text(Self.run).hasPrefix(
        "scenario,framework,req_s,p50_ms,p95_ms,p99_ms,errors,cpu_pct,mem_mib,runs,req_s_low,req_s_high,"))
  }

  @Test func `a cell that is missing has a row of empty figures`() throws {
    let row = try #require(CSVReport.text(Self.run).split(separator: "\n").first { $0.hasPrefix("websocket,gamma") })
    #expect(row == "websocket,gamma,,,,,,,,0,,,,,,,,,,,,,missing,5,,,,,,,,,,")
  }

  @Test func `every row has as many fields as the header`() {
    let counts = CSVReport.text(Self.run).split(separator: "\n").map { $0.count { $0 == "," } }
    #expect(Set(counts).count == 1)
    #expect(counts.count == 1 + 5 * 4)
  }

  @Test func `the terminal table fits 80 columns`() {
    for line in TerminalReport.text(Self.run).split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test func `one scenario can be printed alone`() {
    let text = TerminalReport.text(Self.run.scenarios[0], of: Self.run)
    #expect(text.contains("ping"))
    #expect(text.contains("Alpha is fastest"))
    #expect(!text.contains("json"))
  }

  @Test func `what a manifest says never becomes markup`() {
    let page = HTMLReport.text(Self.run)
    #expect(!page.contains("<b>"))
    #expect(page.contains("Gamma &lt;b&gt;&amp;|*"))
    #expect(MarkdownReport.text(Self.run).contains(#"Gamma \<b\>&\|\*"#))
  }

  @Test func `the page asks nothing of the network`() {
    // Only a click on a link does.
    let page = HTMLReport.text(Self.run).replacing(/<a href="https:[^"]*">/, with: "<a>")
    for forbidden in ["http://", "https://", "url(", "@import", "src=", "<link"] {
      #expect(!page.contains(forbidden), "\(forbidden)")
    }
    #expect(page.contains("content=\"default-src 'none'; "))
  }

  @Test func `markup never ends up as text`() throws {
    let trend = try RunTrend([("one", Self.run), ("two", Self.run)])
    for text in [HTMLReport.text(Self.run), JUnitReport.text(Self.run), TrendPage.text(trend)] {
      #expect(!text.contains("Markup(") && !text.contains("Optional("))
    }
  }

  @Test func `an incomplete run says so before anything else`() throws {
    for text in [MarkdownReport.text(Self.run), HTMLReport.text(Self.run)] {
      let said = try #require(text.range(of: "INCOMPLETE")).lowerBound
      #expect(text[..<said].contains("minute") == false)
      #expect(text.contains("missing: websocket on gamma (all 5 rounds)"))
      #expect(text.contains("missing: websocket on beta (rounds 4, 5 of 5)"))
    }
  }

  @Test func `a run of one framework without a reference can be reported`() {
    var run = SyntheticRun(frameworks: ["solo"], rounds: 1)
    run.manifest.frameworks[0].isReference = false
    run.add("ping", "solo", perSecond: [100])
    let summary = run.summary
    #expect(summary.state == .complete)
    #expect(DotPlot.overview(summary) == nil)
    #expect(MarkdownReport.text(summary).contains("Only Solo has valid results"))
    #expect(HTMLReport.text(summary).contains("Only Solo has valid results"))
    #expect(TerminalReport.text(summary).contains("100"))
  }

  @Test func `a run in which nothing was measured can be reported`() {
    let summary = SyntheticRun().summary
    #expect(summary.state == .incomplete)
    #expect(MarkdownReport.text(summary).contains("No framework has valid results"))
    #expect(HTMLReport.text(summary).contains("No framework has valid results"))
    #expect(CSVReport.text(summary).contains("ping,alpha,,,,,,,,0,"))
  }
}

@Suite struct MarkupTests {
  @Test func `values are escaped and markup is not`() {
    let inner: Markup = "<i>\("a<b>&\"'")</i>"
    #expect(("<p>\(inner)</p>" as Markup).text == "<p><i>a&lt;b&gt;&amp;&quot;&#39;</i></p>")
  }

  @Test func `characters that XML forbids are shown as escapes`() {
    #expect(Markup.escaped("a\u{0}b\u{1b}c\u{ffff}\n\u{e9}") == "a\\u{0}b\\u{1b}c\u{fffd}\n\u{e9}")
  }

  @Test func `coordinates have one decimal at most`() {
    #expect(("\(1.0) \(2.345) \(-0.04)" as Markup).text == "1 2.3 0")
  }
}

@Suite struct ChartAxisTests {
  @Test func `a linear axis starts at zero and ends at a round number above`() {
    let axis = ChartAxis.linear(upTo: 873, from: 100, to: 0)
    #expect(axis.ticks == [0, 250, 500, 750, 1_000])
    #expect(axis.place(0) == 100 && axis.place(500) == 50 && axis.place(1_000) == 0)
  }

  @Test func `a logarithmic axis has few lines at round numbers`() {
    #expect(ChartAxis.logarithmic([0.4, 1.3], from: 0, to: 1).ticks == [0.4, 0.5, 0.6, 0.8, 1, 1.2])
    let axis = ChartAxis.logarithmic([0.01, 100], from: 0, to: 1)
    #expect(axis.ticks == [0.01, 0.1, 1, 10, 100])
    #expect(isClose(axis.place(1), 0.5))
  }

  @Test func `figures beyond the ends stay on the chart`() {
    let axis = ChartAxis.logarithmic([0.5, 2], from: 0, to: 1)
    #expect(axis.place(0.001) == 0 && axis.place(1_000) == 1)
  }

  @Test(arguments: [[], [0], [.nan], [.infinity], [1e-300, 1e300], [1]] as [[Double]])
  func `no figures can break an axis`(figures: [Double]) {
    for axis in [
      ChartAxis.logarithmic(figures, from: 0, to: 1), .linear(upTo: figures.first ?? 0, from: 0, to: 1),
    ] {
      #expect((0...1).contains(axis.place(1)))
      #expect(axis.ticks.count < 20_000)
    }
  }
}
