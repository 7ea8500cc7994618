import Foundation
import TestSupport
import Testing

@testable import Statistics

/// `Reference/small_samples.py` computes what is expected here (SciPy 1.17.1).
@Suite struct MannWhitneyTests {
  static let males = [19.0, 22, 16, 29, 24]
  static let females = [20.0, 11, 17, 12]

  /// The example of the page of `scipy.stats.mannwhitneyu`: U = 17, exact p = 0.1111.
  @Test func `the example of SciPy's page`() throws {
    let test = try #require(MannWhitney(Self.males, Self.females))
    #expect(test.u == 17)
    #expect(isClose(test.pValue, 0.1111111111111111, within: 1e-12))
    #expect(isClose(test.delta, 0.7, within: 1e-12))
  }

  @Test func `equal values are counted exactly`() throws {
    let test = try #require(MannWhitney([1, 2, 2, 3, 5], [2, 4, 5, 5, 6, 7]))
    #expect(test.u == 5)
    #expect(isClose(test.pValue, 0.08225108225108226, within: 1e-12))
  }

  @Test func `twenty values against twenty`() throws {
    let first = (0..<20).map { 2 * Double($0) }
    let test = try #require(MannWhitney(first, first.map { $0 + 7 }))
    #expect(test.u == 136)
    #expect(isClose(test.pValue, 0.0859140199856938, within: 1e-12))
  }

  @Test func `three values against three show at most one in ten`() {
    #expect(MannWhitney([1, 2, 3], [4, 5, 6])?.pValue == 0.1)
    #expect(MannWhitney([1, 2, 3], [4, 5, 6])?.delta == -1)
  }

  @Test func `equal samples differ by nothing`() {
    #expect(MannWhitney([1, 1], [1, 1])?.pValue == 1)
    #expect(MannWhitney([1, 1], [1, 1])?.delta == 0)
  }

  @Test func `no values, too many, or one that is no number refuse`() {
    #expect(MannWhitney([], [1]) == nil)
    #expect(MannWhitney([.nan], [1]) == nil)
    #expect(MannWhitney([Double](repeating: 1, count: 80), [1]) == nil)
  }
}

@Suite struct EffectSizeTests {
  @Test func `the effect size of paired rounds and of independent ones`() throws {
    let ratios = try #require(LogMean(logarithms: [0.11, 0.04, 0.09, 0.02, 0.07]))
    #expect(isClose(ratios.effectSize, 1.443970020420983, within: 1e-11))
    let males = try #require(LogMean(logarithms: MannWhitneyTests.males))
    let females = try #require(LogMean(logarithms: MannWhitneyTests.females))
    #expect(isClose(males.effectSize(from: females), 1.3342507531407872, within: 1e-11))
  }

  @Test func `without scatter there is no effect size`() throws {
    let still = try #require(LogMean(logarithms: [1, 1, 1]))
    #expect(still.effectSize == nil && still.effectSize(from: still) == nil)
  }
}

@Suite struct BootstrapTests {
  static let skewed = [0.01, 0.02, 0.02, 0.03, 0.05, 0.08, 0.13, 0.21]

  /// SciPy's own two seeds give 0.03375 to 0.12875 and 0.03375 to 0.13.
  @Test func `a skewed sample has a skewed interval, as SciPy's`() throws {
    let interval = try #require(Bootstrap(seed: 1).interval(logarithms: Self.skewed))
    #expect(isClose(log(interval.low), 0.03375, within: 0.002))
    #expect(isClose(log(interval.high), 0.1294, within: 0.004))
  }

  @Test func `the same seed gives the same interval`() {
    #expect(
      Bootstrap(seed: 7).interval(logarithms: Self.skewed) == Bootstrap(seed: 7).interval(logarithms: Self.skewed))
  }

  @Test func `equal values have an interval without width, one value has none`() throws {
    let interval = try #require(Bootstrap(seed: 1).interval(logarithms: [0, 0, 0]))
    #expect(interval.low == 1 && interval.high == 1)
    #expect(Bootstrap(seed: 1).interval(logarithms: [1]) == nil)
    #expect(Bootstrap(seed: 1).interval(logarithms: [1, .infinity]) == nil)
  }

  @Test(arguments: [(0.025, -1.959963984540054), (0.5, 0), (0.9, 1.2815515655446004)])
  func `quantiles of the normal distribution`(share: Double, expected: Double) {
    #expect(isClose(normalQuantile(share), expected, within: 1e-12))
  }
}

@Suite struct SteadyStateTests {
  /// Ten slices that climb, and thirty that go up and down around 100.
  static let climb: [Double] = [50, 55, 60, 65, 70, 75, 80, 85, 90, 95]
  static let steady = [[Double]](repeating: [99, 101], count: 15).flatMap { $0 }
  static let warmingUp = climb + steady

  @Test func `a warm-up of ten slices is cut off`() {
    #expect(SteadyState(Self.warmingUp)?.begin == 10)
  }

  @Test func `a series that is steady from the start is kept whole`() {
    #expect(SteadyState(Self.steady)?.begin == 0)
  }

  @Test func `without batches every slice is a place to cut`() {
    #expect(SteadyState([10, 50, 99, 101, 99, 101, 99, 101], batch: 1)?.begin == 2)
  }

  @Test func `a series that goes on climbing has no steady part`() {
    #expect(SteadyState((0..<40).map { 100 + Double($0) }) == nil)
  }

  @Test func `fewer than four batches tell nothing`() {
    #expect(SteadyState([Double](repeating: 1, count: 19)) == nil)
    #expect(SteadyState([Double](repeating: 1, count: 20))?.begin == 0)
  }
}
