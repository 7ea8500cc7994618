import Foundation
import SeededRandom
import TestSupport
import Testing

@testable import Statistics

@Suite struct AverageTests {
  @Test func `the mean, the median and the geometric mean of a few values`() {
    #expect([1.0, 2, 6].mean == 3)
    #expect([9.0, 1, 5].median == 5)
    #expect([4.0, 1, 3, 2].median == 2.5)
    #expect(isClose([2.0, 8].geometricMean, 4))
  }

  @Test func `no values have no average`() {
    let none: [Double] = []
    #expect(none.mean == nil && none.median == nil && none.geometricMean == nil)
    #expect([1.0].standardDeviation == nil)
  }

  @Test func `a geometric mean needs positive values`() {
    #expect([1.0, 0].geometricMean == nil)
    #expect([1.0, -2].geometricMean == nil)
    #expect([1.0, .infinity].geometricMean == nil)
  }

  /// NIST StRD, data set "NumAcc1": 10000001, 10000003, 10000002; certified mean 10000002, deviation 1.
  @Test func `the standard deviation agrees with the certified NumAcc1`() {
    let values = [10_000_001.0, 10_000_003, 10_000_002]
    #expect(values.mean == 10_000_002)
    #expect(values.standardDeviation == 1)
  }
}

@Suite struct QuantileTests {
  /// R 4: `quantile(1:10, c(0, 0.25, 0.5, 0.9, 1), type = 7)`.
  @Test(arguments: [(0.0, 1.0), (0.25, 3.25), (0.5, 5.5), (0.9, 9.1), (1.0, 10.0)])
  func `quantiles of one to ten are those of definition 7`(share: Double, expected: Double) {
    #expect(isClose((1...10).map(Double.init).reversed().quantile(share), expected))
  }

  @Test func `a share outside 0 to 1 has no quantile`() {
    #expect([1.0].quantile(-0.1) == nil)
    #expect([1.0].quantile(1.1) == nil)
    #expect([1.0].quantile(.nan) == nil)
  }
}

@Suite struct StudentTTests {
  /// NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, columns 0.95, 0.975 and 0.995 (one-sided).
  static let published: [(degrees: Double, within90: Double, within95: Double, within99: Double)] = [
    (1, 6.314, 12.706, 63.657), (2, 2.920, 4.303, 9.925), (3, 2.353, 3.182, 5.841), (4, 2.132, 2.776, 4.604),
    (6, 1.943, 2.447, 3.707), (9, 1.833, 2.262, 3.250), (10, 1.812, 2.228, 3.169), (20, 1.725, 2.086, 2.845),
    (30, 1.697, 2.042, 2.750), (60, 1.671, 2.000, 2.660), (100, 1.660, 1.984, 2.626),
  ]

  @Test(arguments: published.indices)
  func `half widths agree with the published table`(row: Int) {
    let expected = Self.published[row]
    let distribution = StudentT(degreesOfFreedom: expected.degrees)
    #expect(isClose(distribution.halfWidth(containing: 0.90), expected.within90, within: 0.0006))
    #expect(isClose(distribution.halfWidth(containing: 0.95), expected.within95, within: 0.0006))
    #expect(isClose(distribution.halfWidth(containing: 0.99), expected.within99, within: 0.0006))
  }

  /// With one degree of freedom it is Cauchy's distribution, and with two it has a closed form.
  @Test(arguments: [0.1, 1, 3, 50])
  func `probabilities agree with the closed forms`(t: Double) {
    let one = 1 - 2 / Double.pi * atan(t)
    let two = 1 - t / (2 + t * t).squareRoot()
    #expect(isClose(StudentT(degreesOfFreedom: 1).probabilityOutside(t), one, within: 1e-12))
    #expect(isClose(StudentT(degreesOfFreedom: 2).probabilityOutside(-t), two, within: 1e-12))
  }

  /// Abramowitz and Stegun 26.5.24 ties I_x(a, n − a + 1) to the binomial distribution.
  @Test func `the incomplete beta function agrees with the binomial distribution`() {
    // P(at least 3 of 10 at probability 0.2) = 0.3222004736
    #expect(isClose(regularizedIncompleteBeta(0.2, 3, 8), 0.3222004736, within: 1e-10))
    #expect(isClose(regularizedIncompleteBeta(0.8, 8, 3), 1 - 0.3222004736, within: 1e-10))
    #expect(isClose(regularizedIncompleteBeta(0.3, 1, 5), 1 - pow(0.7, 5), within: 1e-12))
    #expect(regularizedIncompleteBeta(0, 2, 3) == 0)
    #expect(regularizedIncompleteBeta(1, 2, 3) == 1)
  }

  @Test func `gamma of five is twenty-four and of a half the root of pi`() {
    #expect(isClose(exp(logGamma(5)), 24, within: 1e-11))
    #expect(isClose(exp(logGamma(0.5)), Double.pi.squareRoot(), within: 1e-12))
  }
}

@Suite struct PairedRatioTests {
  /// Student's sleep data (1908). R 4, `t.test(Pair(...) ~ 1)` in the page of `sleep`: t = -4.0621, df = 9,
  /// p-value = 0.002833, interval -2.4598858 to -0.7001142, mean of the differences -1.58.
  static let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
  static let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

  @Test func `Student's own data give his result`() throws {
    let ratio = try #require(PairedRatio(RoundRatios(zip(Self.first, Self.second).map { $0 - $1 })))
    #expect(isClose(log(ratio.ratio), -1.58, within: 1e-12))
    #expect(isClose(log(ratio.interval().low), -2.4598858, within: 1e-7))
    #expect(isClose(log(ratio.interval().high), -0.7001142, within: 1e-7))
    #expect(isClose(ratio.pValue, 0.002833, within: 5e-7))
    #expect(ratio.rounds == 10)
  }
}

@Suite struct LogMeanTests {
  /// Two samples of unlike spread; `Reference/welch.py` computes what is expected of them (SciPy 1.17.1).
  static let one = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4]
  static let other = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.6, 31.5]

  @Test func `a difference of independent means agrees with SciPy`() throws {
    let one = try #require(LogMean(logarithms: Self.one))
    let difference = one.difference(from: try #require(LogMean(logarithms: Self.other)))
    #expect(isClose(difference.mean, -3.3133333333333397, within: 1e-12))
    #expect(isClose(difference.mean / difference.standardError, -2.9436567033689522, within: 1e-12))
    #expect(isClose(difference.degreesOfFreedom, 27.1951946096594, within: 1e-10))
    #expect(isClose(difference.pValue, 0.006565603272763184, within: 1e-12))
    #expect(isClose(log(difference.interval().low), -5.62206585804096, within: 1e-10))
    #expect(isClose(log(difference.interval().high), -1.0046008086257125, within: 1e-10))
    #expect(isClose(difference.pValue(ofAtMost: -2), 0.8732897682651668, within: 1e-12))
    #expect(isClose(difference.pValue(ofAtLeast: -1), 0.024788135307832675, within: 1e-12))
  }

  @Test func `the shifts of two runs widen the difference and lower its degrees of freedom`() throws {
    let rounds = try #require(LogMean(logarithms: [0.0, 0.02, -0.02, 0.01, -0.01]))
    // Each mean has a variance of 0.00025 / 5 with 4 degrees; the runs add 2 · 0.01² with 3.
    let difference = rounds.difference(from: rounds, runToRun: .init(standardDeviation: 0.01, degreesOfFreedom: 3))
    #expect(isClose(difference.standardError, (0.0001 + 0.0002).squareRoot()))
    #expect(isClose(difference.degreesOfFreedom, 0.0009 * 0.0001 / (2 * 25e-10 / 4 + 4e-8 / 3)))
    // A deviation that is taken as given has no uncertainty of its own: 0.0003² / (2 · 0.00005² / 4).
    let given = rounds.difference(from: rounds, runToRun: .init(standardDeviation: 0.01))
    #expect(isClose(given.degreesOfFreedom, 72))
  }

  @Test func `neighbours that are alike widen the mean`() throws {
    let apart = try #require(LogMean(logarithms: [1, 2, 3]))
    let alike = try #require(LogMean(logarithms: [1, 2, 3], autocorrelation: 0.6))
    #expect(alike.mean == apart.mean && isClose(alike.standardError, 2 * apart.standardError))
  }

  @Test func `whether a mean is known well enough agrees with its interval`() throws {
    let estimate = try #require(LogMean(logarithms: [0.1, 0.2, 0.4])).estimate
    #expect(estimate.isKnown(within: estimate.halfWidth() * 1.001))
    #expect(!estimate.isKnown(within: estimate.halfWidth() * 0.999))
  }

  @Test func `without any scatter a difference is certain`() throws {
    let still = try #require(LogMean(logarithms: [1, 1]))
    let difference = try #require(LogMean(logarithms: [2, 2])).difference(from: still)
    #expect(difference.pValue(ofAtMost: 0.9) == 0 && difference.pValue(ofAtMost: 1) == 1)
    #expect(difference.pValue(ofAtLeast: 1.1) == 0)
    #expect(difference.halfWidth() == 0)
  }
}

@Suite struct ProportionTests {
  /// `Reference/proportion.py` (SciPy 1.17.1): `binomtest(count, trials).proportion_ci(0.95, "exact")`.
  @Test(arguments: [
    (0, 20, 0.0, 0.16843347098308548),
    (1, 20, 0.0012650894979560339, 0.24873276277202772),
    (19, 20, 0.7512672372279723, 0.998734910502044),
    (20, 20, 0.8315665290169145, 1.0),
    (10, 300, 0.016098167562616676, 0.06044532220126554),
    (3, 4, 0.19412044968324338, 0.9936905367902901),
  ])
  func `intervals of a rate agree with SciPy`(count: Int, trials: Int, low: Double, high: Double) {
    let interval = Proportion(count, of: trials).interval()
    #expect(isClose(interval.low, low, within: 1e-12) && isClose(interval.high, high, within: 1e-12))
  }
}

@Suite struct HolmCorrectionTests {
  /// The worked example of Wikipedia, "Holm–Bonferroni method": of 0.01, 0.04, 0.03 and 0.005 at
  /// 0.05, the first and the fourth are rejected. R 4, `p.adjust(…, "holm")`: 0.03, 0.06, 0.06, 0.02.
  @Test func `the worked example rejects the first and the fourth`() {
    let decisions = holmDecisions([0.01, 0.04, 0.03, 0.005])
    #expect(decisions.map(\.isSignificant) == [true, false, false, true])
    for (decision, expected) in zip(decisions, [0.03, 0.06, 0.06, 0.02]) {
      #expect(isClose(decision.adjustedP, expected, within: 1e-12))
    }
  }

  @Test func `what follows the first that does not pass is decided at its level`() {
    // 0.04 alone would pass against 0.05, but 0.03 did not pass against 0.025 before it.
    let decisions = holmDecisions([0.04, 0.03])
    #expect(decisions.map(\.isSignificant) == [false, false])
    #expect(decisions.map(\.confidence) == [0.975, 0.975])
  }

  @Test func `a single comparison is left as it is`() {
    #expect(holmDecisions([0.05]) == [HolmDecision(adjustedP: 0.05, isSignificant: true, confidence: 0.95)])
    #expect(holmDecisions([]) == [])
  }

  @Test(arguments: 1...200)
  func `an interval at the decided confidence excludes one exactly where the comparison is significant`(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let ratios = (0..<3).compactMap { _ in
      let shift = Double.random(in: -0.1...0.1, using: &random)
      return PairedRatio(RoundRatios((0..<4).map { _ in shift + Double.random(in: -0.1...0.1, using: &random) }))
    }
    for (ratio, decision) in zip(ratios, holmDecisions(ratios.map(\.pValue))) {
      #expect(ratio.interval(confidence: decision.confidence).contains(1) == !decision.isSignificant)
    }
  }
}
