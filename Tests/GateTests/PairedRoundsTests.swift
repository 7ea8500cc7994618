import Foundation
import Results
import Statistics
import SyntheticResults
import TestSupport
import Testing

@testable import Gate

@Suite struct PairedRoundsTests {
  @Test func `a machine that drifts does not blur the ratio`() throws {
    let ratio = try #require(paired([1: 100, 2: 200, 3: 50], to: [1: 50, 2: 100, 3: 25]))
    #expect(isClose(ratio.ratio, 2))
    #expect(isClose(ratio.interval().low, 2) && isClose(ratio.interval().high, 2))
    #expect(ratio.pValue < 1e-9)
  }

  @Test func `only rounds that both have are paired`() throws {
    let ratio = try #require(paired([1: 30, 2: 30, 4: 30], to: [1: 10, 2: 10, 3: 99]))
    #expect(ratio.rounds == 2)
    #expect(isClose(ratio.ratio, 3))
  }

  @Test func `a round in which a figure is not positive is none, and a single one has no interval`() throws {
    #expect(paired([1: 30], to: [1: 10]) == nil)
    #expect(paired([1: 30, 2: 30], to: [3: 10, 4: 10]) == nil)
    #expect(paired([1: 30, 2: 0], to: [1: 10, 2: 10]) == nil)
    #expect(PairedRatio([0.1, .nan]) == nil)
  }

  @Test func `equal figures differ by nothing`() throws {
    let ratio = try #require(paired([1: 7, 2: 8], to: [1: 7, 2: 8]))
    #expect(ratio.ratio == 1)
    #expect(ratio.pValue == 1)
  }

  /// Of throughputs by round.
  private func paired(_ figures: [Int: Double], to others: [Int: Double]) -> PairedRatio? {
    func rounds(_ name: String, _ figures: [Int: Double]) -> [Round] {
      figures.map { SyntheticRun.round("ping", name, $0.key, perSecond: $0.value) }
    }
    return PairedRatio(
      (rounds("a", figures) + rounds("b", others)).ratios(of: "a", to: "b", .throughput, policy: .standard))
  }

  @Test func `speeds come from the probe's times in the windows of the throughput, and not of the p99`() {
    func round(_ name: String, probeNs: Double?) -> Round {
      var round = SyntheticRun.round("ping", name, 1, perSecond: 1000)
      round.fixedRate = FixedRateFigures(
        offeredPerSecond: 500, windowS: 2, verified: 1000, unsent: 0, histogram: .encoded(""), p99Ms: 3)
      round.resources.speedProbeNs = probeNs
      return round
    }
    func ratios(speed: Double) -> RoundRatios {
      RoundRatios([0], speeds: [speed], adjustment: GatePolicy.standard.speedAdjustment)
    }
    let both = [round("a", probeNs: 10_000), round("b", probeNs: 20_000)]
    for metric in [Metric.throughput, .cpuPerRequest] {
      #expect(both.ratios(of: "a", to: "b", metric, policy: .standard) == ratios(speed: log(2)))
    }
    #expect(both.ratios(of: "a", to: "b", .p99, policy: .standard) == ratios(speed: 0))
    #expect(
      [both[0], round("b", probeNs: nil)].ratios(of: "a", to: "b", .throughput, policy: .standard) == ratios(speed: 0))
  }
}
