import Foundation

/// Student's t distribution: how far a mean of few values strays, measured in its own standard errors.
///
/// Source: Abramowitz and Stegun 26.7.1: the probability outside ±t is I_x(ν/2, 1/2) at x = ν/(ν + t²).
public struct StudentT: Equatable, Sendable {
  public let degreesOfFreedom: Double

  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "Student's t needs degrees of freedom")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of a value at least as far from zero as `t`, on either side.
  public func probabilityOutside(_ t: Double) -> Double {
    guard t.isFinite else { return 0 }
    let x = degreesOfFreedom / (degreesOfFreedom + t * t)
    return regularizedIncompleteBeta(x, degreesOfFreedom / 2, 0.5)
  }

  /// The t that a share of the distribution lies within, both sides together: 0.95 with 4 degrees gives 2.776.
  public func halfWidth(containing share: Double) -> Double {
    precondition(share >= 0 && share < 1, "a share of the distribution lies in 0..<1")
    let outside = 1 - share
    var high = 1.0
    while probabilityOutside(high) > outside, high < 1e150 { high *= 2 }
    var low = 0.0
    // Each step halves the bracket; beyond 100 steps a Double cannot tell the ends apart.
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if probabilityOutside(middle) > outside { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
