import Foundation
import Statistics
import SyntheticResults
import Testing

@testable import Reports

@Suite struct RoundStripTests {
  @Test func `each round is a tick, the mean is in the middle, and the farthest is at an end`() throws {
    let strip = try #require(RoundStrip([-0.1, 0, 0.1], nil))
    let picture = strip.svg(reach: RoundStrip.reach([strip])).text
    // 2 % of the half is kept free at either end: 48 ± 47.04.
    #expect(picture.contains("<path d=\"M1 0v9M48 0v9M95 0v9\"/>"))
    #expect(picture.contains("aria-label=\"3 rounds\"") && !picture.contains("reach"))
  }

  @Test func `the interval is drawn on the same axis`() throws {
    let strip = try #require(
      RoundStrip([-0.1, 0.1], LogEstimate(mean: 0, standardError: 0.025, degreesOfFreedom: 1e6)))
    // 1.96 · 0.025 is 49 % of the way to the rounds.
    #expect(strip.svg(reach: RoundStrip.reach([strip])).text.contains("<path class=\"reach\" d=\"M25 4.5H71\"/>"))
  }

  @Test func `all strips of a table reach as far as the widest`() throws {
    let narrow = try #require(RoundStrip([-0.01, 0.01], nil))
    let wide = try #require(RoundStrip([-0.2, 0.2], nil))
    #expect(RoundStrip.reach([narrow, nil, wide]) == 0.2)
  }

  @Test func `an interval of two rounds does not push them together`() throws {
    let strip = try #require(RoundStrip([-0.01, 0.01], LogEstimate(mean: 0, standardError: 0.01, degreesOfFreedom: 1)))
    #expect(try #require(strip.halfWidth) > 0.12)
    #expect(RoundStrip.reach([strip]) == 0.02)
  }

  @Test func `rounds that do not differ are one tick in the middle`() throws {
    let strip = try #require(RoundStrip([1, 1], nil))
    #expect(strip.svg(reach: RoundStrip.reach([strip])).text.contains("<path d=\"M48 0v9M48 0v9\"/>"))
  }

  @Test(arguments: [[], [.nan], [0, -.infinity]] as [[Double]])
  func `what has no logarithm has no strip`(logarithms: [Double]) {
    #expect(RoundStrip(logarithms, nil) == nil)
  }

  @Test func `a cell shows the rounds of its throughput and of its ratio`() throws {
    let cell = try #require(SyntheticRun.ofEverything.summary.scenarios[0].cell("alpha"))
    let (throughput, ratio) = try (#require(cell.throughputStrip), #require(cell.ratioStrip))
    #expect(throughput.rounds.map { exp($0).rounded() } == [720, 571, 790, 690, 752])
    // In its order: 720 of 900, 571 of 720, and so on.
    #expect(ratio.rounds.map { (exp($0) * 100).rounded() } == [80, 79, 80, 81, 80])
    // Rounds drift together, so that ratios scatter less.
    #expect(RoundStrip.reach([ratio]) < RoundStrip.reach([throughput]) / 5)
  }

  @Test func `a cell without valid results has no strip of ratios`() throws {
    let cell = try #require(SyntheticRun.ofEverything.summary.scenarios[2].cell("beta"))
    #expect(cell.ratioStrip == nil && cell.throughputStrip != nil)
  }
}
