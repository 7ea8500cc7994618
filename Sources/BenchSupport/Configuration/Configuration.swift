import Foundation

/// Everything that can be set from outside, read once and checked. `docs/configuration.md` lists the variables.
public struct Configuration: Equatable, Sendable {
  public var checkout: Checkout
  public var deployment: DeploymentKind
  public var profile: Profile
  /// All contestants there are, in the order of their ports.
  public var known: [Contestant]
  /// The contestants that take part, in the order of their ports.
  public var contestants: [Contestant]
  /// The names of the scenarios that take part, in the order in which the suite lists them.
  public var scenarios: [String]
  /// Where runs are kept.
  public var results: String
  /// What every drawn input follows from. Drawn itself where it is not given.
  public var seed: UInt64
  /// The interpreter that the virtual environments are made with: a name on `PATH`, or a path.
  public var python: String

  /// Whether the gate judges; never at a profile that is too short for it.
  public var isGateOn: Bool
  /// Whether what the gate cannot decide is an error.
  public var isStrict: Bool

  public var frameworks: [String] { contestants.map(\.name) }

  /// Reads the `SHOOTOUT_` variables. An empty variable counts as not set.
  ///
  /// - Parameters:
  ///   - scenarios: the names of all scenarios; nil where the caller measures nothing and does not care.
  ///   - contestants: all contestants.
  public static func read(
    _ environment: [String: String], checkout: Checkout, scenarios: [String]?, contestants: [Contestant]
  ) throws(ConfigurationError) -> Configuration {
    let variables = Variables(environment)
    let frameworks = try variables.names("SHOOTOUT_FRAMEWORKS", "framework", known: contestants.map(\.name))
    return Configuration(
      checkout: checkout,
      deployment: try variables.choice("SHOOTOUT_DEPLOYMENT", "deployment", default: .process),
      profile: try variables.choice("SHOOTOUT_PROFILE", "profile", default: .smoke),
      known: contestants,
      contestants: contestants.filter { frameworks.contains($0.name) },
      scenarios: try scenarios.map { known throws(ConfigurationError) in
        try variables.names("SHOOTOUT_SCENARIOS", "scenario", known: known)
      } ?? [],
      results: variables["SHOOTOUT_RESULTS"].map { absolute($0) } ?? checkout.results,
      seed: try variables.number("SHOOTOUT_SEED") ?? UInt64.random(in: 0...UInt64.max),
      python: variables["SHOOTOUT_PYTHON"] ?? "python3",
      isGateOn: try variables.choice("SHOOTOUT_GATE", "setting", default: Switch.on) == .on,
      isStrict: try variables.choice("SHOOTOUT_STRICT", "setting", default: Flag.no) == .yes)
  }

  private enum Switch: String, CaseIterable {
    case on, off
  }

  private enum Flag: String, CaseIterable {
    case no = "0"
    case yes = "1"
  }

  /// Reads the environment of this process in the checkout it belongs to.
  public static func read(scenarios: [String]?) throws -> Configuration {
    let checkout = try Checkout.find()
    return try read(
      ProcessInfo.processInfo.environment, checkout: checkout, scenarios: scenarios,
      contestants: Contestant.discover(in: checkout.frameworks))
  }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}

/// The environment, with empty variables taken as absent: a Makefile hands on what the user left out.
private struct Variables {
  private let values: [String: String]

  init(_ values: [String: String]) {
    self.values = values.filter { !$0.value.allSatisfy(\.isWhitespace) }
  }

  subscript(_ name: String) -> String? { values[name] }

  func choice<Value: RawRepresentable & CaseIterable>(
    _ variable: String, _ what: String, default value: Value
  ) throws(ConfigurationError) -> Value where Value.RawValue == String {
    guard let name = values[variable] else { return value }
    guard let value = Value(rawValue: name) else {
      throw .unknown(what: what, name: name, variable: variable, known: Value.allCases.map(\.rawValue))
    }
    return value
  }

  /// The names of a comma list, in the order of `known`; all where the variable is not set or says `all`.
  func names(_ variable: String, _ what: String, known: [String]) throws(ConfigurationError) -> [String] {
    guard let list = values[variable] else { return known }
    let names = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    guard !names.isEmpty else { throw .empty(variable: variable, known: known) }
    if names == ["all"] { return known }
    if let name = names.first(where: { !known.contains($0) }) {
      throw .unknown(what: what, name: name, variable: variable, known: known)
    }
    return known.filter(names.contains)
  }

  func number(_ variable: String) throws(ConfigurationError) -> UInt64? {
    guard let value = values[variable] else { return nil }
    guard let number = UInt64(value) else { throw .notANumber(variable: variable, value: value) }
    return number
  }
}
