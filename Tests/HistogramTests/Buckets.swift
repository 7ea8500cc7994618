@testable import Histogram

/// A bucket with at least one value in it.
struct HistogramBucket: Equatable {
  /// In nanoseconds.
  var values: ClosedRange<UInt64>
  var count: UInt64
}

extension Histogram {
  /// From the smallest values to the largest.
  var buckets: [HistogramBucket] {
    counts.indices.filter { counts[$0] > 0 }.map {
      HistogramBucket(values: Self.values(ofBucket: $0), count: counts[$0])
    }
  }
}
