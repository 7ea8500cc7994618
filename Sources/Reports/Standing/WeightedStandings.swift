import Foundation
import Results
import Statistics
import Text

/// The standing with other weights than equal ones: what all reports show of the presets, and what a page needs to work it
/// out for the weights of its reader.
struct WeightedStandings {
  /// Those in which every target has a ratio to the reference.
  var scenarios: [String]
  /// The order of the standing.
  var frameworks: [Manifest.FrameworkEntry]
  /// Of each framework, in each scenario.
  var ratios: [[LogEstimate]]
  /// Those with at least half of their weight in these scenarios; equal weights come first.
  var presets: [Weighting]

  /// nil where weights change nothing: of fewer than two scenarios, or without a reference.
  init?(_ run: RunSummary) {
    scenarios = Standing.commonScenarios(run.scenarios).map(\.entry.name)
    frameworks = run.standings.map(\.framework)
    ratios = run.standings.map { Standing.ratios(of: $0.framework, run.scenarios) }
    let scenarios = scenarios
    presets = Weighting.presets.filter { preset in
      let weight = scenarios.reduce(0) { $0 + preset.weight(of: $1) }
      return weight > 0 && 2 * weight >= preset.total
    }
    guard scenarios.count > 1, !frameworks.isEmpty, ratios.allSatisfy({ $0.count == scenarios.count }) else {
      return nil
    }
  }

  /// nil where nothing has weight.
  func mean(_ framework: Int, _ weighting: Weighting) -> LogEstimate? {
    LogEstimate(meanOf: ratios[framework], weights: weights(weighting))
  }

  private func weights(_ weighting: Weighting) -> [Double] { scenarios.map(weighting.weight) }

  /// `API: db-read 3, json 3, path 2`
  func inWords(_ weighting: Weighting) -> String {
    let weights = zip(scenarios, weights(weighting)).filter { $1 > 0 }
    let largest = weights.enumerated().sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }.map(\.element)
    return "\(weighting.title): " + largest.map { "\($0) \(Figure.plain($1))" }.joined(separator: ", ")
  }

  /// What the page's script works on: `{"presets":[{"title":…,"weights":[…]}],"ratios":[[[mean,error,freedom],…],…],
  /// "scenarios":[…]}`, with means and standard errors of logarithms.
  ///
  /// In a script element nothing is escaped but by the language in it, so no `<` stands there: not even the end of the
  /// element can be in a name.
  var json: String {
    let object: JSONObject = [
      "scenarios": scenarios,
      "ratios": ratios.map { $0.map { [$0.mean, $0.standardError, $0.degreesOfFreedom] } },
      "presets": presets.map { ["title": $0.title, "weights": weights($0)] as JSONObject },
    ]
    guard let text = try? object.text() else { preconditionFailure("lists of names and finite numbers can be encoded") }
    return text.escapingControlsInJSON.replacing("<", with: "\\u003c")
  }
}
