import Foundation

/// How many times as fast one target is as another, from rounds in which both were measured.
///
/// The estimate is the geometric mean of the ratios within the rounds, at equal speed of the machine where that is known
/// (`RoundRatios`); interval and p-value come from a paired t-test on the logarithms. Source: Student, "The probable error
/// of a mean", Biometrika 6 (1908).
public struct PairedRatio: Equatable, Sendable {
  public let logMean: LogMean

  /// nil with fewer than two rounds, and where a ratio is not a finite number.
  public init?(_ rounds: RoundRatios) {
    guard let mean = rounds.mean() else { return nil }
    logMean = mean
  }

  public var ratio: Double { exp(logMean.mean) }
  public var rounds: Int { logMean.values }
  /// Whether what the machine's speed explains was taken away.
  public var isAtEqualSpeed: Bool { logMean.slope != nil }
  /// Two-sided, of the hypothesis that both are equally fast.
  public var pValue: Double { logMean.pValue }

  public func interval(confidence: Double = 0.95) -> ConfidenceInterval {
    logMean.interval(confidence: confidence)
  }
}
