import Foundation

/// How far the ratio of two contestants moves from one run to the next though neither has changed.
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

  /// Estimates the spread of single runs from cells that were measured in several runs without a change between them.
  ///
  /// The means of a cell's runs differ by the shifts of the runs and by the noise of their rounds; the noise is known
  /// from the rounds and taken away (one-way random effects, method of moments). The deviation is one for all cells,
  /// because a few runs of a single cell say next to nothing. Source: Searle, Casella and McCulloch, "Variance
  /// Components" (1992), section 3.6; degrees of freedom by Satterthwaite (1946).
  ///
  /// nil where no cell has two runs.
  ///
  /// - Parameter cells: By cell, the mean of each run.
  public init?(cells: [[LogMean]]) {
    let repeated = cells.filter { $0.count > 1 }
    guard !repeated.isEmpty else { return nil }
    var (between, betweenDegrees) = (0.0, 0.0)
    var (noise, noiseDegrees, runs) = (0.0, 0.0, 0.0)
    for cell in repeated {
      let means = cell.map(\.mean)
      let centre = means.reduce(0, +) / Double(means.count)
      between += means.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
      betweenDegrees += Double(means.count - 1)
      for run in cell {
        noise += run.standardError * run.standardError
        noiseDegrees += Double(run.degreesOfFreedom)
        runs += 1
      }
    }
    between /= betweenDegrees
    noise /= runs
    let variance = max(0, between - noise)
    let uncertainty = between * between / betweenDegrees + noise * noise / noiseDegrees
    self.init(
      standardDeviation: variance.squareRoot(),
      degreesOfFreedom: variance > 0 ? variance * variance / uncertainty : betweenDegrees)
  }

  /// What the shifts of so many runs add to the variance of a difference between them.
  func component(runs: Int) -> VarianceComponent {
    VarianceComponent(
      variance: Double(runs) * standardDeviation * standardDeviation, degreesOfFreedom: degreesOfFreedom)
  }
}
