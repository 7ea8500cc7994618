import Foundation
import TestSupport
import Testing

@testable import Statistics

@Suite struct NormalQuantileTests {
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
