/// What a run showed, kept to be compared with later: a file of `fixtures/baselines/`, reviewed like code.
///
/// It holds the rounds themselves and not only their mean, because a comparison needs their scatter.
public struct Baseline: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = Baseline.currentSchema
  /// ISO 8601, UTC: when the run began.
  public var made: String
  public var conditions: Conditions
  /// By target: the installed distributions that it names, with their versions.
  public var packages: [String: [String: String]]
  public var cells: [Cell]
  /// By name; absent in baselines from before they were kept.
  public var settings: [String: String]?

  package init(
    made: String, conditions: Conditions, packages: [String: [String: String]], cells: [Cell],
    settings: [String: String]? = nil
  ) {
    self.made = made
    self.conditions = conditions
    self.packages = packages
    self.cells = cells
    self.settings = settings
  }

  /// One scenario on one framework.
  public struct Cell: Codable, Equatable, Sendable {
    public var scenario: String
    public var framework: String
    /// By metric: a value for each round, the natural logarithm of the ratio to the reference in the same round.
    public var logRatiosToReference: [String: [Double]]
    /// By metric, for the same rounds: the natural logarithm of the machine's speed beside that in the reference's window,
    /// zero where it is not known. Absent where it is known of no round.
    public var logSpeeds: [String: [Double]]?

    package init(
      scenario: String, framework: String, logRatiosToReference: [String: [Double]],
      logSpeeds: [String: [Double]]? = nil
    ) {
      self.scenario = scenario
      self.framework = framework
      self.logRatiosToReference = logRatiosToReference
      self.logSpeeds = logSpeeds
    }
  }

  /// What has to be the same for two runs to be compared.
  public struct Conditions: Codable, Equatable, Sendable {
    public var profile: String
    public var windowS: Double
    public var connections: Int
    public var machine: Machine
  }

  /// What one machine is told from another by.
  public struct Machine: Codable, Equatable, Sendable {
    public var cpuModel: String
    public var processors: Int
    public var deployment: String
    public var python: String

    /// Twelve hexadecimal digits: the name of the file that holds this machine's baseline.
    public var fingerprint: String {
      var fingerprint = Fingerprint()
      for part in [cpuModel, "\(processors)", deployment, python] { fingerprint.add(part) }
      return String(fingerprint.text.prefix(12))
    }
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

extension Baseline {
  /// What else has to be as it was then: the database, the workers, the limits of containers.
  package static func settings(_ manifest: Manifest) -> [String: String] {
    manifest.environment.settings.merging(["PostgreSQL": manifest.environment.postgres]) { $1 }
  }
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
