import Foundation

extension Collection where Element == Double {
  /// The arithmetic mean; nil of no values.
  public var mean: Double? {
    isEmpty ? nil : reduce(0, +) / Double(count)
  }

  /// The middle value, or the mean of the two in the middle; nil of no values.
  public var median: Double? {
    quantile(0.5)
  }

  /// The nth root of the product, the right mean for ratios: it does not matter which side is on top.
  ///
  /// nil of no values, and where a value is not positive. Source: Fleming and Wallace, "How not to lie
  /// with statistics: the correct way to summarize benchmark results", CACM 29 (1986).
  public var geometricMean: Double? {
    guard allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    return map { log($0) }.mean.map { exp($0) }
  }

  /// The sample standard deviation (divided by n − 1); nil of fewer than two values.
  public var standardDeviation: Double? {
    guard count > 1, let mean else { return nil }
    let squares = reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(count - 1)).squareRoot()
  }

  /// The value below which the given share of the values lies, interpolated between neighbours.
  ///
  /// nil of no values, and where the share is not between 0 and 1. Source: Hyndman and Fan, "Sample
  /// quantiles in statistical packages", The American Statistician 50 (1996), definition 7: the point
  /// at `1 + (n − 1) · share` of the sorted values.
  public func quantile(_ share: Double) -> Double? {
    guard !isEmpty, share >= 0, share <= 1 else { return nil }
    let sorted = sorted()
    let place = Double(count - 1) * share
    let below = Int(place.rounded(.down))
    let above = Swift.min(below + 1, count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }
}
