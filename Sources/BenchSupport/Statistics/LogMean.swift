import Foundation

/// The mean of logarithms with its standard error: the spread of speeds is a matter of ratios, and
/// noise makes a round slower by a factor, not by an amount.
///
/// Assumes that the logarithms scatter about as a normal distribution does and independently.
/// Source: any textbook on the one-sample t interval, e.g. Georges et al., "Statistically rigorous
/// Java performance evaluation", OOPSLA 2007, section 3.2, here on logarithms.
public struct LogMean: Equatable, Sendable {
  public let values: Int
  public let mean: Double
  /// The sample standard deviation of the logarithms (divided by n − 1).
  public let standardDeviation: Double
  /// The correlation of neighbours that the standard error allows for.
  public let autocorrelation: Double

  /// nil of fewer than two values: one value has no spread. Also where a value is not finite.
  ///
  /// - Parameter autocorrelation: Between 0 and 1, of a value with the next. It is given and not estimated: of 20
  ///   values an estimate would have a standard error of 0.2.
  public init?(logarithms: [Double], autocorrelation: Double = 0) {
    precondition(autocorrelation >= 0 && autocorrelation < 1, "an autocorrelation lies in 0..<1")
    guard let mean = logarithms.mean, let deviation = logarithms.standardDeviation,
      mean.isFinite, deviation.isFinite
    else { return nil }
    values = logarithms.count
    self.mean = mean
    standardDeviation = deviation
    self.autocorrelation = autocorrelation
  }

  /// nil of fewer than two values, and where a value is not positive.
  public init?(of figures: [Double]) {
    guard figures.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    self.init(logarithms: figures.map { log($0) })
  }

  /// Source for the allowance: a first-order autoregression has (1 + ρ)/(1 − ρ) times the variance of the mean that
  /// independent values have; Box, Jenkins and Reinsel, "Time Series Analysis", section 2.1.
  public var standardError: Double {
    standardDeviation * ((1 + autocorrelation) / (1 - autocorrelation) / Double(values)).squareRoot()
  }

  /// The mean as it is known from these values alone.
  public var estimate: LogEstimate {
    LogEstimate(mean: mean, standardError: standardError, degreesOfFreedom: Double(values - 1))
  }

  /// The mean as it would be over many runs, of which these values come from one.
  public func estimate(acrossRuns spread: RunToRunSpread) -> LogEstimate {
    LogEstimate(mean: mean, components: [component, spread.component(runs: 1)])
  }

  /// How much larger this mean is than another's, from independent values of two runs.
  ///
  /// The variances need not be alike. Source: Welch, "The generalization of 'Student's' problem when several different
  /// population variances are involved", Biometrika 34 (1947).
  public func difference(from other: LogMean, runToRun spread: RunToRunSpread? = nil) -> LogEstimate {
    LogEstimate(
      mean: mean - other.mean,
      components: [component, other.component] + (spread.map { [$0.component(runs: 2)] } ?? []))
  }

  /// The interval of the geometric mean.
  public func interval(confidence: Double = 0.95) -> ConfidenceInterval {
    estimate.interval(confidence: confidence)
  }

  /// Two-sided: how likely a mean this far from zero is where the true one is zero.
  public var pValue: Double { estimate.pValue }

  private var component: VarianceComponent {
    VarianceComponent(variance: standardError * standardError, degreesOfFreedom: Double(values - 1))
  }
}
