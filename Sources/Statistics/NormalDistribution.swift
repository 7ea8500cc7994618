import Foundation

/// Source: Abramowitz and Stegun 26.2.29.
package func normalProbability(below z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

/// The z below which a share of the standard normal distribution lies, by halving; the share lies between 0 and 1.
package func normalQuantile(_ share: Double) -> Double {
  precondition(share > 0 && share < 1, "a quantile of the normal distribution is asked for a share in 0...1")
  var (low, high) = (-40.0, 40.0)
  for _ in 0..<70 {
    let middle = (low + high) / 2
    if normalProbability(below: middle) < share { low = middle } else { high = middle }
  }
  return (low + high) / 2
}
