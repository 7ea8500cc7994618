import Foundation

/// The mean of logarithms with its standard error: the spread of speeds is a matter of ratios, and
/// noise makes a round slower by a factor, not by an amount.
///
/// Assumes that the logarithms scatter about as a normal distribution does and independently.
/// Source: any textbook on the one-sample t interval, e.g. Georges et al., "Statistically rigorous
/// Java performance evaluation", OOPSLA 2007, section 3.2, here on logarithms.
///
/// With a control, a variable that was observed with each value and whose true mean is zero, the part of the scatter that
/// goes with it is taken away: the mean is then the intercept of the regression on it. Source: Lavenberg and Welch, "A
/// perspective on the use of control variables to increase the efficiency of Monte Carlo simulations", Management Science
/// 27 (1981), with one control; it is also the regression estimate of Cochran, "Sampling Techniques", chapter 7. The
/// interval of an intercept is any textbook's.
public struct LogMean: Equatable, Sendable {
  public private(set) var values: Int
  public let mean: Double
  /// The sample standard deviation of the logarithms (divided by n − 1); with a control, of what it leaves unexplained
  /// (divided by n − 2).
  public let standardDeviation: Double
  /// What the control explains: so much for each unit of it. nil without a control.
  public let slope: Double?
  public private(set) var degreesOfFreedom: Int
  /// The variance of the mean, in units of that of a value: 1/n, and more where the control's mean happens not to be zero.
  private var share: Double
  /// The correlation of neighbours that the standard error allows for.
  public let autocorrelation: Double

  /// nil of fewer than two values: one value has no spread. Also where a value is not finite.
  ///
  /// - Parameter autocorrelation: Between 0 and 1, of a value with the next. It is given and not estimated: of 20
  ///   values an estimate would have a standard error of 0.2.
  public init?(logarithms: [Double], autocorrelation: Double = 0) {
    self.init(logarithms: logarithms, slope: nil, ofValues: 0, autocorrelation: autocorrelation)
  }

  /// - Parameters:
  ///   - slope: What a control explained, and was taken out before; nil where there was none.
  ///   - count: Of the values that the slope was fitted to. The fit took a degree of freedom of them, so that what is left
  ///     scatters by less than it should.
  init?(logarithms: [Double], slope: Double?, ofValues count: Int, autocorrelation: Double = 0) {
    precondition(autocorrelation >= 0 && autocorrelation < 1, "an autocorrelation lies in 0..<1")
    guard let mean = logarithms.mean, let deviation = logarithms.standardDeviation,
      mean.isFinite, deviation.isFinite
    else { return nil }
    values = logarithms.count
    self.mean = mean
    standardDeviation = deviation
    self.slope = slope
    degreesOfFreedom = logarithms.count - 1
    let fitted = slope != nil && count > 2 ? Double(count) / Double(count - 2) : 1
    share = fitted / Double(logarithms.count)
    self.autocorrelation = autocorrelation
  }

  /// nil of fewer than three values, where the control is the same in all of them, and where a number is not finite.
  ///
  /// - Parameter control: one number for each value; over many it would be zero on average.
  public init?(logarithms: [Double], control: [Double], autocorrelation: Double = 0) {
    precondition(autocorrelation >= 0 && autocorrelation < 1, "an autocorrelation lies in 0..<1")
    precondition(logarithms.count == control.count, "a control has a number for each value")
    guard logarithms.count > 2, let centre = logarithms.mean, let controlCentre = control.mean else { return nil }
    let squares = control.reduce(0) { $0 + ($1 - controlCentre) * ($1 - controlCentre) }
    let products = zip(logarithms, control).reduce(0) { $0 + ($1.0 - centre) * ($1.1 - controlCentre) }
    let slope = products / squares
    let unexplained = zip(logarithms, control).reduce(0) { sum, pair in
      let rest = pair.0 - centre - slope * (pair.1 - controlCentre)
      return sum + rest * rest
    }
    guard squares > 0, unexplained.isFinite else { return nil }
    values = logarithms.count
    mean = centre - slope * controlCentre
    degreesOfFreedom = logarithms.count - 2
    standardDeviation = (unexplained / Double(degreesOfFreedom)).squareRoot()
    self.slope = slope
    share = 1 / Double(logarithms.count) + controlCentre * controlCentre / squares
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
    standardDeviation * ((1 + autocorrelation) / (1 - autocorrelation) * share).squareRoot()
  }

  /// The mean as it is known from these values alone.
  public var estimate: LogEstimate {
    LogEstimate(mean: mean, standardError: standardError, degreesOfFreedom: Double(degreesOfFreedom))
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

  /// Of the mean.
  package var variance: Double { standardError * standardError }

  /// What it would be of so many values, at least three, that scatter as these do.
  package func resized(to count: Int) -> LogMean {
    var other = self
    other.values = count
    other.degreesOfFreedom += count - values
    other.share *= Double(values) / Double(count)
    return other
  }

  private var component: VarianceComponent {
    VarianceComponent(variance: variance, degreesOfFreedom: Double(degreesOfFreedom))
  }
}
