import Foundation
import TestSupport
import Testing

@testable import Statistics

@Suite struct WeightedMeanTests {
  static let fast = LogEstimate(mean: log(2), standardError: 0.03, degreesOfFreedom: 4)
  static let slow = LogEstimate(mean: log(0.5), standardError: 0.04, degreesOfFreedom: 8)

  @Test func `with equal weights it is the geometric mean, and the errors add up as those of independent values`()
    throws
  {
    let mean = try #require(LogEstimate(meanOf: [Self.fast, Self.slow], weights: [1, 1]))
    #expect(isClose(mean.ratio, 1))
    // √(0.03² + 0.04²) / 2
    #expect(isClose(mean.standardError, 0.025))
    // (0.0009 + 0.0016)² / (0.0009²/4 + 0.0016²/8)
    #expect(isClose(mean.degreesOfFreedom, 11.9617, within: 0.0001))
  }

  @Test func `a weight of three counts three times`() throws {
    let mean = try #require(LogEstimate(meanOf: [Self.fast, Self.slow], weights: [3, 1]))
    #expect(isClose(mean.mean, log(2) / 2))
    let thrice = try #require(
      LogEstimate(meanOf: [Self.fast, Self.fast, Self.fast, Self.slow], weights: [1, 1, 1, 1]))
    #expect(isClose(mean.mean, thrice.mean))
    // √((0.75 · 0.03)² + (0.25 · 0.04)²)
    #expect(isClose(mean.standardError, 0.024622, within: 0.000001))
  }

  @Test func `only the proportions of the weights count`() throws {
    let one = try #require(LogEstimate(meanOf: [Self.fast, Self.slow], weights: [2, 6]))
    let other = try #require(LogEstimate(meanOf: [Self.fast, Self.slow], weights: [1, 3]))
    #expect(isClose(one.mean, other.mean) && isClose(one.standardError, other.standardError))
    #expect(isClose(one.degreesOfFreedom, other.degreesOfFreedom))
  }

  @Test func `what has no weight does not count, whatever its error is`() {
    let unknown = LogEstimate(mean: 5, standardError: 100, degreesOfFreedom: 1)
    #expect(LogEstimate(meanOf: [Self.fast, unknown], weights: [2, 0]) == Self.fast)
  }

  @Test(arguments: [([], []), ([0], [fast]), ([0, 0], [fast, slow])] as [([Double], [LogEstimate])])
  func `without any weight there is no mean`(weights: [Double], estimates: [LogEstimate]) {
    #expect(LogEstimate(meanOf: estimates, weights: weights) == nil)
  }

  @Test func `values that do not scatter have an interval of no width`() {
    let exact = LogEstimate(mean: log(3), standardError: 0, degreesOfFreedom: 4)
    let mean = LogEstimate(meanOf: [exact, exact], weights: [1, 2])
    #expect(mean.map { isClose($0.interval().low, 3) && isClose($0.interval().high, 3) } == true)
  }
}
