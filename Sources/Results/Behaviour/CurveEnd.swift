/// That the curve of a scenario is through, and why: the attachment `curve-end--<scenario>.json`.
public struct CurveEnd: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public enum Cause: String, Codable, Sendable {
    /// The ratio to the reference is known as well as the plan asks, at every number of connections.
    case known
    case outOfTime = "out_of_time"
    case allPlanned = "all_planned"
    /// No target was left.
    case allLost = "all_lost"
  }

  public var schema = CurveEnd.currentSchema
  public var scenario: String
  /// The last round of which every level was measured.
  public var rounds: Int
  public var cause: Cause

  public init(scenario: String, rounds: Int, cause: Cause) {
    self.scenario = scenario
    self.rounds = rounds
    self.cause = cause
  }

  public var fileName: String { "curve-end--\(scenario).json" }
}

extension CurveEnd: BehaviourRecord {}

/// A target that did not outlive a level of its curve: the attachment `curve-lost--<scenario>--<framework>.json`. What was
/// measured of it before counts; what would have followed is missing. A run that is taken up again measures it.
public struct CurveLoss: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = CurveLoss.currentSchema
  public var scenario: String
  public var framework: String
  public var outage: Outage
  /// nil where it was gone before its first level.
  public var level: LoadLevel?

  public init(scenario: String, framework: String, outage: Outage, level: LoadLevel?) {
    self.scenario = scenario
    self.framework = framework
    self.outage = outage
    self.level = level
  }

  public var fileName: String { "curve-lost--\(scenario)--\(framework).json" }
}

extension CurveLoss: BehaviourRecord {}
