import Foundation

/// How far the ratio of two targets moves from one run to the next though neither has changed.
///
/// Servers are started anew for each run; where their memory and their workers come to lie shifts a ratio for as long
/// as the run lasts. The rounds of one run share that shift, so their own scatter says nothing about it. Source:
/// Kalibera and Jones, "Rigorous benchmarking in reasonable time", ISMM 2013 (levels of repetition).
public struct RunToRunSpread: Equatable, Sendable {
  /// Standard deviation of the logarithm of the ratio, of a single run.
  public var standardDeviation: Double
  /// `.infinity` where the deviation is taken as given.
  public var degreesOfFreedom: Double

  public init(standardDeviation: Double, degreesOfFreedom: Double = .infinity) {
    precondition(standardDeviation >= 0 && degreesOfFreedom > 0, "a deviation is not negative")
    self.standardDeviation = standardDeviation
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// What the shifts of so many runs add to the variance of a difference between them.
  package func component(runs: Int) -> VarianceComponent {
    VarianceComponent(
      variance: Double(runs) * standardDeviation * standardDeviation, degreesOfFreedom: degreesOfFreedom)
  }
}
