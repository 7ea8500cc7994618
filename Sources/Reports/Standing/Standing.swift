import Results
import Statistics

/// How a framework stands over the whole run.
///
/// It is the geometric mean of the ratios to the reference over the scenarios in which every target
/// has one, so that all are judged by the same list, each scenario counting alike. It is not a forecast
/// for an application: that spends its time in other proportions than these scenarios do (``WeightedStandings``).
struct Standing: Equatable, Sendable {
  var framework: Manifest.FrameworkEntry
  /// The logarithm of that mean; absent without a reference, or where no scenario was measured for all.
  var estimate: LogEstimate?
  var wins = 0
  /// First places shared with others.
  var ties = 0
  var losses = 0
  /// Scenarios without a rank or without a decision.
  var inconclusive = 0

  var ratio: Double? { estimate?.ratio }

  /// The best ratio first; the manifest's order where there is none.
  static func all(_ manifest: Manifest, _ scenarios: [ScenarioSummary]) -> [Standing] {
    let standings = manifest.frameworks.filter { !$0.isReference }.map { framework in
      var standing = Standing(framework: framework)
      let ratios = ratios(of: framework, scenarios)
      standing.estimate = LogEstimate(meanOf: ratios, weights: ratios.map { _ in 1 })
      for scenario in scenarios { standing.count(scenario) }
      return standing
    }
    return standings.enumerated()
      .sorted { (-($0.element.ratio ?? 0), $0.offset) < (-($1.element.ratio ?? 0), $1.offset) }
      .map(\.element)
  }

  private mutating func count(_ scenario: ScenarioSummary) {
    let ranked = scenario.cell(framework.name)?.rank != nil
    switch scenario.outcome {
    case .winner(let name, _) where name == framework.name: wins += 1
    case .tie(let names) where names.contains(framework.name): ties += 1
    case .winner where ranked, .tie where ranked: losses += 1
    case .winner, .tie, .uncontested, .inconclusive, .nobody: inconclusive += 1
    }
  }

  /// The scenarios in which every target has a ratio to the reference.
  static func commonScenarios(_ scenarios: [ScenarioSummary]) -> [ScenarioSummary] {
    scenarios.filter { scenario in
      scenario.cells.allSatisfy { $0.framework.isReference || $0.ratioToReference != nil }
    }
  }

  /// Of one framework to the reference, in the common scenarios.
  ///
  /// With nine digits, as a page holds them: what its script makes of them is then the same figure as ours.
  static func ratios(of framework: Manifest.FrameworkEntry, _ scenarios: [ScenarioSummary]) -> [LogEstimate] {
    commonScenarios(scenarios).compactMap { $0.cell(framework.name)?.ratioToReference?.logMean.estimate.rounded }
  }
}

extension LogEstimate {
  fileprivate var rounded: LogEstimate {
    LogEstimate(
      mean: Figure.rounded(mean, digits: 9), standardError: Figure.rounded(standardError, digits: 9),
      degreesOfFreedom: degreesOfFreedom)
  }
}
