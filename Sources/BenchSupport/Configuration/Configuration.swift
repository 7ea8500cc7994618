import Foundation
import LoadEngine
import Results
import Stack
import WireFormats

/// Everything that can be set from outside, read once and checked. `docs/configuration.md` lists the variables.
public struct Configuration: Equatable, Sendable {
  public var checkout: Checkout
  public var deployment: DeploymentKind
  public var profile: Profile
  /// All targets there are, in the order of their ports.
  public var known: [Target]
  /// The targets that take part, in the order of their ports.
  public var targets: [Target]
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
  /// Whether exchanges are counted, where they can be.
  public var isCounted: Bool
  /// How many starts of each server are counted: more than one for a baseline.
  public var countStarts: Int
  /// Whether rounds are measured; a run may count alone.
  public var isTimed: Bool
  /// Whether what the gate cannot decide is an error.
  public var isStrict: Bool
  /// Whether PostgreSQL keeps statistics of statements, for a profile.
  public var observesStatements: Bool
  /// Where two versions of one framework are compared: then they are the targets, and the first is the yardstick.
  public var comparison: VersionComparison?
  /// The servers of the deployment `external`; nil for the others.
  public var external: ExternalServers?
  /// Of this generator, in every load.
  public var connections: Int
  /// Where several generators meet; nil for one that measures alone.
  public var coordinator: Endpoint?

  public var frameworks: [String] { targets.map(\.name) }

  /// What of it the stack has to know.
  public var stack: StackConfiguration {
    StackConfiguration(
      checkout: checkout, deployment: deployment, known: known, targets: targets, python: python,
      observesStatements: observesStatements, external: external)
  }

  /// Reads the `SHOOTOUT_` variables. An empty variable counts as not set.
  ///
  /// - Parameters:
  ///   - scenarios: the names of all scenarios; nil where the caller measures nothing and does not care.
  ///   - targets: all targets.
  public static func read(
    _ environment: [String: String], checkout: Checkout, scenarios: [String]?, targets: [Target]
  ) throws(ConfigurationError) -> Configuration {
    do throws(ConfigurationError) {
      try Setting.refuseUnknown(environment)
      return try read(SettingValues(environment), checkout, scenarios, targets)
    } catch {
      throw error.asTyped(environment)
    }
  }

  private static func read(
    _ variables: SettingValues, _ checkout: Checkout, _ scenarios: [String]?, _ targets: [Target]
  ) throws(ConfigurationError) -> Configuration {
    let comparison = try variables.comparison(known: targets)
    let targets =
      try comparison.map { comparison throws(ConfigurationError) in
        try targets.compared(comparison, fixtures: checkout.fixtures)
      } ?? targets
    let deployment = try variables.choice("SHOOTOUT_DEPLOYMENT", "deployment", default: DeploymentKind.process)
    if let comparison, comparison.base.isApplication || comparison.head.isApplication, deployment != .process {
      throw .comparison(
        "folders of applications are compared side by side as processes, and the deployment is \(deployment.rawValue); "
          + "right would be DEPLOYMENT=process")
    }
    if comparison != nil, deployment == .compose {
      throw .comparison(
        "two versions are compared where the suite can start servers, which it cannot as a service of compose.yaml; "
          + "right would be make compare on a machine with Swift, also with DEPLOYMENT=docker")
    }
    if let setting = [Setting.compareBasePython, .compareHeadPython].first(where: { variables[$0.rawValue] != nil }),
      deployment != .process
    {
      throw .comparison(
        "\(setting.rawValue) is set, and the deployment is \(deployment.rawValue), where the image has the interpreter; "
          + "right would be DEPLOYMENT=process")
    }
    let external = try variables.external(deployment, known: targets.map(\.name))
    let frameworks = try variables.frameworks(known: targets.map(\.name), external)
    let profile = try variables.choice("SHOOTOUT_PROFILE", "profile", default: Profile.smoke)
    try variables.checkPlaces()
    try variables.checkLimits(deployment)
    _ = try variables.choice(Setting.updateGolden.rawValue, "setting", default: Flag.no)
    return Configuration(
      checkout: checkout, deployment: deployment,
      profile: profile,
      known: targets,
      targets: targets.filter { frameworks.contains($0.name) },
      scenarios: try scenarios.map { known throws(ConfigurationError) in
        try variables.names("SHOOTOUT_SCENARIOS", "scenario", known: known)
      } ?? [],
      results: variables["SHOOTOUT_RESULTS"].map { absolute($0) } ?? checkout.results,
      seed: try variables.number(Setting.seed.rawValue) ?? UInt64.random(in: 0...UInt64.max),
      python: variables["SHOOTOUT_PYTHON"] ?? StackConfiguration.usualPython,
      isGateOn: try variables.choice("SHOOTOUT_GATE", "setting", default: Switch.on) == .on,
      isCounted: try variables.choice(Setting.counts.rawValue, "setting", default: Switch.on) == .on,
      countStarts: try variables.countStarts(),
      isTimed: try variables.choice(Setting.times.rawValue, "setting", default: Switch.on) == .on,
      isStrict: try variables.choice("SHOOTOUT_STRICT", "setting", default: Flag.no) == .yes,
      observesStatements: try variables.choice(
        StackConfiguration.observesStatementsVariable, "setting", default: Flag.yes) == .yes,
      comparison: comparison, external: external,
      connections: try variables.connections() ?? profile.connections,
      coordinator: try variables.coordinator(deployment))
  }

  /// `SHOOTOUT_SEED`, or drawn.
  public static func seed(_ environment: [String: String]) throws(ConfigurationError) -> UInt64 {
    try SettingValues(environment).number("SHOOTOUT_SEED") ?? UInt64.random(in: 0...UInt64.max)
  }

  private enum Switch: String, CaseIterable {
    case on, off
  }

  private enum Flag: String, CaseIterable {
    case no = "0"
    case yes = "1"
  }

  /// Reads the environment of this process in the checkout it belongs to. Every setting is checked, also those that the
  /// caller does not care about.
  public static func read(scenarios: [String]?) throws -> Configuration {
    let checkout = try Checkout.find()
    var configuration = try read(
      ProcessInfo.processInfo.environment, checkout: checkout, scenarios: Scenario.names,
      targets: Target.discover(in: checkout.frameworks))
    configuration.scenarios = scenarios.map { known in configuration.scenarios.filter(known.contains) } ?? []
    return configuration
  }

  /// Checks every setting of this process, for commands that need none of them as much as for the others: a value that
  /// makes no sense is found where it was typed.
  public static func check() throws(ConfigurationError) {
    let environment = ProcessInfo.processInfo.environment
    // Without a checkout, or with a broken one, nothing can be said of names. What needs a checkout says so.
    guard let checkout = try? Checkout.find(), let known = try? Target.discover(in: checkout.frameworks) else {
      return try Setting.refuseUnknown(environment)
    }
    _ = try read(environment, checkout: checkout, scenarios: Scenario.names, targets: known)
  }

  /// Why nothing can be measured with these settings; nil where it can.
  public var obstacle: ConfigurationError? {
    if !isTimed, !isCounted {
      return .invalid(
        "SHOOTOUT_TIMES and SHOOTOUT_COUNTS are both off, so that nothing would be measured; right would be one of them"
      )
    }
    // Counts are judged at any profile.
    guard isStrict, !isGateOn || (isTimed && !profile.isGated(by: .standard)) || coordinator != nil else { return nil }
    return .invalid(
      "SHOOTOUT_STRICT is 1, which wants every threshold decided, and the gate is off; right would be one generator,"
        + " PROFILE=quick or standard (it is \(profile.rawValue)) and SHOOTOUT_GATE=on")
  }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}

extension [Target] {
  /// The two versions in the place of everybody. Head gets a port that nobody else has.
  fileprivate func compared(
    _ comparison: VersionComparison, fixtures: String
  ) throws(ConfigurationError) -> [Target] {
    guard let target = first(where: { $0.name == comparison.framework }) else { return self }
    let port = (map(\.port).max() ?? target.port) + 1
    return comparison.targets(of: target, headPort: port, fixtures: fixtures)
  }
}
