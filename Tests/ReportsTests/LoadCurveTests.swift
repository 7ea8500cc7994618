import Foundation
import Histogram
import Results
import Statistics
import SyntheticResults
import TestSupport
import Testing

@testable import Reports

/// What a report makes of the points of a load curve.
@Suite struct LoadCurveTests {
  private static func summary(_ change: (inout BehaviourRecords) -> Void = { _ in }) -> RunSummary {
    var (manifest, records) = SyntheticRun.curve()
    change(&records)
    return RunSummary(manifest: manifest, rounds: [], behaviour: records)
  }

  private static let whole = summary()

  private static func curve(_ run: RunSummary) throws -> LoadCurve { try #require(LoadCurve("ping", run)) }

  @Test func `a level is the geometric mean of its rounds, with an interval and a ratio to the reference`() throws {
    let alpha = try #require(try Self.curve(Self.whole).curve("alpha"))
    let level = try #require(alpha.levels.first { $0.level == LoadLevel(.connections, 16) })
    // 1,000 and 2 % more and less; what the reference has is twice as much in every round.
    #expect(isClose(level.throughput.value, pow(1000 * 1020 * 980, 1 / 3), within: 1))
    #expect(level.throughput.interval?.contains(1000) == true)
    #expect(isClose(level.ratio?.ratio, 0.5, within: 0.001))
    #expect(level.rounds == 3 && level.errors == 0 && !level.isLimitedByGenerator)
    #expect(try #require(level.p50).value < (try #require(level.p99)).value)
  }

  @Test func `what is held lies between the last rate within the limit and the first beyond it`() throws {
    let curve = try Self.curve(Self.whole)
    guard case .known(let rate, let interval, rounds: 3) = curve.curve("alpha")?.knee else {
      Issue.record("no knee")
      return
    }
    // p99 is 1.72 times 16 ms at 75 % and 80 ms at 95 %.
    #expect(rate > 750 && rate < 950 && interval.contains(rate))
    #expect(CurveText.byKnee(curve).map(\.framework.name) == ["bare", "alpha", "beta"])
  }

  @Test func `one round tells nobody apart`() throws {
    let curve = try Self.curve(Self.summary { $0.curve.removeAll { $0.round.round > 1 } })
    #expect(
      CurveText.holds(curve)
        == "ping with p99 within 50 ms: Alpha 819 requests per second (between two rates, 750 to 950) and Beta 491 requests per "
        + "second (between two rates, 450 to 570); one round tells nobody apart; the reference 1,640 requests per second "
        + "(between two rates, 1,500 to 1,900).")
  }

  @Test func `rounds that say "none" and "all" contradict each other, and make no figure`() throws {
    let run = Self.summary { records in
      for index in records.curve.indices where records.curve[index].level.kind == .rate {
        let isLess = records.curve[index].round.round == 1
        records.curve[index].round.load.verified = isLess ? 0 : (records.curve[index].offered?.due ?? 0)
        if !isLess {
          records.curve[index].round.histograms["intended_latency"] = records.curve[0].round.histograms["latency"]
        }
      }
    }
    let knee = try Self.curve(run).curve("alpha")?.knee
    #expect(knee == .atLeast(0, isLimitedByGenerator: false))
    #expect(CurveText.knee(knee) == "unknown: in one round all rates held, and in another none")
  }

  @Test func `what is missing of it and what went wrong are the cases of junit.xml, and there are no cells`() {
    #expect(
      JUnitReport.text(Self.whole).contains(#"<testsuites name="Framework Shootout" tests="2" failures="0" errors="0""#)
    )
    #expect(CSVReport.text(Self.whole).split(separator: "\n").count == 1)
    let wrong = Self.summary { $0.curve[0].round.load.errors = ["verification": 3] }
    #expect(JUnitReport.text(wrong).contains(#"tests="2" failures="1" errors="0""#))
    #expect(JUnitReport.text(wrong).contains("3 × verification"))
    let open = Self.summary { $0.curveEnds = [] }
    #expect(JUnitReport.text(open).contains(#"tests="2" failures="0" errors="1""#))
    #expect(JUnitReport.text(open).contains("missing: the curve of ping"))
  }

  @Test func `memory of a connection is what many hold beyond few`() throws {
    let costs = IdleCost.all(try #require(try Self.curve(Self.whole).curve("alpha")))
    #expect(costs.map(\.bytesOfConnection) == [nil, 16_384])
  }

  @Test func `where the generator was the limit, a point is marked and makes no knee`() throws {
    let run = Self.summary { records in
      for index in records.curve.indices
      where records.curve[index].level.value >= 95 && records.curve[index].round.framework == "alpha" {
        records.curve[index].round.warnings = [RoundWarning(.limitedByGenerator(share: 0.97))]
      }
    }
    let curve = try Self.curve(run)
    let alpha = try #require(curve.curve("alpha"))
    guard case .atLeast(_, isLimitedByGenerator: true) = alpha.knee else {
      Issue.record("\(String(describing: alpha.knee))")
      return
    }
    #expect(alpha.levels.filter(\.isLimitedByGenerator).map(\.level.value) == [1000, 256, 95, 120])
    let chart = try #require(CurveCharts.byRate(curve, run))
    #expect(chart.caption.contains("At ringed marks the generator was the limit"))
    #expect(chart.chart.text.contains("limited by the generator") && !chart.chart.text.contains("Alpha holds"))
    #expect(MarkdownReport.text(run).contains("the generator was the limit: no figure of the server"))
    #expect(
      CurveText.holds(curve)?.contains("holds most, at least 750 requests per second (beyond it the") == true,
      "\(CurveText.holds(curve) ?? "")")
  }

  @Test func `a curve that was ended is incomplete, and says where`() {
    let run = Self.summary { records in
      records.curveEnds = []
      records.curve.removeAll { $0.round.round > 1 }
    }
    #expect(run.state == .incomplete)
    #expect(CurveSections.missing(run) == ["the curve of ping, ended in round 1"])
    #expect(CurveSections.missing(Self.summary { $0 = BehaviourRecords() }) == ["the curve of ping, not begun"])
  }

  @Test func `a server that died is named, and its points are missing and not zero`() throws {
    let run = Self.summary { records in
      records.curve.removeAll { $0.round.framework == "beta" && $0.level.value == 256 && $0.round.round > 1 }
      records.curveLosses = [
        CurveLoss(
          scenario: "ping", framework: "beta", outage: .serverEnded(name: "beta", pid: 7),
          level: LoadLevel(.connections, 256))
      ]
    }
    #expect(run.state == .incomplete)
    #expect(
      CurveSections.missing(run) == [
        "ping on beta: 256 connections (2 rounds): the server of beta (pid 7) ended, at 256 connections"
      ])
    let level = try Self.curve(run).curve("beta")?.levels.first { $0.level == LoadLevel(.connections, 256) }
    #expect(level?.rounds == 1 && level?.throughput.interval == nil)
  }

  @Test func `a wrong answer fails the run, and a connection that was refused is a figure`() {
    let refused = Self.summary { $0.curve[4].round.load.errors = ["connect": 3] }
    #expect(refused.state == .complete)
    #expect(MarkdownReport.text(refused).contains("3 × connect"))
    let wrong = Self.summary { records in
      records.curve[4].round.load.errors = ["verification": 3]
      records.curve[4].round.load.failures = ["GET /ping: other bytes"]
    }
    #expect(wrong.state == .failed)
    #expect(CurveSections.findings(wrong).count == 1 && CurveSections.findings(wrong)[0].contains("3 × verification"))
  }

  @Test func `rounds from before and after an interruption make no ratio`() throws {
    let run = Self.summary { records in
      for index in records.curve.indices where records.curve[index].round.framework == "bare" {
        records.curve[index].round.started = "2026-07-01T11:00:00Z"
      }
    }
    #expect(try Self.curve(run).curve("alpha")?.levels.allSatisfy { $0.ratio == nil } == true)
  }

  // MARK: Formats

  @Test func `its Markdown is as agreed`() throws {
    try expectGolden(MarkdownReport.text(Self.whole), "curve.md")
  }

  @Test func `its table for a terminal is as agreed, within 80 columns`() throws {
    let text = TerminalReport.text(Self.whole)
    try expectGolden(text, "curve.txt")
    for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test func `its rows for programs are as agreed, and all as long as the header`() throws {
    let text = try #require(CurveCSV.text(Self.whole))
    try expectGolden(text, "curve.csv")
    #expect(Set(text.split(separator: "\n").map { $0.count { $0 == "," } }).count == 1)
    #expect(CurveCSV.text(SyntheticRun.ofEverything.summary) == nil)
  }

  @Test func `its JSON conforms to the schema in docs`() throws {
    let schema = try JSONSchema(ofCheckout: "docs/results.schema.json")
    for run in [Self.whole, Self.summary { $0.curve.removeAll { $0.round.framework == "beta" } }] {
      let text = JSONReport.text(run)
      #expect(try schema.faults(Data(text.utf8)) == [])
      #expect(text.contains(#""state" : "known""#))
    }
  }

  @Test func `its page draws charts, tells them to who cannot see them, and has the figures below`() throws {
    let page = HTMLReport.text(Self.whole)
    #expect(page.components(separatedBy: "<svg class=\"chart\" role=\"img\"").count == 5)
    for part in [
      "Alpha holds", "class=\"limit\"", " band\"", "href=\"#curve\"", "Throughput of ping by connections",
      "p99 of ping by rate", "What is held in ping", "Idle connections of ping", "without 1024 connections",
      "make curve PROFILE=quick",
    ] { #expect(page.contains(part), "\(part)") }
  }

  // MARK: Against queueing theory

  /// A queue that serves 200 a second: M/D/1 by rate, and by connections each waits for all others.
  @Test func `the curve of a simulated queue is that of theory`() throws {
    let queue = DeterministicQueue(service: 0.005)
    let (rounds, percents) = (5, [10, 25, 50, 65, 75, 85, 95, 105, 120])
    var manifest = SyntheticRun(frameworks: ["bare"]).manifest
    var plan = SyntheticRun.curvePlan(rounds: rounds)
    plan.levels = [
      "ping": [1, 16, 256].map { LoadLevel(.connections, $0) } + percents.map { LoadLevel(.rate, $0) }
    ]
    manifest.behaviour = BehaviourPlan(curve: plan)
    manifest.timed = false
    var records = BehaviourRecords()
    for round in 1...rounds {
      for connections in [1, 16, 256] {
        records.curve.append(
          SyntheticRun.curvePoint(
            LoadLevel(.connections, connections), "bare", round, perSecond: 200, latencyMs: Double(connections) * 5))
      }
      for percent in percents {
        let rate = Double(percent) * 2
        var point = SyntheticRun.curvePoint(
          LoadLevel(.rate, percent), "bare", round, perSecond: min(rate, 200), latencyMs: 5, offered: rate)
        var histogram = Histogram()
        for latency in queue.latencies(30_000, perSecond: rate, seed: UInt64(round * 1000 + percent)) {
          histogram.record(UInt64(latency * 1e9))
        }
        point.round.histograms["intended_latency"] = .counted(histogram)
        records.curve.append(point)
      }
    }
    let curve = try Self.curve(RunSummary(manifest: manifest, rounds: [], behaviour: records))
    let own = try #require(curve.curve("bare"))
    for level in own.levels(.connections) { #expect(isClose(level.throughput.value, 200, within: 1)) }
    for level in own.levels(.rate) where level.level.value < 90 {
      let theory = queue.latency(percentile: 99, perSecond: Double(level.level.value) * 2) * 1000
      let p99 = try #require(level.p99).value
      #expect(abs(p99 / theory - 1) < 0.05, "\(p99) ms for \(theory) ms at \(level.level.value) %")
    }
    guard case .known(let rate, let interval, rounds: rounds) = own.knee else {
      Issue.record("no knee")
      return
    }
    let theory = queue.knee(p99: 0.05)
    #expect(abs(rate / theory - 1) < 0.05 && interval.contains(theory), "\(rate) for \(theory)")
  }
}
