import Foundation
import LoadEngine

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
  /// Whether PostgreSQL keeps statistics of statements, for a profile.
  public var observesStatements: Bool
  /// Where two versions of one framework are compared: then they are the contestants, and the first is the yardstick.
  public var comparison: VersionComparison?
  /// The servers of the deployment `external`; nil for the others.
  public var external: ExternalServers?
  /// Of this generator, in every load.
  public var connections: Int
  /// Where several generators meet; nil for one that measures alone.
  public var conductor: Endpoint?

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
    let comparison = try variables.comparison(known: contestants)
    let contestants =
      try comparison.map { comparison throws(ConfigurationError) in
        try contestants.compared(comparison, fixtures: checkout.fixtures)
      } ?? contestants
    let deployment = try variables.choice("SHOOTOUT_DEPLOYMENT", "deployment", default: DeploymentKind.process)
    if let comparison, comparison.base.isApplication || comparison.head.isApplication, deployment != .process {
      throw .comparison(
        "folders of applications are compared side by side as processes, and the deployment is \(deployment.rawValue); "
          + "right would be DEPLOYMENT=process")
    }
    let external = try variables.external(deployment, known: contestants.map(\.name))
    let frameworks = try variables.frameworks(known: contestants.map(\.name), external)
    let profile = try variables.choice("SHOOTOUT_PROFILE", "profile", default: Profile.smoke)
    return Configuration(
      checkout: checkout, deployment: deployment,
      profile: profile,
      known: contestants,
      contestants: contestants.filter { frameworks.contains($0.name) },
      scenarios: try scenarios.map { known throws(ConfigurationError) in
        try variables.names("SHOOTOUT_SCENARIOS", "scenario", known: known)
      } ?? [],
      results: variables["SHOOTOUT_RESULTS"].map { absolute($0) } ?? checkout.results,
      seed: try seed(environment),
      python: variables["SHOOTOUT_PYTHON"] ?? "python3",
      isGateOn: try variables.choice("SHOOTOUT_GATE", "setting", default: Switch.on) == .on,
      isStrict: try variables.choice("SHOOTOUT_STRICT", "setting", default: Flag.no) == .yes,
      observesStatements: try variables.choice(observesStatementsVariable, "setting", default: Flag.no) == .yes,
      comparison: comparison, external: external,
      connections: try variables.connections() ?? profile.connections,
      conductor: try variables.conductor(deployment))
  }

  /// `SHOOTOUT_SEED`, or drawn.
  public static func seed(_ environment: [String: String]) throws(ConfigurationError) -> UInt64 {
    try Variables(environment).number("SHOOTOUT_SEED") ?? UInt64.random(in: 0...UInt64.max)
  }

  static let observesStatementsVariable = "SHOOTOUT_STATEMENT_STATISTICS"

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

  /// The contestants that take part. Of external servers, those that have an address.
  func frameworks(known: [String], _ external: ExternalServers?) throws(ConfigurationError) -> [String] {
    let names = try names("SHOOTOUT_FRAMEWORKS", "framework", known: known)
    guard let external else { return names }
    let addressed = names.filter { external.urls[$0] != nil }
    if names != known, let missing = names.first(where: { external.urls[$0] == nil }) {
      throw .external("SHOOTOUT_FRAMEWORKS names \(missing), which has no address in \(ExternalServers.urlsVariable)")
    }
    return addressed
  }

  func external(_ deployment: DeploymentKind, known: [String]) throws(ConfigurationError) -> ExternalServers? {
    let (urls, database) = (values[ExternalServers.urlsVariable], values[ExternalServers.databaseVariable])
    switch deployment {
    case .external: return try ExternalServers(urls: urls, database: database, known: known)
    case .process, .docker:
      guard urls == nil && database == nil else {
        let variable = urls == nil ? ExternalServers.databaseVariable : ExternalServers.urlsVariable
        throw .external(
          "\(variable) is set, and the deployment is \(deployment.rawValue); right would be DEPLOYMENT=external")
      }
      return nil
    }
  }

  /// The versions to compare; nil where nothing is said of it.
  func comparison(known: [Contestant]) throws(ConfigurationError) -> VersionComparison? {
    guard let framework = values[VersionComparison.frameworkVariable] else { return nil }
    let names = known.filter { $0.package != nil }.map(\.name)
    guard names.contains(framework) else {
      throw .unknown(
        what: "framework", name: framework, variable: VersionComparison.frameworkVariable, known: names)
    }
    var comparison = VersionComparison(
      framework: framework, base: try source(VersionComparison.baseVariable, of: framework),
      head: try source(VersionComparison.headVariable, of: framework))
    comparison.tolerance = try percent(VersionComparison.toleranceVariable)
    comparison.slowdown = try percent(VersionComparison.slowdownVariable)
    return comparison
  }

  /// A share given in percent; nil where it is not set.
  private func percent(_ variable: String) throws(ConfigurationError) -> Double? {
    guard let text = values[variable] else { return nil }
    guard let percent = Double(text), percent >= 0, percent < 100 else {
      throw .comparison("\(variable) is '\(text)'; right would be a percentage such as 5")
    }
    return percent / 100
  }

  private func source(_ variable: String, of framework: String) throws(ConfigurationError) -> ComparedSource {
    let text = values[variable] ?? ""
    let source: ComparedSource?
    do {
      source = try ComparedSource(text)
    } catch {
      throw .comparison("\(variable): \(error)")
    }
    switch source {
    case .application(let contestant) where contestant.name != framework:
      throw .comparison(
        "\(variable) is '\(text)', an application of \(contestant.name); right would be one of \(framework)")
    case let source?:
      return source
    case nil:
      throw .comparison(
        text.isEmpty
          ? "\(variable) is not set; right would be a version such as 1.4.1, a source tree, a wheel, git+https://…@ref"
            + " or the folder of an application"
          : "\(variable) is '\(text)', which is no version (1.4.1), no source tree (a folder with pyproject.toml or setup.py),"
            + " no wheel (.whl), no repository (git+https://…@ref) and no application (a folder with framework.json)")
    }
  }

  func connections() throws(ConfigurationError) -> Int? {
    let variable = "SHOOTOUT_CONNECTIONS"
    guard let number = try number(variable) else { return nil }
    guard (1...100_000).contains(number) else {
      throw .external("\(variable) is \(number); allowed is 1 to 100000")
    }
    return Int(number)
  }

  /// Several generators at one stack can only be at one that none of them starts.
  func conductor(_ deployment: DeploymentKind) throws(ConfigurationError) -> Endpoint? {
    guard let text = values[ConductorAddress.variable] else { return nil }
    guard deployment == .external else {
      throw .external(
        "\(ConductorAddress.variable) is set, and the deployment is \(deployment.rawValue); right would be external")
    }
    return try ConductorAddress.parse(text)
  }

  func number(_ variable: String) throws(ConfigurationError) -> UInt64? {
    guard let value = values[variable] else { return nil }
    guard let number = UInt64(value) else { throw .notANumber(variable: variable, value: value) }
    return number
  }
}

extension [Contestant] {
  /// The two versions in the place of everybody. Head gets a port that nobody else has.
  fileprivate func compared(
    _ comparison: VersionComparison, fixtures: String
  ) throws(ConfigurationError) -> [Contestant] {
    guard let contestant = first(where: { $0.name == comparison.framework }) else { return self }
    let port = (map(\.port).max() ?? contestant.port) + 1
    return comparison.contestants(of: contestant, headPort: port, fixtures: fixtures)
  }
}
