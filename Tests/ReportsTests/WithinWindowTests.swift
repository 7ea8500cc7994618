import Results
import SyntheticResults
import Testing

@testable import Reports

@Suite struct WithinWindowTests {
  /// A round with so many verified exchanges and such a p99 in each second.
  private func round(_ windowS: Double, _ seconds: [(verified: Int, p99: Double?)]) -> Round {
    var round = SyntheticRun.round("ping", "alpha", 1, perSecond: 10)
    round.load.windowS = windowS
    round.load.perSecond = seconds.map { SecondFigures(verified: $0.verified, errors: 0, p50Ms: nil, p99Ms: $0.p99) }
    return round
  }

  @Test func `each second has the median of the rounds, and the least and the most`() {
    let rounds = [100, 110, 150].map { round(2, [($0, nil), ($0 + 1, nil)]) }
    #expect(
      WithinWindow.points(rounds, seconds: 2, step: 1, WithinWindow.throughput) == [
        WithinWindow.Point(second: 0, low: 100, middle: 110, high: 150),
        WithinWindow.Point(second: 1, low: 101, middle: 111, high: 151),
      ])
  }

  @Test func `the last second counts for what of it lies in the window`() {
    let rounds = [round(1.5, [(100, nil), (60, nil)])]
    #expect(WithinWindow.points(rounds, seconds: 2, step: 1, WithinWindow.throughput).map(\.middle) == [100, 120])
  }

  @Test func `of less than half a second nothing is said`() {
    #expect(WithinWindow.throughput(round(1.2, [(100, nil), (60, nil)]).load, 1..<2) == nil)
  }

  @Test func `a round that is shorter than others counts where it has seconds`() {
    let rounds = [round(1, [(100, nil)]), round(2, [(200, nil), (300, nil)])]
    #expect(WithinWindow.points(rounds, seconds: 2, step: 1, WithinWindow.throughput).map(\.middle) == [150, 300])
  }

  @Test func `several seconds together have their mean throughput and their largest p99`() {
    let rounds = [round(4, [(100, 5), (200, 9), (300, nil), (500, nil)])]
    #expect(WithinWindow.points(rounds, seconds: 4, step: 2, WithinWindow.throughput).map(\.middle) == [150, 400])
    #expect(
      WithinWindow.points(rounds, seconds: 4, step: 2, WithinWindow.p99) == [
        WithinWindow.Point(second: 0.5, low: 9, middle: 9, high: 9)
      ])
  }

  @Test func `windows of one second have no course`() {
    var run = SyntheticRun()
    run.add("ping", "alpha", perSecond: [10, 11])
    run.change("ping", "alpha") {
      $0.load.windowS = 1
      $0.load.perSecond = [$0.load.perSecond[0]]
    }
    let summary = run.summary
    #expect(WithinWindow.svg(summary.scenarios[0], summary) == nil)
  }

  @Test func `a long window has no more points than there is room for`() throws {
    var run = SyntheticRun(frameworks: ["alpha", "bare"], rounds: 2)
    run.add("ping", "alpha", perSecond: [10, 11])
    run.change("ping", "alpha") {
      $0.load.windowS = 180
      $0.load.perSecond = [SecondFigures](repeating: $0.load.perSecond[0], count: 180)
    }
    let summary = run.summary
    let chart = try #require(WithinWindow.svg(summary.scenarios[0], summary)).text
    let line = try #require(chart.firstMatch(of: /class="m0 stroke" d="([^"]+)"/))
    #expect(line.1.count { $0 == "M" || $0 == "L" } == 60)
  }
}
