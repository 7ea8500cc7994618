import Results
import Statistics

/// An exchange that costs less than its work: the answer may have been kept from an earlier one.
///
/// A response that is right says nothing of how it came about. What was counted does.
public struct WorkShortfall: Equatable, Sendable {
  public var metric: CountMetric
  /// For one exchange.
  public var counted: Double
  public var least: Double

  /// One of a figure that is whole is not missed for a rounding.
  private static let slack = 0.01

  /// - Parameter leastWork: of the scenario; nil where nothing is known of it.
  package static func all(_ counts: CellCounts, _ leastWork: LeastWork?) -> [WorkShortfall] {
    CountMetric.allCases.compactMap { metric in
      guard let counted = counts[metric]?.value, let least = leastWork?[metric], counted < least * (1 - slack) else {
        return nil
      }
      return WorkShortfall(metric: metric, counted: counted, least: least)
    }
  }

  /// `cheaper than the work: is the answer kept? 210,000 instructions for one exchange; the work alone takes 11,700,000`
  public var text: String {
    func figure(_ value: Double) -> String {
      value < 100 ? Figure.significant(value) : Figure.count(Int(value.rounded()))
    }
    return
      "cheaper than the work: is the answer kept? \(figure(counted)) \(metric.title) for one exchange; the work alone takes "
      + figure(least)
  }
}

extension Manifest {
  /// What a cell's counts show not to have been done, and its framework does not explain.
  public func unexplainedShortfalls(_ counts: CellCounts) -> [WorkShortfall] {
    let framework = frameworks.first { $0.name == counts.framework }
    if framework?.cheaperThanWork?[counts.scenario] != nil { return [] }
    return WorkShortfall.all(counts, scenarios.first { $0.name == counts.scenario }?.leastWork)
  }
}
