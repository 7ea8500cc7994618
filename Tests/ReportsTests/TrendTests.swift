import Foundation
import Results
import SyntheticResults
import TestSupport
import Testing

@testable import Reports

@Suite struct TrendTests {
  /// Ten rounds on a machine that drifts, in which alpha reaches this share of the reference, with a scatter of 1 %.
  static func run(_ started: String, alpha: Double, speed: Double = 1) -> SyntheticRun {
    var run = SyntheticRun(scenarios: ["ping", "json"], rounds: 10)
    run.manifest.started = started
    let drift = [1, 0.7, 1.2, 0.9, 1.1, 0.8, 1.3, 1, 0.9, 1.1].map { $0 * speed * 1_000 }
    let scatter = [1, 1.01, 0.99, 1, 1.01, 0.99, 1, 1.01, 0.99, 1]
    for scenario in ["ping", "json"] {
      run.add(scenario, "bare", perSecond: drift)
      run.add(scenario, "alpha", perSecond: zip(drift, scatter).map { $0 * $1 * (scenario == "ping" ? alpha : 0.5) })
      run.add(scenario, "beta", perSecond: zip(drift, scatter.reversed()).map { $0 * $1 * 0.4 })
    }
    return run
  }

  static let earlier = run("2026-07-01T10:00:00Z", alpha: 0.8)
  static let later = run("2026-07-02T10:00:00Z", alpha: 0.6, speed: 2)

  /// Two runs in which alpha lost a quarter of `ping`, on machines that differ, and with another version of it.
  static var changed: RunTrend {
    get throws {
      var second = later
      second.manifest.environment.cpuModel = "Another CPU"
      second.manifest.frameworks[0].version = "1.3.0"
      second.manifest.frameworks[0].versions["alpha"] = "1.3.0"
      return try RunTrend([("later", second.summary), ("earlier", earlier.summary)])
    }
  }

  @Test func `the page is as agreed`() throws { try expectGolden(TrendPage.text(Self.changed), "trend.html") }
  @Test func `the Markdown is as agreed`() throws { try expectGolden(TrendMarkdown.text(Self.changed), "trend.md") }

  @Test func `the earliest run comes first, whatever the order given`() throws {
    #expect(try Self.changed.runs.map(\.name) == ["earlier", "later"])
    #expect(try Self.changed.runs.map(\.label) == ["A", "B"])
  }

  @Test func `a change of the ratio is shown, and the speed of the machine is none`() throws {
    let changes = try RunTrend([("earlier", Self.earlier.summary), ("later", Self.later.summary)]).changes
    #expect(changes.map { "\($0.series.framework.name) \($0.series.scenario)" } == ["alpha ping"])
    #expect(isClose(changes.first?.change.estimate.ratio, 0.75, within: 0.001))
    #expect(changes.first?.change.isFaster == false)
  }

  @Test func `a change as small as the shift from run to run is not shown`() throws {
    let nearly = Self.run("2026-07-02T10:00:00Z", alpha: 0.78)
    #expect(try RunTrend([("earlier", Self.earlier.summary), ("later", nearly.summary)]).changes.isEmpty)
  }

  @Test func `a limit by the generator, also of the reference alone, decides nothing`() throws {
    var limited = Self.later
    limited.change("ping", "bare") {
      if $0.round > 4 { $0.warnings = [RoundWarning(.limitedByGenerator(share: 0.95))] }
    }
    let trend = try RunTrend([("earlier", Self.earlier.summary), ("later", limited.summary)])
    #expect(trend.changes.isEmpty)
    #expect(trend.inconclusive.map(\.change.reason?.text) == ["Bare in B: limited by the generator in 6 of 10 rounds"])
    #expect(TrendText.inOneMinute(trend)[0].hasSuffix("3 show no change beyond chance, and 1 is inconclusive."))
  }

  @Test func `an interval of a change includes one exactly where it may be chance`() throws {
    for change in try Self.changed.series.compactMap(\.change) {
      #expect(change.interval.contains(1) != change.decision.isSignificant)
    }
  }

  @Test func `what differs between the runs is named`() throws {
    let trend = try Self.changed
    #expect(trend.differences.map(\.name) == ["Processor", "Alpha: alpha"])
    #expect(trend.differences.last?.values == ["1.2.3", "1.3.0"])
    #expect(trend.cautions == [.otherMachine])
    #expect(try RunTrend([("a", Self.earlier.summary), ("b", Self.later.summary)]).cautions == [])
  }

  @Test func `a changed reference, another profile and a run that is incomplete call for care`() throws {
    var other = Self.later
    other.manifest.frameworks[2].versions["uvicorn"] = "0.41.0"
    other.manifest.profile.windowS = 5
    other.remove("json", "beta", rounds: [3])
    let cautions = try RunTrend([("a", Self.earlier.summary), ("b", other.summary)]).cautions
    #expect(
      cautions == [.otherLoad, .otherReference, .notSound(run: "B", state: Reading.state(other.summary))])
    #expect(cautions[2].text.hasPrefix("B is incomplete or has failed. This report is INCOMPLETE"))
  }

  @Test func `a cell that one of the runs lacks has no change`() throws {
    var other = Self.later
    other.remove("json", "beta", rounds: Array(1...10))
    let trend = try RunTrend([("a", Self.earlier.summary), ("b", other.summary)])
    let series = try #require(trend.series.first { $0.scenario == "json" && $0.framework.name == "beta" })
    #expect(series.ratios.map { $0 != nil } == [true, false] && series.change == nil)
    #expect(trend.commonScenarios == ["ping"])
  }

  @Test func `what cannot be compared says why`() {
    func error(_ runs: [(String, SyntheticRun)]) -> TrendError? {
      do { _ = try RunTrend(runs.map { (name: $0, summary: $1.summary) }) } catch { return error }
      return nil
    }
    var versions = Self.later
    versions.manifest.comparison = "alpha 1 to 2"
    var bare = Self.later
    bare.manifest.frameworks[2].isReference = false
    #expect(error([("a", Self.earlier)]) == .tooFewRuns)
    #expect(error([("a", Self.earlier), ("a", Self.earlier)]) == .sameRun("a"))
    #expect(error([("a", Self.earlier), ("b", versions)]) == .comparison("b", "alpha 1 to 2"))
    #expect(error([("a", Self.earlier), ("b", bare)]) == .noReference("b"))
    var curve = Self.later
    curve.manifest.behaviour = SyntheticRun.curve().0.behaviour
    #expect(error([("a", Self.earlier), ("b", curve)]) == .behaviour("b", command: "curve"))
    #expect(error((0..<27).map { ("\($0)", Self.earlier) }) == .tooManyRuns(27))
  }
}
