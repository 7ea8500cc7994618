import Histogram
import Statistics

/// The latency of a cell over all its rounds together. All figures are milliseconds.
public struct LatencySummary: Equatable, Sendable {
  public var samples: Int
  public var meanMs: Double
  public var maxMs: Double
  /// By percent, ascending, from 0 to 100. Holds at least ``reported``.
  public var percentiles: [Percentile]

  public struct Percentile: Equatable, Sendable {
    public var percent: Double
    public var ms: Double
  }

  /// The percentiles that tables show.
  package static let reported: [Double] = [50, 90, 95, 99, 99.9]
  private static let curve: [Double] =
    [0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92, 94, 95, 96, 97, 98, 98.5, 99, 99.3, 99.5, 99.7]
    + [99.8, 99.9, 99.95, 99.99, 100]

  /// nil of a histogram without values.
  package init?(_ histogram: Histogram) {
    guard let mean = histogram.mean, let maximum = histogram.maximum else { return nil }
    samples = Int(histogram.count)
    meanMs = mean / 1e6
    maxMs = Double(maximum) / 1e6
    percentiles = Self.curve.compactMap { percent in
      histogram.percentile(percent).map { Percentile(percent: percent, ms: Double($0) / 1e6) }
    }
  }

  public subscript(percent: Double) -> Double? {
    percentiles.first { $0.percent == percent }?.ms
  }

  /// Whether at least ten values lie beyond the percentile. With fewer, single requests decide it.
  public func isSupported(_ percent: Double) -> Bool {
    Double(samples) * (100 - percent) / 100 >= 10 - 1e-6
  }
}
