import BenchSupport
import Foundation
import LoadEngine
import Results
import SyntheticResults
import Testing

@testable import Behaviour

/// What a soak sets out to do, and what is left of it.
@Suite struct SoakPlanTests {
  private static func settings(
    _ duration: Duration = .seconds(1800), rate: Double? = nil, isTogether: Bool = false
  ) -> SoakSettings {
    SoakSettings(scenario: "db-read", duration: duration, rate: rate, isTogether: isTogether)
  }

  @Test(arguments: [(Duration.seconds(1800), 10, 180), (.seconds(180), 5, 36), (.seconds(60), 3, 20)])
  func `a soak has segments of whole seconds, enough to see a slope`(_ duration: Duration, _ length: Int, _ count: Int)
  {
    let settings = Self.settings(duration)
    #expect(settings.segment == .seconds(length))
    #expect(settings.plan(["alpha": 100]).segments == count)
  }

  @Test func `a long soak has segments of a minute, a very short one of a second`() {
    #expect(Self.settings(.seconds(8 * 3600)).segment == .seconds(60))
    #expect(Self.settings(.seconds(3)).segment == .seconds(1))
  }

  @Test func `without a rate it is half of what the slowest can, and less where all are loaded together`() {
    let capacities = ["alpha": 3000.0, "beta": 1001, "bare": 9000]
    #expect(Self.settings().rate(capacities) == 500)
    #expect(Self.settings(isTogether: true).rate(capacities) == 166)
    #expect(Self.settings(rate: 70).rate(capacities) == 70)
    #expect(Self.settings().plan(capacities).capacityShare == 0.5)
    #expect(Self.settings(rate: 70).plan(capacities).capacityShare == nil)
  }

  @Test func `a rate that a target cannot serve is refused with what it can`() throws {
    let slow = try #require(Self.settings(rate: 1200).overloaded(["alpha": 3000, "beta": 1001]))
    #expect(slow.framework == "beta" && slow.capacity == 1001)
    #expect(Self.settings(rate: 1000).overloaded(["alpha": 3000, "beta": 1001]) == nil)
    #expect(Self.settings().overloaded(["alpha": 3000, "beta": 1001]) == nil)
  }

  @Test func `in turns each segment is measured on one target after the other, in an order that changes`() {
    let plan = SoakPlan(scenario: "json", ratePerSecond: 10, durationS: 4, segmentS: 2)
    let steps = SoakSchedule(plan, ["alpha", "beta"]).steps
    #expect(steps.map(\.segment) == [1, 1, 2, 2])
    #expect(steps.map(\.frameworks) == [["alpha"], ["beta"], ["beta"], ["alpha"]])
  }

  @Test func `together each segment is measured on all at the same time`() {
    let plan = SoakPlan(scenario: "json", ratePerSecond: 10, durationS: 4, segmentS: 2, isTogether: true)
    #expect(SoakSchedule(plan, ["alpha", "beta"]).steps.map(\.frameworks.count) == [2, 2])
  }

  @Test func `what was measured before is not measured again`() {
    let plan = SoakPlan(scenario: "ping", ratePerSecond: 10, durationS: 40, segmentS: 10)
    let done =
      SyntheticRun.soak("alpha", memoryMebibytes: [1, 1, 1]) + SyntheticRun.soak("beta", memoryMebibytes: [1, 1])
    let steps = SoakSchedule(plan, ["alpha", "beta"], done: done).steps
    #expect(steps.map { "\($0.segment) \($0.frameworks[0])" }.sorted() == ["3 beta", "4 alpha", "4 beta"])
  }
}

/// What a segment is dated by.
@Suite struct SoakedServerTests {
  private static let round = SyntheticRun.soak("alpha", memoryMebibytes: [80])[0].round
  private static func load(_ errors: [String: Int]) -> LoadFigures {
    LoadFigures(windowS: 3, verified: 700, errors: errors, failures: errors.isEmpty ? [] : ["reset"], connections: 50)
  }
  private static let warmUp = WarmUpFigures(lengthS: 3, isSteady: true, memoryAtRestBytes: 1 << 26)

  private static func measured(_ server: inout SoakedServer, _ segment: Int, at second: UInt64) -> SoakSegment {
    server.measured(
      segment, round, unsent: 0, from: Instant(nanoseconds: second * 1_000_000_000),
      to: Instant(nanoseconds: (second + 10) * 1_000_000_000))
  }

  @Test func `exchanges and seconds count from the start, with those of the warm-up`() {
    var server = SoakedServer("alpha")
    server.started(Self.warmUp, Self.load([:]))
    let segments = [Self.measured(&server, 1, at: 100), Self.measured(&server, 2, at: 130)]
    #expect(segments.map(\.start) == [1, 1])
    #expect(segments.map(\.exchangesBefore) == [700, 10_700])
    #expect(segments.map(\.sinceStartS) == [10, 40])
    #expect(segments.map(\.round.warmUp) == [Self.warmUp, nil])
  }

  @Test func `after an interruption the next start has the next number`() {
    let earlier = SyntheticRun.soak("alpha", memoryMebibytes: [1, 1], start: 2)
    var server = SoakedServer("alpha", after: earlier)
    server.started(Self.warmUp, Self.load([:]))
    #expect(Self.measured(&server, 3, at: 0).start == 3)
    var other = SoakedServer("beta", after: earlier)
    other.started(Self.warmUp, Self.load([:]))
    #expect(Self.measured(&other, 1, at: 0).start == 1)
  }

  @Test func `where a worker was replaced a new series begins, without a warm-up`() {
    var server = SoakedServer("alpha")
    server.started(Self.warmUp, Self.load([:]))
    _ = Self.measured(&server, 1, at: 0)
    server.replaced()
    let segment = Self.measured(&server, 2, at: 50)
    #expect(segment.start == 2 && segment.exchangesBefore == 0 && segment.sinceStartS == 10)
    #expect(segment.round.warmUp == nil)
  }

  @Test func `what goes wrong between two segments is told with the next one, once`() {
    var server = SoakedServer("alpha")
    server.started(Self.warmUp, Self.load(["reset": 2]))
    server.failed(CheckFigure(name: "server", passed: false, detail: "it ended"))
    let (first, second) = (Self.measured(&server, 1, at: 0), Self.measured(&server, 2, at: 10))
    #expect(first.round.checks.map(\.detail) == ["it ended"] && second.round.checks.isEmpty)
    #expect(first.round.load.errors == ["reset": 2] && second.round.load.errors.isEmpty)
    #expect(first.round.load.failures == ["in the warm-up: reset"])
  }
}

@Suite struct SoakErrorTests {
  @Test func `each error says what was wrong and what would be right`() {
    #expect(
      "\(SoakError.tooFast(rate: 5000, framework: "sanic", capacity: 3201))"
        == "5000 requests a second are asked for, and sanic serves 3201 at most; right would be RATE=1600")
    #expect(
      "\(SoakError.otherwise(run: "20260701T101502Z", differences: ["for 30 min", "at 500 a second"]))"
        == "the run 20260701T101502Z was begun for 30 min, at 500 a second, and goes on with that; right would be: make soak "
        + "RUN=20260701T101502Z")
    #expect(
      "\(SoakError.nothingVerified("sanic", failure: "status 500"))"
        == "sanic gives no right answer, so it cannot be soaked: status 500")
    #expect(
      "\(SoakError.ended(.databaseEnded(pid: 7)))" == "the database (PostgreSQL, pid 7) ended")
  }
}
