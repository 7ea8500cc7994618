extension LogEstimate {
  /// The weighted mean of independent estimates: of ratios, the logarithm of their weighted geometric mean.
  ///
  /// The weights are taken as given. What a weight of zero belongs to is left out. nil where no weight is positive.
  public init?(meanOf estimates: [LogEstimate], weights: [Double]) {
    precondition(estimates.count == weights.count, "a weight for each estimate")
    precondition(weights.allSatisfy { $0 >= 0 && $0.isFinite }, "a weight is not negative")
    let total = weights.reduce(0, +)
    guard total > 0, total.isFinite else { return nil }
    let parts = zip(estimates, weights).filter { $1 > 0 }.map { (estimate: $0, share: $1 / total) }
    self.init(
      mean: parts.reduce(0) { $0 + $1.share * $1.estimate.mean },
      components: parts.map { part in
        let error = part.share * part.estimate.standardError
        return VarianceComponent(variance: error * error, degreesOfFreedom: part.estimate.degreesOfFreedom)
      })
  }
}
