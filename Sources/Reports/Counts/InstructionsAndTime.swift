import Foundation
import Results
import Statistics

/// How the instructions of an exchange relate to its CPU time, over all cells that have both.
///
/// Both lie on a straight line through nothing where every instruction takes equally long; a cell whose instructions take
/// longer spends time that is not in them, such as in the kernel or waiting for memory.
struct InstructionsAndTime: Equatable {
  /// In the manifest's order. At least one.
  var points: [Point]

  struct Point: Equatable {
    var scenario: String
    var framework: Manifest.FrameworkEntry
    var instructions: Double
    /// CPU time of the target for an exchange under load, in microseconds.
    var microseconds: Double

    /// Microseconds for a million instructions.
    var pace: Double { microseconds / instructions * 1e6 }
  }

  /// nil where no cell has both.
  init?(_ run: RunSummary) {
    points = run.cells.compactMap { cell in
      guard cell.verdict.isSound, let instructions = cell.count(.instructions), instructions > 0,
        let microseconds = cell.cpuMicrosecondsPerRequest, microseconds > 0
      else { return nil }
      return Point(
        scenario: cell.scenario, framework: cell.framework, instructions: instructions, microseconds: microseconds)
    }
    if points.isEmpty { return nil }
  }

  /// Spearman's; nil of fewer than three cells.
  var rankCorrelation: Double? { Correlation.ofRanks(points.map { ($0.instructions, $0.microseconds) }) }
  /// Pearson's, of the logarithms.
  var logarithmicCorrelation: Double? {
    Correlation.linear(points.map { (log($0.instructions), log($0.microseconds)) })
  }
  /// The median of the cells, in microseconds for a million instructions.
  var usualPace: Double { points.map(\.pace).median ?? 0 }

  /// The cells whose instructions take longest and shortest, beside the usual: at most three each, and only those that differ
  /// from it by more than half.
  var slowest: [Point] {
    Array(points.filter { $0.pace > 1.5 * usualPace }.sorted { $0.pace > $1.pace }.prefix(3))
  }
  var fastest: [Point] {
    Array(points.filter { $0.pace * 1.5 < usualPace }.sorted { $0.pace < $1.pace }.prefix(3))
  }

  var sentences: [String] {
    func places(_ points: [Point]) -> String {
      Reading.list(points.map { "\($0.scenario) on \($0.framework.title) (\(Figure.ratio($0.pace / usualPace)))" })
    }
    var first = "\(Figure.counted(points.count, "cell")) \(points.count == 1 ? "has" : "have") both figures."
    if let rank = rankCorrelation, let logarithmic = logarithmicCorrelation {
      first +=
        " Their rank correlation is \(String(format: "%.2f", rank)), that of the logarithms "
        + "\(String(format: "%.2f", logarithmic))."
    }
    first += " In the median cell, a million instructions take \(Figure.microseconds(usualPace)) of CPU time."
    var disagreement: [String] = []
    if !slowest.isEmpty { disagreement.append("they take much longer in \(places(slowest))") }
    if !fastest.isEmpty { disagreement.append("much shorter in \(places(fastest))") }
    if disagreement.isEmpty { return [first, "No cell differs from that by more than half."] }
    return [
      first,
      "The two disagree most where \(disagreement.joined(separator: ", and ")). Time that is not in the instructions is "
        + "spent in the kernel or waiting for memory, or one worker alone does otherwise than several under load.",
    ]
  }
}
