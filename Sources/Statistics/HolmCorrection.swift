/// What Holm's procedure says about one comparison of a family.
public struct HolmDecision: Equatable, Sendable {
  /// The p-value as if it had been the only comparison.
  public var adjustedP: Double
  public var isSignificant: Bool
  /// The confidence at which this comparison was decided: an interval of this confidence excludes
  /// "no difference" exactly where the comparison is significant.
  public var confidence: Double
}

/// Decides a family of comparisons so that the chance of even one false difference stays below `alpha`.
///
/// The smallest of m p-values is held against alpha/m, the next against alpha/(m − 1), and so on until
/// the first that does not pass; what comes after it does not pass either. The decisions are in the
/// order of the p-values given. Source: Holm, "A simple sequentially rejective multiple test
/// procedure", Scandinavian Journal of Statistics 6 (1979).
public func holmDecisions(_ pValues: [Double], alpha: Double = 0.05) -> [HolmDecision] {
  var decisions = [HolmDecision](
    repeating: HolmDecision(adjustedP: 1, isSignificant: false, confidence: 1 - alpha), count: pValues.count)
  var largestSoFar = 0.0
  var stoppedAt: Double?
  let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
  for (step, index) in order.enumerated() {
    let remaining = Double(pValues.count - step)
    largestSoFar = max(largestSoFar, min(1, pValues[index] * remaining))
    if stoppedAt == nil, pValues[index] > alpha / remaining { stoppedAt = alpha / remaining }
    decisions[index] = HolmDecision(
      adjustedP: largestSoFar, isSignificant: stoppedAt == nil,
      confidence: 1 - (stoppedAt ?? alpha / remaining))
  }
  return decisions
}
