import Foundation
import SeededRandom
import TestSupport
import Testing

@testable import Statistics

@Suite struct ControlledMeanTests {
  /// Values that follow a control, which happens not to be zero on average; `Reference/control.py` computes what is
  /// expected of them (SciPy 1.17.1).
  static let values = [0.12, -0.05, 0.31, 0.08, -0.14, 0.22, 0.02, 0.17, -0.09, 0.26, 0.05, 0.11]
  static let control = [0.06, -0.11, 0.19, 0.01, -0.16, 0.09, -0.04, 0.12, -0.13, 0.14, -0.05, 0.02]

  @Test func `the mean at a control of zero agrees with SciPy`() throws {
    let mean = try #require(LogMean(logarithms: Self.values, control: Self.control))
    #expect(isClose(mean.mean, 0.07413298254006219, within: 1e-14))
    #expect(isClose(mean.slope, 1.2171729251375267, within: 1e-13))
    #expect(isClose(mean.standardError, 0.0076236236742456545, within: 1e-15))
    #expect(isClose(log(mean.interval().low), 0.0571464904385531, within: 1e-12))
    #expect(isClose(log(mean.interval().high), 0.09111947464157127, within: 1e-12))
    #expect(isClose(mean.pValue, 2.052938897544065e-06, within: 1e-15))
    #expect(mean.degreesOfFreedom == 10)
  }

  @Test func `a control that never moves, or of two values, controls nothing`() {
    #expect(LogMean(logarithms: [1, 2, 3], control: [0.5, 0.5, 0.5]) == nil)
    #expect(LogMean(logarithms: [1, 2], control: [0.5, 0.6]) == nil)
    #expect(LogMean(logarithms: [1, 2, 3], control: [0.5, 0.6, .nan]) == nil)
  }

  @Test func `of more or fewer values that scatter alike the mean is as well known as their number says`() throws {
    let twelve = try #require(LogMean(logarithms: Self.values, control: Self.control))
    let many = twelve.resized(to: 48)
    #expect(many.mean == twelve.mean && many.standardDeviation == twelve.standardDeviation)
    #expect(isClose(many.standardError, twelve.standardError / 2))
    #expect(many.values == 48 && many.degreesOfFreedom == 46)
    let few = twelve.resized(to: 3)
    #expect(isClose(few.standardError, twelve.standardError * 2) && few.degreesOfFreedom == 1)
    #expect(twelve.resized(to: 12) == twelve)
  }

  /// Windows whose speeds scatter by 10 %, followed by figures that scatter by 2 % of their own.
  @Test func `the interval holds the truth as often as it says, and is a fraction of the plain one`() {
    var random = SplitMix64(seed: 5)
    func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &random) } }
    let truth = 0.3
    var (holds, controlled, plain) = (0, 0.0, 0.0)
    let trials = 4000
    for _ in 0..<trials {
      let speeds = (0..<12).map { _ in 0.1 * normal() }
      let values = speeds.map { truth + 1.2 * $0 + 0.02 * normal() }
      let rounds = RoundRatios(values, speeds: speeds, adjustment: .usual)
      guard let mean = rounds.mean(), let unaided = RoundRatios(values).mean() else { continue }
      if mean.estimate.interval().contains(exp(truth)) { holds += 1 }
      controlled += mean.estimate.halfWidth()
      plain += unaided.estimate.halfWidth()
    }
    #expect(Proportion(holds, of: trials).interval().contains(0.95))
    #expect(controlled < plain * 0.25)
  }
}

@Suite struct RoundRatiosTests {
  private let rounds = RoundRatios(ControlledMeanTests.values, speeds: ControlledMeanTests.control, adjustment: .usual)

  @Test func `ratios are adjusted to equal speed`() throws {
    let mean = try #require(rounds.mean())
    #expect(mean == LogMean(logarithms: ControlledMeanTests.values, control: ControlledMeanTests.control))
    let adjusted = try #require(LogMean(logarithms: rounds.adjusted))
    #expect(isClose(adjusted.mean, mean.mean))
    #expect(adjusted.standardDeviation < 0.3 * (RoundRatios(rounds.logarithms).mean()?.standardDeviation ?? 0))
  }

  @Test func `few rounds are taken as they are`() {
    let few = RoundRatios(
      Array(rounds.logarithms.prefix(9)), speeds: Array(rounds.speeds.prefix(9)), adjustment: .usual)
    #expect(few.mean() == LogMean(logarithms: few.logarithms) && few.adjusted == few.logarithms)
  }

  @Test func `where one side had the faster machine in every round, its own work may be why`() {
    let apart = RoundRatios(rounds.logarithms, speeds: rounds.speeds.map { $0 + 0.3 }, adjustment: .usual)
    #expect(apart.mean() == LogMean(logarithms: apart.logarithms) && apart.adjusted == apart.logarithms)
  }

  @Test func `a speed that is not known is taken as the mean, and where none is known nothing is adjusted`() {
    var some = RoundRatios([], adjustment: .usual)
    some.append(rounds)
    #expect(some == rounds)
    some.append(0.1, speed: nil)
    some.append([0.2])
    #expect(some == RoundRatios(rounds.logarithms + [0.1, 0.2], speeds: rounds.speeds + [0, 0], adjustment: .usual))
    let unprobed = RoundRatios(rounds.logarithms)
    #expect(unprobed.mean() == LogMean(logarithms: rounds.logarithms) && unprobed.adjusted == rounds.logarithms)
  }
}

extension RoundRatios.Adjustment {
  fileprivate static let usual = RoundRatios.Adjustment(fewestRounds: 10, leastPlausible: 0.001)
}

/// Source of the design: Kalibera and Jones, "Rigorous benchmarking in reasonable time", ISMM 2013.
@Suite struct MeanOfStartsTests {
  @Test func `the mean of a start is one observation, however many rounds it has`() throws {
    var ratios = RoundRatios([], adjustment: .usual)
    for (value, start) in [(0.1, 1), (0.3, 1), (0.5, 2), (0.5, 3), (0.7, 3), (0.6, 3)] {
      ratios.append(value, speed: nil, start: start)
    }
    #expect(ratios.count == 6 && ratios.startCount == 3 && ratios.observations == 3)
    let expected = try #require(LogMean(logarithms: [0.2, 0.5, 0.6]))
    let mean = try #require(ratios.mean(autocorrelation: 0.2))
    #expect(isClose(mean.mean, expected.mean) && isClose(mean.standardError, expected.standardError))
    #expect(mean.degreesOfFreedom == 2)
  }

  @Test func `rounds on one start are observations`() throws {
    var ratios: RoundRatios = []
    for value in [0.1, 0.3, 0.5] { ratios.append(value, speed: nil, start: 1) }
    #expect(ratios.observations == 3 && ratios.mean() == LogMean(logarithms: [0.1, 0.3, 0.5]))
  }

  /// Six starts of four rounds, whose shifts are as large as the noise of a round; windows whose speeds scatter by 10 %.
  @Test func `the interval holds the truth as often as it says, and that of the rounds does not`() {
    var random = SplitMix64(seed: 7)
    func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &random) } }
    let truth = 0.3
    var (holds, naive) = (0, 0)
    let trials = 4000
    for _ in 0..<trials {
      var ratios = RoundRatios([], adjustment: .usual)
      for start in 1...6 {
        let shift = 0.03 * normal()
        for _ in 1...4 {
          let speed = 0.1 * normal()
          ratios.append(truth + shift + speed + 0.03 * normal(), speed: speed, start: start)
        }
      }
      if ratios.mean()?.estimate.interval().contains(exp(truth)) == true { holds += 1 }
      let rounds = RoundRatios(ratios.logarithms, speeds: ratios.speeds, adjustment: .usual)
      if rounds.mean()?.estimate.interval().contains(exp(truth)) == true { naive += 1 }
    }
    #expect(Proportion(holds, of: trials).interval().contains(0.95))
    #expect(Proportion(naive, of: trials).interval().high < 0.85)
  }
}
