import Foundation
import Results
import Statistics

/// What an exchange costs now, held against what it cost before.
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
    let sides = [now, before].map { figures in
      let starts = figures.flatMap(\.starts)
      let mean = starts.reduce(0, +) / Double(max(1, starts.count))
      // The batches tell of what scatters within a start. Where that is more than is usual of starts, it is what counts.
      let ofBatches = (figures.map(\.halfWidth).max() ?? 0) / normalQuantile(0.975)
      let deviation = max(mean * policy.startToStart(metric), ofBatches)
      let share = mean > 0 ? deviation / mean : 0
      return (mean: mean, count: starts.count, variance: share * share / Double(max(1, starts.count)))
    }
    (self.now, self.before) = (sides[0].mean, sides[1].mean)
    starts = min(sides[0].count, sides[1].count)
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

  /// Whether it is no more than tolerated with this one-sided confidence.
  func isTolerated(_ tolerated: Double, confidence: Double) -> Bool {
    now * exp(normalQuantile(confidence) * error) <= limit(tolerated)
  }

  func isClearlyBeyond(_ tolerated: Double) -> Bool {
    now > limit(tolerated) * exp(normalQuantile(policy.countConfidence) * error)
  }

  /// Whether it is beyond by more than any start strays, and by more than rounding explains.
  func isFarBeyond(_ tolerated: Double) -> Bool {
    isKnown && isClearlyBeyond(tolerated) && now > before * (tolerated + farBeyond) + rounding * 2
  }

  /// Whether it scatters little enough for its estimate to say anything.
  var isKnown: Bool { error <= policy.countMayScatter }

  private func limit(_ tolerated: Double) -> Double { before * tolerated + rounding }
}
