extension Histogram {
  /// True as long as nothing was recorded.
  public var isEmpty: Bool { count == 0 }

  /// The smallest value recorded, in nanoseconds, exact; nil when empty.
  public var minimum: UInt64? { isEmpty ? nil : smallest }

  /// The largest value recorded, in nanoseconds, exact up to one hour; nil when empty.
  public var maximum: UInt64? { isEmpty ? nil : largest }

  /// The arithmetic mean of the values as recorded, in nanoseconds; nil when empty.
  public var mean: Double? { isEmpty ? nil : Double(total) / Double(count) }

  /// The nearest-rank percentile in nanoseconds; nil when empty.
  ///
  /// The value of rank ⌈percent / 100 × count⌉ (at least 1) in ascending order, reported as the largest value its
  /// bucket can hold, as HdrHistogram does: never below the true value, and never more than 0.79 % above it.
  /// 0 is the exact minimum, and no percentile exceeds the exact maximum.
  /// - Precondition: `percent` lies in 0…100.
  public func percentile(_ percent: Double) -> UInt64? {
    precondition((0...100).contains(percent), "a percentile lies between 0 and 100")
    guard !isEmpty else { return nil }
    guard percent > 0 else { return smallest }
    let rank = Self.rank(of: percent, among: count)
    var counted: UInt64 = 0
    for index in counts.indices {
      counted += counts[index]
      if counted >= rank { return min(Self.values(ofBucket: index).upperBound, largest) }
    }
    return largest
  }

  /// 99.9 has no exact binary form, so the product can land a hair above a whole rank; the factor takes that hair
  /// away, and is too small to reach the next rank for any count below 2⁵⁰.
  private static func rank(of percent: Double, among count: UInt64) -> UInt64 {
    let exact = Double(count) * percent / 100 * (1 - 0x1p-51)
    return min(count, max(1, UInt64(exact.rounded(.up))))
  }
}
