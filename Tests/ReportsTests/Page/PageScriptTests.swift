import Foundation
import SyntheticResults
import Testing
import Text

@testable import Reports

@Suite struct PageScriptTests {
  static let run = SyntheticRun.ofEverything.summary
  static let page = HTMLReport.text(run)

  /// What stands in the script element of the page.
  private func script(_ page: String) throws -> Substring {
    let start = try #require(page.range(of: "<script>"))
    let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
    return page[start.upperBound..<end.lowerBound]
  }

  @Test func `the policy of every page lets no script run but this one`() throws {
    let trend = try RunTrend([("one", Self.run), ("two", Self.run)])
    for page in [Self.page, HTMLReport.text(SyntheticRun.versions().summary), TrendPage.text(trend)] {
      let hash = Base64.encode(SHA256.digest(try script(page).utf8))
      #expect(page.contains("script-src 'sha256-\(hash)';"))
      #expect(page.components(separatedBy: "<script>").count == 2)
    }
  }

  @Test func `the script asks nothing of the network, and makes nothing of text but text`() {
    let script = PageScript.source.text
    for forbidden in [
      "fetch", "XMLHttp", "WebSocket", "import", "http", "eval", "innerHTML", "insertAdjacentHTML", "document.write",
      "</",
    ] {
      #expect(!script.contains(forbidden), "\(forbidden)")
    }
  }

  @Test func `without the script nothing looks as if it could be clicked`() throws {
    let rest = try Self.page.replacing(script(Self.page), with: "")
    #expect(!rest.contains("<button"))
    // Only within the form that the script shows.
    let form = try #require(rest.firstRange(of: /<form id="tools"[^>]* hidden>[\s\S]*<\/form>/))
    #expect(!rest.replacingCharacters(in: form, with: "").contains("<input"))
  }

  @Test func `a reader picks from all frameworks and scenarios of the run`() throws {
    let form = try #require(Self.page.firstMatch(of: /<form id="tools"[\s\S]*<\/form>/)).output
    #expect(
      form.matches(of: /value="([a-z-]+)" data-mark="([^"]+)"/).map { "\($0.1) \($0.2)" } == [
        "alpha .m0:not(.far)", "beta .m1:not(.far)", "gamma .m2:not(.far)", "bare .mr",
      ])
    #expect(
      form.matches(of: /<option value="([a-z-]+)">/).map { String($0.1) } == [
        "ping", "json", "db-write", "websocket", "sse",
      ])
  }

  @Test func `of two versions there is nothing to pick but scenarios`() throws {
    let form = try #require(
      HTMLReport.text(SyntheticRun.versions().summary).firstMatch(of: /<form id="tools"[\s\S]*<\/form>/))
    #expect(!form.output.contains("checkbox") && form.output.contains("type=\"search\""))
  }

  @Test func `of one scenario and one framework there is nothing to pick`() {
    let summary = SyntheticRun(frameworks: ["solo", "bare"]).summary
    #expect(!HTMLReport.text(summary).contains("<form"))
  }

  @Test func `a seventh framework is not hidden with the first, whose colour it has`() {
    #expect(ChartMark(index: 0).style == "m0" && ChartMark(index: 0).selector == ".m0:not(.far)")
    #expect(ChartMark(index: 6).style == "m0 far f6" && ChartMark(index: 6).selector == ".f6")
  }

  @Test func `data cannot end the element that they stand in`() throws {
    let page = HTMLReport.text(HostileTextTests.run)
    #expect(page.components(separatedBy: "<script").count == 3)
    #expect(page.components(separatedBy: "</script").count == 3)
    var run = SyntheticRun(scenarios: ["</script><script>alert(1)", "ping"], frameworks: ["alpha", "bare"])
    for scenario in run.manifest.scenarios.map(\.name) {
      run.add(scenario, "alpha", perSecond: [10, 11, 12, 13, 14])
      run.add(scenario, "bare", perSecond: [20, 21, 22, 23, 25])
    }
    let data = try StandingData(page: HTMLReport.text(run.summary))
    #expect(data.scenarios == ["</script><script>alert(1)", "ping"])
  }
}

@Suite struct SortValueTests {
  @Test(arguments: [
    ("38.1 µs", 38.1e-6), ("1.23 ms", 0.00123), ("+52.1 µs, 2.60× (2.40 to 2.80)", 52.1e-6), ("−4.20 µs", -4.2e-6),
    ("1,024 KiB", 1_048_576), ("2.5 M", 2_500_000), ("3 min", 180), ("under 12 ms", 0.012),
  ])
  func `a figure with a unit sorts by what it is worth`(text: String, value: Double) throws {
    let found = try #require(SortValue.of(text))
    #expect(abs(found - value) <= abs(value) * 1e-12)
  }

  @Test(arguments: [
    "", "–", "26,300", "0.82× (0.80 to 0.84)", "+12 %", "5 of 5", "2.00 s", "1 round", "7 rounds of 5 ms",
    "26,300 · 9.90",
    "ping", "4 minutes", "1 → 2 ms",
  ])
  func `what its first number sorts rightly needs nothing`(text: String) {
    #expect(SortValue.of(text) == nil)
  }

  @Test func `a page gives it to the cell`() {
    let table = Table("Times", "", [.left("What"), .right("Time")], [["a", "1.5 ms"], ["b", "20"]])
    let page = HTMLPage.html([.table(table)]).text
    #expect(
      page.contains("<td class=\"n\" data-sort=\"0.0015\">1.5 ms</td>") && page.contains("<td class=\"n\">20</td>"))
  }
}
