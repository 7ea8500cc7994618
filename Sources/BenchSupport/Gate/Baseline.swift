import Foundation
import Statistics

/// What a run showed, kept to be compared with later: a file of `fixtures/baselines/`, reviewed like code.
///
/// It holds the rounds themselves and not only their mean, because a comparison needs their scatter.
public struct Baseline: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = Baseline.currentSchema
  /// ISO 8601, UTC: when the run began.
  public var made: String
  public var conditions: Conditions
  /// By contestant: the installed distributions that it names, with their versions.
  public var packages: [String: [String: String]]
  public var cells: [Cell]
  /// By name; absent in baselines from before they were kept.
  public var settings: [String: String]?

  /// One scenario on one framework.
  public struct Cell: Codable, Equatable, Sendable {
    public var scenario: String
    public var framework: String
    /// By metric: a value for each round, the natural logarithm of the ratio to the reference in the same round.
    public var logRatios: [String: [Double]]
    /// By metric, for the same rounds: the natural logarithm of the machine's speed beside that in the reference's window,
    /// zero where it is not known. Absent where it is known of no round.
    public var logSpeeds: [String: [Double]]?

    enum CodingKeys: String, CodingKey {
      case scenario, framework
      case logRatios = "log_ratios_to_reference"
      case logSpeeds = "log_speeds"
    }
  }

  /// What has to be the same for two runs to be compared.
  public struct Conditions: Codable, Equatable, Sendable {
    public var profile: String
    public var windowS: Double
    public var connections: Int
    public var machine: Machine

    enum CodingKeys: String, CodingKey {
      case profile
      case windowS = "window_s"
      case connections, machine
    }
  }

  /// What one machine is told from another by.
  public struct Machine: Codable, Equatable, Sendable {
    public var cpuModel: String
    public var processors: Int
    public var deployment: String
    public var python: String

    enum CodingKeys: String, CodingKey {
      case cpuModel = "cpu_model"
      case processors, deployment, python
    }

    /// Twelve hexadecimal digits: the name of the file that holds this machine's baseline.
    public var fingerprint: String {
      var fingerprint = Fingerprint()
      for part in [cpuModel, "\(processors)", deployment, python] { fingerprint.add(part) }
      return String(fingerprint.text.prefix(12))
    }
  }

  func ratios(_ scenario: String, _ framework: String, _ metric: Metric) -> RoundRatios {
    cells.first { $0.scenario == scenario && $0.framework == framework }?.ratios(metric) ?? []
  }
}

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
              guard Baseline.doubt(metric, of: framework.name, in: scenario, of: run) == nil else { return }
              ratios[metric.rawValue] = rounds.ratios(of: framework.name, to: reference.name, metric)
            })
        }
      }, settings: Baseline.settings(manifest))
  }

  /// In a line each: what no later run can be held against, and why.
  public static func leftOut(_ run: RunSummary) -> [String] {
    run.scenarios.flatMap { scenario in
      run.competitors.flatMap { framework in
        Metric.allCases.compactMap { metric in
          guard scenario.cells.contains(where: { $0.rounds.contains { $0.value(metric) != nil } }) else { return nil }
          return doubt(metric, of: framework.name, in: scenario, of: run).map {
            "\(scenario.entry.name): \(framework.name) \(metric.title): \($0)"
          }
        }
      }
    }
  }

  /// What speaks against holding a later run against these rounds.
  private static func doubt(
    _ metric: Metric, of framework: String, in scenario: ScenarioSummary, of run: RunSummary
  ) -> String? {
    scenario.cells.filter { $0.framework.name == framework || $0.framework.isReference }.compactMap { cell in
      cell.rounds.doubt(metric, in: run.manifest).map { "\(cell.framework.name): \($0.text)" }
    }.first
  }

  /// What else has to be as it was then: the database, the workers, the limits of containers.
  static func settings(_ manifest: Manifest) -> [String: String] {
    manifest.environment.settings.merging(["PostgreSQL": manifest.environment.postgres]) { $1 }
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

  /// A list of speeds that is not as long as that of the ratios is not of the same rounds, and is left out.
  func ratios(_ metric: Metric) -> RoundRatios {
    let logarithms = logRatios[metric.rawValue] ?? []
    let speeds = logSpeeds?[metric.rawValue]
    return RoundRatios(logarithms, speeds: speeds?.count == logarithms.count ? speeds : nil)
  }
}

extension Baseline.Conditions {
  public init(_ manifest: Manifest) {
    self.init(
      profile: manifest.profile.name, windowS: manifest.profile.windowS, connections: manifest.connections,
      machine: Baseline.Machine(
        cpuModel: manifest.environment.cpuModel, processors: manifest.environment.processors,
        deployment: manifest.deployment, python: manifest.environment.python))
  }
}

extension Manifest.FrameworkEntry {
  /// The distributions that matter, its own among them.
  var packages: [String: String] { versions }
}

public enum BaselineError: Error, Equatable, CustomStringConvertible {
  case noReference
  case comparison(String)
  case unsound([String])
  case profile(String)
  case unreadable(path: String, reason: String)

  public var description: String {
    switch self {
    case .noReference: "a baseline holds ratios to the reference, and the run has none; measure with it: FRAMEWORKS=all"
    case .comparison(let versions):
      "this run compares two versions (\(versions)), which no later run can be held against; right would be make baseline"
    case .unsound(let faults):
      "no baseline is made from a run that is not whole and sound:\n"
        + faults.prefix(20).map { "  \($0)" }.joined(separator: "\n")
    case .profile(let name):
      "no baseline is made at PROFILE=\(name), which has too few rounds to fail anything; right would be quick"
    case .unreadable(let path, let reason): "\(path): \(reason)"
    }
  }
}
