import Foundation
import Results
import SyntheticResults
import TestSupport
import Testing

@testable import Reports

/// The pages of all kept runs.
@Suite struct SiteTests {
  private func run(_ name: String, _ started: String, _ change: (inout Manifest) -> Void = { _ in }) -> Site.Run {
    var run = SyntheticRun.complete
    run.manifest.started = started
    change(&run.manifest)
    return Site.Run(name: name, summary: run.summary)
  }

  private var three: [Site.Run] {
    [
      run("20260701T100000Z", "2026-07-01T10:00:00Z"), run("20260702T100000Z", "2026-07-02T10:00:00Z"),
      run("20260703T100000Z", "2026-07-03T10:00:00Z") { $0.comparison = "alpha 1.2 to <1.3>" },
    ]
  }

  private func index(_ runs: [Site.Run], _ unreadable: [Site.Unreadable] = []) -> String {
    Site(runs, unreadable: unreadable).pages[0].text
  }

  @Test("The index names every run, what it was, and leads to its page")
  func pages() throws {
    let unreadable = [Site.Unreadable(name: "20260704T100000Z", reason: "no manifest & nothing else")]
    // Without what every page has: styles and script.
    let main = try #require(index(three, unreadable).firstMatch(of: /<main>[\s\S]*<\/main>/))
    try expectGolden(main.0 + "\n", "site.html")
  }

  @Test("The order in which runs are given changes nothing, and the newest stands first")
  func order() throws {
    let text = index(three)
    #expect(index(three.reversed()) == text)
    let links = text.matches(of: /href="runs\/(\w+)\/report\.html"/).map { String($0.1) }
    #expect(links == ["20260703T100000Z", "20260702T100000Z", "20260701T100000Z"])
  }

  @Test("Runs are held beside each other where profile, deployment and machine are the same")
  func trends() throws {
    #expect(Site(three).pages.map(\.path) == ["index.html", "trends/quick-1.html"])
    let other = run("x", "2026-07-04T10:00:00Z") { $0.environment.cpuModel = "Other CPU" }
    #expect(Site(three + [other]).pages.map(\.path) == ["index.html", "trends/quick-1.html"])
    let another = run("y", "2026-07-05T10:00:00Z") { $0.environment.cpuModel = "Other CPU" }
    let both = Site(three + [other, another]).pages
    #expect(both.map(\.path) == ["index.html", "trends/quick-1.html", "trends/quick-2.html"])
    #expect(both[1].text.contains("Other CPU") && !both[2].text.contains("Other CPU"))
  }

  @Test("Runs that have no cell in common are not held beside each other")
  func apart() {
    func run(_ name: String, _ scenarios: String...) -> Site.Run {
      var run = SyntheticRun(scenarios: scenarios, frameworks: ["alpha", "bare"], rounds: 2)
      run.manifest.started = "2026-07-0\(name)T10:00:00Z"
      for scenario in scenarios {
        run.add(scenario, "bare", perSecond: [20, 21])
        run.add(scenario, "alpha", perSecond: [10, 11])
      }
      return Site.Run(name: name, summary: run.summary)
    }
    #expect(Site([run("1", "ping"), run("2", "json")]).pages.map(\.path) == ["index.html"])
    let two = Site([run("1", "ping"), run("2", "json"), run("3", "ping"), run("4", "json")]).pages
    #expect(two.map(\.path) == ["index.html", "trends/quick-1.html", "trends/quick-2.html"])
    #expect(two[0].text.contains(": ping: 2 runs") && two[0].text.contains(": json: 2 runs"))
    // One that has both holds them together.
    let together = Site([run("1", "ping"), run("2", "json"), run("3", "ping", "json")]).pages
    #expect(together.map(\.path) == ["index.html", "trends/quick-1.html"])
  }

  @Test("A run alone has no trend, and the page says what it takes")
  func alone() {
    let pages = Site([three[0]]).pages
    #expect(pages.count == 1)
    #expect(pages[0].text.contains("It takes two runs of make bench"))
  }

  @Test("More runs than a chart can show: the newest are in it")
  func many() throws {
    let runs = (1...RunTrend.mostRuns + 2).map { number in
      run("run-\(number)", String(format: "2026-07-%02dT10:00:00Z", number))
    }
    let trend = try #require(Site(runs).pages.last)
    #expect(trend.text.contains("run-28") && trend.text.contains("run-3<") && !trend.text.contains("run-2<"))
  }

  @Test("What a run was is said in the words of the commands")
  func kinds() {
    var manifest = three[0].summary.manifest
    #expect(Site.kind(manifest) == "quick: 1 scenario")
    manifest.timed = false
    #expect(Site.kind(manifest).hasPrefix("counts: "))
    manifest.behaviour = BehaviourPlan(
      soak: SoakPlan(scenario: "ping", ratePerSecond: 100, durationS: 60, segmentS: 10))
    #expect(Site.kind(manifest).hasPrefix("soak: "))
  }
}
