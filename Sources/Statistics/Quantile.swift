extension Collection where Element == Double {
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
