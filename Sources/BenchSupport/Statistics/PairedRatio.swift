import Foundation

/// How many times as fast one contestant is as another, from rounds in which both were measured.
///
/// A round measures both within seconds of each other, so that a machine which drifts by tens of
/// percent within minutes moves both figures and leaves their ratio. The estimate is the geometric
/// mean of the ratios within the rounds; interval and p-value come from a paired t-test on the
/// logarithms. Source: Student, "The probable error of a mean", Biometrika 6 (1908).
public struct PairedRatio: Equatable, Sendable {
  public let logMean: LogMean

  /// nil with fewer than two rounds, and where a figure is not positive.
  public init?(_ pairs: [(numerator: Double, denominator: Double)]) {
    guard pairs.allSatisfy({ $0 > 0 && $1 > 0 && $0.isFinite && $1.isFinite }),
      let logMean = LogMean(logarithms: pairs.map { log($0) - log($1) })
    else { return nil }
    self.logMean = logMean
  }

  /// Pairs the figures of rounds that both have, by round number.
  public init?(_ numerators: [Int: Double], to denominators: [Int: Double]) {
    let shared = numerators.keys.filter { denominators[$0] != nil }.sorted()
    self.init(shared.map { (numerator: numerators[$0] ?? 0, denominator: denominators[$0] ?? 0) })
  }

  public var ratio: Double { exp(logMean.mean) }
  public var rounds: Int { logMean.values }
  /// Two-sided, of the hypothesis that both are equally fast.
  public var pValue: Double { logMean.pValue }

  public func interval(confidence: Double = 0.95) -> ConfidenceInterval {
    logMean.interval(confidence: confidence)
  }
}
