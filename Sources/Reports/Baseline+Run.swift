import Foundation
import Gate
import Results
import Statistics

extension Baseline {
  /// What a whole run showed. Throws where a part of it is missing or has errors: a baseline is trusted later. What most
  /// rounds were disturbed or limited in is left out; `leftOut` says what that is.
  public init(_ run: RunSummary) throws(BaselineError) {
    guard let reference = run.reference else { throw .noReference }
    if let comparison = run.manifest.comparison { throw .comparison(comparison) }
    guard run.state == .complete else {
      let faults = run.missing.map(\.description) + run.problems.map { "\($0)" }
      let failed = run.failedCells.map { "\($0.scenario) on \($0.framework.name): \($0.reason ?? $0.verdict.rawValue)" }
      throw .unsound(faults + failed)
    }
    let manifest = run.manifest
    guard Profile(rawValue: manifest.profile.name)?.isGated == true else { throw .profile(manifest.profile.name) }
    self.init(
      made: manifest.started, conditions: Conditions(manifest),
      packages: Dictionary(uniqueKeysWithValues: manifest.frameworks.map { ($0.name, $0.packages) }),
      cells: run.scenarios.flatMap { scenario in
        let rounds = scenario.cells.flatMap(\.rounds)
        return run.competitors.map { framework in
          Cell(
            scenario: scenario.entry.name, framework: framework.name,
            ratios: Metric.allCases.reduce(into: [:]) { ratios, metric in
              guard scenario.reason(against: metric, of: framework.name, in: run.manifest) == nil else { return }
              ratios[metric.rawValue] = rounds.ratios(of: framework.name, to: reference.name, metric)
            })
        }
      }, settings: Baseline.settings(manifest))
  }

  /// In a line each: what no later run can be compared with, and why.
  public static func leftOut(_ run: RunSummary) -> [String] {
    run.scenarios.flatMap { scenario in
      run.competitors.flatMap { framework in
        Metric.allCases.compactMap { metric in
          guard scenario.cells.contains(where: { $0.rounds.contains { $0.value(metric) != nil } }) else { return nil }
          return scenario.reason(against: metric, of: framework.name, in: run.manifest).map { cell, reason in
            "\(scenario.entry.name): \(framework.name) \(metric.title): \(cell.framework.name): \(reason.text)"
          }
        }
      }
    }
  }
}

extension ScenarioSummary {
  /// What speaks against any decision from these rounds, and of whom; nil where nothing does.
  ///
  /// The reference is looked at as well: a limited one makes every ratio to it too large.
  func reason(
    against metric: Metric, of framework: String, in manifest: Manifest
  ) -> (cell: CellSummary, reason: Doubt)? {
    cells.filter { $0.framework.name == framework || $0.framework.isReference }.compactMap { cell in
      cell.rounds.doubt(metric, in: manifest).map { (cell, $0) }
    }.first
  }
}

extension Baseline.Cell {
  /// - Parameter ratios: by metric.
  init(scenario: String, framework: String, ratios: [String: RoundRatios]) {
    func rounded(_ logarithms: [Double]) -> [Double] { logarithms.map { Figure.rounded($0, digits: 5) } }
    let known = ratios.filter { $0.value.speeds.contains { $0 != 0 } }
    self.init(
      scenario: scenario, framework: framework,
      logRatios: ratios.filter { !$0.value.isEmpty }.mapValues { rounded($0.logarithms) },
      logSpeeds: known.isEmpty ? nil : known.mapValues { rounded($0.speeds) })
  }
}
