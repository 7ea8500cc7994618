/// How often something happened, such as a false alarm in simulated runs, with what the count says about the true rate.
public struct Proportion: Equatable, Sendable {
  public let count: Int
  public let trials: Int

  public init(_ count: Int, of trials: Int) {
    precondition(count >= 0 && count <= trials && trials > 0, "a count lies between none and all of the trials")
    self.count = count
    self.trials = trials
  }

  public var rate: Double { Double(count) / Double(trials) }

  /// The exact interval: it holds the true rate at least as often as it says, also where nothing or everything happened.
  ///
  /// Source: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
  /// Biometrika 26 (1934), by the beta distribution.
  public func interval(confidence: Double = 0.95) -> ConfidenceInterval {
    let outside = (1 - confidence) / 2
    let (hits, misses) = (Double(count), Double(trials - count))
    return ConfidenceInterval(
      low: count == 0 ? 0 : betaQuantile(outside, hits, misses + 1),
      high: count == trials ? 1 : betaQuantile(1 - outside, hits + 1, misses), confidence: confidence)
  }

  private func betaQuantile(_ share: Double, _ a: Double, _ b: Double) -> Double {
    var (low, high) = (0.0, 1.0)
    // Each step halves the bracket; beyond 60 steps a Double near one half cannot tell the ends apart.
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if regularizedIncompleteBeta(middle, a, b) < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
