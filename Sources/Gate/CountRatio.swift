import Foundation
import Results
import Statistics

/// What an exchange costs now, held against what it cost before: the least of the starts of each side.
///
/// How things lie in memory can only add to what the work takes, and is another in each start: what the least takes is nearest
/// to the work.
struct CountRatio: Equatable {
  let now: Double
  let before: Double
  /// Of the servers of the side that had fewer of them.
  let starts: Int
  /// Standard deviation of the logarithm of the ratio; zero for a figure that does not scatter.
  private let error: Double
  private let policy: GatePolicy
  private let rounding: Double
  private let farBeyond: Double

  /// - Parameters:
  ///   - now: of each time that it was counted, with one start or more.
  ///   - before: the same of the other side.
  init(now: [CountedFigure], before: [CountedFigure], of metric: CountMetric, _ policy: GatePolicy) {
    let starts = now.flatMap(\.starts).count
    let sides = [now, before].map { figures in
      // A start lies in memory as its number says: the same ones are compared.
      let values = figures.flatMap(\.starts).prefix(max(1, starts))
      let least = values.min() ?? 0
      // The batches tell of what scatters within a start. Where that is more than is usual of starts, it is what counts.
      let squares = figures.map { $0.halfWidth * $0.halfWidth }
      let ofBatches = (squares.reduce(0, +) / Double(max(1, squares.count))).squareRoot() / normalQuantile(0.975)
      let deviation = max(least * policy.startToStart(metric), ofBatches)
      let share = least > 0 ? deviation / least : 0
      // The variance of the least of n normal values is that of one by the root of n, within 4 % for up to five.
      return (least: least, count: values.count, variance: share * share / Double(max(1, values.count)).squareRoot())
    }
    (self.now, self.before) = (sides[0].least, sides[1].least)
    self.starts = min(sides[0].count, sides[1].count)
    error = (sides[0].variance + sides[1].variance).squareRoot()
    (rounding, farBeyond) = (policy.rounding(metric), policy.farBeyond(metric))
    self.policy = policy
  }

  /// nil where there was nothing before.
  var ratio: Double? { before > 0 ? now / before : nil }

  /// At 95 %.
  var interval: (low: Double, high: Double)? {
    guard let ratio, ratio > 0 else { return nil }
    let reach = exp(normalQuantile(0.975) * error)
    return (ratio / reach, ratio * reach)
  }

  /// Whether it is no more than tolerated, but for what rounding leaves of whole numbers.
  func isTolerated(_ tolerated: Double) -> Bool { now <= limit(tolerated) }

  /// The same, with the policy's confidence on one side.
  func isClearlyTolerated(_ tolerated: Double) -> Bool { now * reach <= limit(tolerated) }

  func isClearlyBeyond(_ tolerated: Double) -> Bool {
    now > limit(tolerated) * reach
  }

  private var reach: Double { exp(normalQuantile(policy.countConfidence) * error) }

  /// Whether it is beyond by more than any start strays, and by more than rounding explains.
  func isFarBeyond(_ tolerated: Double) -> Bool {
    isKnown && isClearlyBeyond(tolerated) && now > before * (tolerated + farBeyond) + rounding * 2
  }

  /// Whether it scatters little enough for its estimate to say anything.
  var isKnown: Bool { error <= policy.countMayScatter }

  private func limit(_ tolerated: Double) -> Double { before * tolerated + rounding }
}
