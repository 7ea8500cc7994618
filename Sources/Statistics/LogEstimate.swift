import Foundation

/// A mean of logarithms, known up to a standard error that was itself estimated: what a t interval is made of.
///
/// All questions about it are answered by Student's t with its degrees of freedom.
public struct LogEstimate: Equatable, Sendable {
  public let mean: Double
  public let standardError: Double
  public let degreesOfFreedom: Double

  public init(mean: Double, standardError: Double, degreesOfFreedom: Double) {
    self.mean = mean
    self.standardError = standardError
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// An estimate whose variance is the sum of independent components.
  ///
  /// Source: Satterthwaite, "An approximate distribution of estimates of variance components", Biometrics Bulletin 2
  /// (1946): the degrees of freedom are (Σv)² / Σ(v²/ν).
  public init(mean: Double, components: [VarianceComponent]) {
    precondition(!components.isEmpty, "an estimate has a variance")
    let variance = components.reduce(0) { $0 + $1.variance }
    let weighted = components.reduce(0) { $0 + $1.variance * $1.variance / $1.degreesOfFreedom }
    self.init(
      mean: mean, standardError: variance.squareRoot(),
      degreesOfFreedom: weighted > 0
        ? min(variance * variance / weighted, LogEstimate.plenty)
        : components.map(\.degreesOfFreedom).min().map { min($0, LogEstimate.plenty) } ?? 1)
  }

  /// Student's t cannot be told from the normal distribution here.
  private static let plenty = 1e6

  /// The factor that the logarithm stands for.
  public var ratio: Double { exp(mean) }

  /// As well known, elsewhere.
  package func moved(by distance: Double) -> LogEstimate {
    LogEstimate(mean: mean + distance, standardError: standardError, degreesOfFreedom: degreesOfFreedom)
  }

  /// Two-sided, of the ratio.
  public func interval(confidence: Double = 0.95) -> ConfidenceInterval {
    let reach = halfWidth(confidence: confidence)
    return ConfidenceInterval(low: exp(mean - reach), high: exp(mean + reach), confidence: confidence)
  }

  /// Half of the two-sided interval, as a logarithm: 0.04 is about ±4 %.
  public func halfWidth(confidence: Double = 0.95) -> Double {
    distribution.halfWidth(containing: confidence) * standardError
  }

  /// Whether half of the two-sided interval is at most `width`, found without the interval itself.
  public func isKnown(within width: Double, confidence: Double = 0.95) -> Bool {
    standardError == 0 || distribution.probabilityOutside(width / standardError) <= 1 - confidence
  }

  /// One-sided p-value of the hypothesis that the true mean is at most `bound`: small where it is shown to be above.
  public func pValue(ofAtMost bound: Double) -> Double {
    let distance = mean - bound
    if standardError == 0 { return distance > 0 ? 0 : 1 }
    let outside = distribution.probabilityOutside(distance / standardError)
    return distance > 0 ? outside / 2 : 1 - outside / 2
  }

  /// One-sided p-value of the hypothesis that the true mean is at least `bound`: small where it is shown to be below.
  public func pValue(ofAtLeast bound: Double) -> Double {
    LogEstimate(mean: -mean, standardError: standardError, degreesOfFreedom: degreesOfFreedom)
      .pValue(ofAtMost: -bound)
  }

  /// Two-sided, of the hypothesis that the true mean is zero.
  public var pValue: Double {
    if standardError == 0 { return mean == 0 ? 1 : 0 }
    return distribution.probabilityOutside(mean / standardError)
  }

  private var distribution: StudentT { StudentT(degreesOfFreedom: degreesOfFreedom) }
}

/// A part of the variance of a mean, and how well that part is known.
public struct VarianceComponent: Equatable, Sendable {
  public var variance: Double
  /// `.infinity` where the variance is taken as given.
  public var degreesOfFreedom: Double

  public init(variance: Double, degreesOfFreedom: Double) {
    precondition(variance >= 0 && degreesOfFreedom > 0, "a variance is not negative and has degrees of freedom")
    self.variance = variance
    self.degreesOfFreedom = degreesOfFreedom
  }
}
