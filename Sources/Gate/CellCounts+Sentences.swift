import Foundation
import Results
import Statistics

extension CellCounts {
  /// One line: `ping on fastapi, per request: 439,749 instructions, 12.0 system calls, 324 Python calls, …`.
  ///
  /// - Parameter unit: what one exchange is, in the plural, such as `requests`.
  public func text(unit: String) -> String {
    let figures = CountMetric.allCases.map { metric in
      guard let figure = self[metric] else { return "\(metric.title) –" }
      let title = figure.value == 1 && metric.title.hasSuffix("s") ? String(metric.title.dropLast()) : metric.title
      return "\(CountResult.figure(figure.value)) \(title)"
    }
    return "\(scenario) on \(framework), per \(CountResult.one(of: unit)): " + figures.joined(separator: ", ")
  }
}
