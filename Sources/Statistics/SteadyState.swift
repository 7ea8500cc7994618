/// Where a series that warms up becomes steady: the values before it are left out.
///
/// MSER: of all places to cut, the one that makes the standard error of the mean of the rest smallest. The rule sees a
/// warm-up that ends, and no slow drift. Source: White, "An effective truncation heuristic for bias reduction in
/// simulation output", Simulation 69 (1997); batches of five: White, Cobb and Spratt, "A comparison of five steady-state
/// truncation heuristics for simulation", Winter Simulation Conference 2000.
public struct SteadyState: Equatable, Sendable {
  /// The index of the first steady value.
  public let begin: Int

  /// nil where no steady part can be told: fewer than four batches, or the best cut lies beyond the middle.
  ///
  /// - Parameters:
  ///   - series: A figure for each slice of time, such as verified exchanges by second.
  ///   - batch: How many slices are averaged before the search, so that a single one decides nothing.
  public init?(_ series: [Double], batch: Int = 5) {
    precondition(batch > 0, "a batch holds values")
    let means = (0..<series.count / batch).map { index in
      series[index * batch..<(index + 1) * batch].reduce(0, +) / Double(batch)
    }
    guard means.count >= 4, means.allSatisfy(\.isFinite) else { return nil }
    var best = (cut: 0, error: Double.infinity)
    // The last few batches can agree by chance, so some are always kept.
    for cut in 0...(means.count - 3) {
      let rest = means[cut...]
      let mean = rest.reduce(0, +) / Double(rest.count)
      let squares = rest.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let error = squares / Double(rest.count * rest.count)
      if error < best.error { best = (cut, error) }
    }
    guard best.cut <= means.count / 2 else { return nil }
    begin = best.cut * batch
  }
}
