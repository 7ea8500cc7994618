import Foundation

extension LogMean {
  /// How large the mean is beside the scatter of the values (d_z of paired rounds), without the bias of small samples;
  /// nil where nothing scatters.
  ///
  /// About 0.2 is hard to see among the rounds, 0.8 is plain, and 2 leaves hardly a round in doubt. Source: Hedges,
  /// "Distribution theory for Glass's estimator of effect size", J. Educational Statistics 6 (1981); Lakens,
  /// "Calculating and reporting effect sizes", Frontiers in Psychology 4 (2013).
  public var effectSize: Double? {
    guard standardDeviation > 0, degreesOfFreedom > 1 else { return nil }
    return mean / standardDeviation * LogMean.unbiased(degreesOfFreedom: degreesOfFreedom)
  }

  /// Hedges' g: the difference of two independent means beside their pooled scatter; nil where nothing scatters.
  public func effectSize(from other: LogMean) -> Double? {
    let degrees = degreesOfFreedom + other.degreesOfFreedom
    let squares =
      Double(degreesOfFreedom) * standardDeviation * standardDeviation
      + Double(other.degreesOfFreedom) * other.standardDeviation * other.standardDeviation
    guard squares > 0, degrees > 1 else { return nil }
    let pooled = (squares / Double(degrees)).squareRoot()
    return (mean - other.mean) / pooled * LogMean.unbiased(degreesOfFreedom: degrees)
  }

  /// Hedges' exact factor J(ν) = Γ(ν/2) / (√(ν/2) Γ((ν − 1)/2)).
  private static func unbiased(degreesOfFreedom: Int) -> Double {
    let half = Double(degreesOfFreedom) / 2
    return exp(logGamma(half) - logGamma(half - 0.5)) / half.squareRoot()
  }
}
