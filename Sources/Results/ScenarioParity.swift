/// The attachment `parity--<scenario>.json`: what the parity test of a scenario found in the same run.
public struct ScenarioParity: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = ScenarioParity.currentSchema
  public var scenario: String
  /// Who was asked, by name.
  public var frameworks: [String]
  /// By framework: which answers are not what they should be, in a sentence each. Who answers as it should is absent.
  public var faults: [String: [String]]
  /// Why the test did not come to its end; absent where it did.
  public var unfinished: String?

  public init(scenario: String, frameworks: [String], faults: [String: [String]], unfinished: String? = nil) {
    self.scenario = scenario
    self.frameworks = frameworks
    self.faults = faults
    self.unfinished = unfinished
  }

  /// Stands for what was found where nobody can read it.
  static let isMissing = "what it found is not among the raw results"

  public var fileName: String { "parity--\(scenario).json" }

  /// Whether it says of a framework that all its answers are right. nil where it says nothing of it.
  package func isAlike(_ framework: String) -> Bool? {
    if faults[framework] != nil { return false }
    return unfinished == nil && frameworks.contains(framework) ? true : nil
  }
}
