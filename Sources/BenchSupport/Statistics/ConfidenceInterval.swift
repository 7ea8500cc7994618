import Foundation

/// Where a figure lies, with the confidence that was asked for (0.95 is 95 %).
public struct ConfidenceInterval: Equatable, Sendable {
  public var low: Double
  public var high: Double
  public var confidence: Double

  public init(low: Double, high: Double, confidence: Double) {
    self.low = low
    self.high = high
    self.confidence = confidence
  }

  public func contains(_ value: Double) -> Bool { low <= value && value <= high }

  /// The same interval of the reciprocal of a positive figure.
  public var reciprocal: ConfidenceInterval {
    ConfidenceInterval(low: 1 / high, high: 1 / low, confidence: confidence)
  }
}

/// The mean of logarithms with its standard error: the spread of speeds is a matter of ratios, and
/// noise makes a round slower by a factor, not by an amount.
///
/// Assumes that the logarithms scatter about as a normal distribution does and independently.
/// Source: any textbook on the one-sample t interval, e.g. Georges et al., "Statistically rigorous
/// Java performance evaluation", OOPSLA 2007, section 3.2, here on logarithms.
public struct LogMean: Equatable, Sendable {
  public let values: Int
  public let mean: Double
  public let standardError: Double

  /// nil of fewer than two values: one value has no spread.
  public init?(logarithms: [Double]) {
    guard let mean = logarithms.mean, let deviation = logarithms.standardDeviation,
      mean.isFinite, deviation.isFinite
    else { return nil }
    values = logarithms.count
    self.mean = mean
    standardError = deviation / Double(logarithms.count).squareRoot()
  }

  /// nil of fewer than two values, and where a value is not positive.
  public init?(of figures: [Double]) {
    guard figures.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    self.init(logarithms: figures.map { log($0) })
  }

  /// The interval of the geometric mean.
  public func interval(confidence: Double = 0.95) -> ConfidenceInterval {
    let reach = distribution.halfWidth(containing: confidence) * standardError
    return ConfidenceInterval(low: exp(mean - reach), high: exp(mean + reach), confidence: confidence)
  }

  /// Two-sided: how likely a mean this far from zero is where the true one is zero.
  public var pValue: Double {
    if standardError == 0 { return mean == 0 ? 1 : 0 }
    return distribution.probabilityOutside(mean / standardError)
  }

  private var distribution: StudentT { StudentT(degreesOfFreedom: Double(values - 1)) }
}
