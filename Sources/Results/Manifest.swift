/// What a run set out to measure and on what: the attachment and file `manifest.json`.
///
/// The cells expected are every scenario on every framework. A cell that is expected and has not all
/// its rounds makes the report fail by name.
public struct Manifest: Codable, Equatable, Sendable {
  public static let currentSchema = 3

  public var schema = Manifest.currentSchema
  /// ISO 8601, UTC.
  public var started: String
  public var profile: ProfileFigures
  public var deployment: String
  public var seed: String
  public var connections: Int
  /// Whether every scenario is to be judged by the gate; absent in runs from before there was one.
  public var gated: Bool?
  /// true where what the gate cannot decide fails the run (`STRICT=1`).
  public var strict: Bool?
  /// The scenarios whose parity tests ran before, in the same run; absent in earlier versions.
  public var parity: [String]?
  /// The scenarios whose exchanges are counted in the same run; absent where none are.
  public var counted: [String]?
  /// The frameworks that they are counted on; absent where they are all.
  public var countedOn: [String]?
  /// false where nothing is timed, and the cells have counts and no rounds; absent where they have rounds.
  public var timed: Bool?
  /// How load grows, lasts or fails in this run; absent where nothing of that is asked.
  public var behaviour: BehaviourPlan?
  /// Where two versions of a framework were compared: which, such as `fastapi 0.115.0 to 0.116.0`.
  public var comparison: String?
  /// The sides of that comparison as they were named; absent in earlier versions.
  public var compared: ComparedSides?
  /// The scenarios that a side of that comparison cannot serve, and which are therefore not in `scenarios`; absent where both
  /// serve all.
  public var notCompared: [NotCompared]?
  /// Which of several generators this one was; absent where it was alone, and in what was merged.
  public var distributedRun: DistributedPlace?
  public var scenarios: [ScenarioEntry]
  public var frameworks: [FrameworkEntry]
  public var environment: Environment

  public init(
    started: String, profile: ProfileFigures, deployment: String, seed: String, connections: Int,
    gated: Bool? = nil, strict: Bool? = nil, comparison: String? = nil, scenarios: [ScenarioEntry],
    frameworks: [FrameworkEntry],
    environment: Environment
  ) {
    self.started = started
    self.profile = profile
    self.deployment = deployment
    self.seed = seed
    self.connections = connections
    self.gated = gated
    self.strict = strict
    self.comparison = comparison
    self.scenarios = scenarios
    self.frameworks = frameworks
    self.environment = environment
  }

  /// Whether rounds are expected of its cells.
  public var isTimed: Bool { timed != false }

  /// Two versions of a framework, as whoever compares them named them: a version, a path, a repository.
  public struct ComparedSides: Codable, Equatable, Sendable {
    public var framework: String
    public var base: String
    public var head: String
    /// The interpreters as they were named; absent where both sides have that of the suite.
    public var basePython: String?
    public var headPython: String?
    /// The share that was tolerated instead of what the tests tolerate.
    public var tolerance: Double?

    public init(
      framework: String, base: String, head: String, basePython: String? = nil, headPython: String? = nil,
      tolerance: Double? = nil
    ) {
      self.basePython = basePython
      self.headPython = headPython
      self.framework = framework
      self.base = base
      self.head = head
      self.tolerance = tolerance
    }
  }

  /// A scenario that one version lacks what it takes for.
  public struct NotCompared: Codable, Equatable, Sendable {
    public var scenario: String
    /// `base` or `head`.
    public var side: String
    /// What the application says that its framework lacks.
    public var reason: String

    public init(scenario: String, side: String, reason: String) {
      self.scenario = scenario
      self.side = side
      self.reason = reason
    }
  }

  public struct ProfileFigures: Codable, Equatable, Sendable {
    public var name: String
    public var warmUpS: Double
    public var rounds: Int
    public var windowS: Double

    public init(name: String, warmUpS: Double, rounds: Int, windowS: Double) {
      self.name = name
      self.warmUpS = warmUpS
      self.rounds = rounds
      self.windowS = windowS
    }
  }

  public struct ScenarioEntry: Codable, Equatable, Sendable {
    public var name: String
    /// One sentence: what is measured.
    public var summary: String
    /// One sentence: how every response is checked.
    public var verification: String
    /// What one exchange is, in the plural: `requests`, `messages`, `streams`, `uploads`.
    public var unit: String
    /// What no exchange can do without; absent where nothing is known.
    public var leastWork: LeastWork?

    public init(
      name: String, summary: String, verification: String, unit: String, leastWork: LeastWork? = nil
    ) {
      self.leastWork = leastWork
      self.name = name
      self.summary = summary
      self.verification = verification
      self.unit = unit
    }
  }

  public struct FrameworkEntry: Codable, Equatable, Sendable {
    public var name: String
    public var title: String
    /// The version that is installed, not the one that was asked for.
    public var version: String
    public var server: String
    /// The yardstick that others are compared with. Exactly one framework of a run may be it.
    public var isReference: Bool
    /// Installed distributions by name.
    public var versions: [String: String]
    /// By scenario: why it costs less than the work that is asked for, and is right all the same; absent where it does not.
    public var cheaperThanWork: [String: String]?
    /// The version of its interpreter; absent where it is not known, and in earlier versions.
    public var python: String?
    /// Twelve hexadecimal digits of the contents of the folder or wheel, or of the commit, that it was made from; absent for
    /// a release.
    public var source: String?
    /// Where it is at home; absent where its folder names none, and in earlier versions.
    public var homepage: String?
    /// The folder of the application that was measured, below that of the checkout; absent where it lies elsewhere, or where
    /// servers of others were measured.
    public var application: String?

    public init(
      name: String, title: String, version: String, server: String, isReference: Bool,
      versions: [String: String], cheaperThanWork: [String: String]? = nil
    ) {
      self.cheaperThanWork = cheaperThanWork
      self.name = name
      self.title = title
      self.version = version
      self.server = server
      self.isReference = isReference
      self.versions = versions
    }
  }

  public struct Environment: Codable, Equatable, Sendable {
    public var cpuModel: String
    public var processors: Int
    public var memoryBytes: Int
    public var kernel: String
    public var operatingSystem: String
    public var python: String
    public var postgres: String
    public var swift: String
    /// The commit of the suite, with `-dirty` where the checkout has changes; absent outside a checkout.
    public var revision: String?
    /// The page of the repository that the checkout was cloned from, without credentials; absent where none is known.
    public var repository: String?
    /// The commit that is checked out, in full, where that repository has it.
    public var commit: String?
    /// Settings that matter for the figures, by name: workers, pool sizes, `max_connections`, …
    public var settings: [String: String]

    public init(
      cpuModel: String, processors: Int, memoryBytes: Int, kernel: String, operatingSystem: String,
      python: String, postgres: String, swift: String, revision: String?, settings: [String: String]
    ) {
      self.cpuModel = cpuModel
      self.processors = processors
      self.memoryBytes = memoryBytes
      self.kernel = kernel
      self.operatingSystem = operatingSystem
      self.python = python
      self.postgres = postgres
      self.swift = swift
      self.revision = revision
      self.settings = settings
    }
  }
}

extension Manifest {
  /// The names of those that are counted, where anything is.
  public var countedFrameworks: [String] {
    countedOn ?? frameworks.map(\.name)
  }
}
