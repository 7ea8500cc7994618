import Foundation
import LoadEngine
import Results
import Stack
import WireFormats

/// The environment, with empty variables taken as absent: a Makefile hands on what the user left out.
package struct SettingValues {
  private let values: [String: String]

  package init(_ values: [String: String]) {
    self.values = Setting.underTodaysNames(values).filter { !$0.value.allSatisfy(\.isWhitespace) }
  }

  package subscript(_ name: String) -> String? { values[name] }

  package func choice<Value: RawRepresentable & CaseIterable>(
    _ variable: String, _ what: String, default value: Value
  ) throws(ConfigurationError) -> Value where Value.RawValue == String {
    guard let name = values[variable] else { return value }
    guard let value = Value(rawValue: name) else {
      throw .unknown(what: what, name: name, variable: variable, known: Value.allCases.map(\.rawValue))
    }
    return value
  }

  /// The names of a comma list, in the order of `known`; all where the variable is not set or says `all`.
  package func names(_ variable: String, _ what: String, known: [String]) throws(ConfigurationError) -> [String] {
    guard let list = values[variable] else { return known }
    let names = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    guard !names.isEmpty else { throw .empty(variable: variable, known: known) }
    if names == ["all"] { return known }
    if let name = names.first(where: { !known.contains($0) }) {
      throw .unknown(what: what, name: name, variable: variable, known: known)
    }
    return known.filter(names.contains)
  }

  /// The targets that take part. Of external servers, those that have an address.
  package func frameworks(known: [String], _ external: ExternalServers?) throws(ConfigurationError) -> [String] {
    let names = try names("SHOOTOUT_FRAMEWORKS", "framework", known: known)
    guard let external else { return names }
    let addressed = names.filter { external.urls[$0] != nil }
    if names != known, let missing = names.first(where: { external.urls[$0] == nil }) {
      throw .external("SHOOTOUT_FRAMEWORKS names \(missing), which has no address in \(ExternalServers.urlsVariable)")
    }
    return addressed
  }

  package func external(_ deployment: DeploymentKind, known: [String]) throws(ConfigurationError) -> ExternalServers? {
    let (urls, database) = (values[ExternalServers.urlsVariable], values[ExternalServers.databaseVariable])
    switch deployment {
    case .external: return try ExternalServers(urls: urls, database: database, known: known)
    case .process, .docker, .compose:
      guard urls == nil && database == nil else {
        let variable = urls == nil ? ExternalServers.databaseVariable : ExternalServers.urlsVariable
        throw .external(
          "\(variable) is set, and the deployment is \(deployment.rawValue); right would be DEPLOYMENT=external")
      }
      return nil
    }
  }

  /// The versions to compare; nil where nothing is said of it.
  package func comparison(known: [Target]) throws(ConfigurationError) -> VersionComparison? {
    guard let framework = values[VersionComparison.frameworkVariable] else {
      let others: [Setting] = [
        .compareBase, .compareHead, .compareBasePython, .compareHeadPython, .compareTolerance, .compareSlowdown,
      ]
      guard let other = others.first(where: { values[$0.rawValue] != nil }) else { return nil }
      throw .comparison(
        "\(other.rawValue) is set, and \(VersionComparison.frameworkVariable) is not: of which framework?")
    }
    guard let target = known.first(where: { $0.name == framework && $0.package != nil }) else {
      throw .unknown(
        what: "framework", name: framework, variable: VersionComparison.frameworkVariable,
        known: known.filter { $0.package != nil }.map(\.name))
    }
    let pythons = [VersionComparison.basePythonVariable, VersionComparison.headPythonVariable].map { values[$0] }
    // Where interpreters are compared, both sides may have the pinned version.
    let pinned = pythons == [nil, nil] ? nil : target.package.flatMap(target.pinnedVersion(of:))
    var comparison = VersionComparison(
      framework: framework, base: try source(VersionComparison.baseVariable, of: target, pinned),
      head: try source(VersionComparison.headVariable, of: target, pinned))
    (comparison.basePython, comparison.headPython) = (pythons[0], pythons[1])
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

  /// - Parameter usual: the version where none is named; nil where one has to be.
  private func source(
    _ variable: String, of framework: Target, _ usual: String?
  ) throws(ConfigurationError) -> ComparedSource {
    let text = values[variable] ?? usual ?? ""
    let source: ComparedSource?
    do {
      source = try ComparedSource(text)
    } catch {
      throw .comparison("\(variable): \(error)")
    }
    switch source {
    case .application(let target) where target.name != framework.name:
      throw .comparison(
        "\(variable) is '\(text)', an application of \(target.name); right would be one of \(framework.name)")
    case .package(.dependency(let name, _)) where framework.pinnedVersion(of: name) == nil:
      throw .comparison(
        "\(variable) is '\(text)', and \(framework.name) does not install \(name); right would be one of "
          + framework.pinned.joined(separator: ", "))
    case let source?:
      return source
    case nil:
      throw .comparison("\(variable) is \(Self.fault(of: text))")
    }
  }

  /// What is wrong with a text that is no source, and what would be right. Not repeated in it: what stands before an `@`
  /// may be a password.
  private static func fault(of text: String) -> String {
    let right =
      "right would be a version such as 1.4.1, a source tree, a wheel, git+https://…@ref or the folder of an application"
    if text.isEmpty { return "not set; \(right)" }
    let shown = "'\(text.replacing(/\/\/.*@/) { _ in "//…@" })'"
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: text, isDirectory: &isFolder) {
      return isFolder.boolValue
        ? "\(shown), a folder without pyproject.toml and setup.py; right would be a source tree, or the folder of an"
          + " application, with framework.json"
        : "\(shown), a file that is no wheel; \(right)"
    }
    if text.contains("://") { return "\(shown), which is no version; right would be git+https://…" }
    let isPath = text.contains("/") || text.hasPrefix(".") || text.hasSuffix(".whl")
    return "\(shown), which \(isPath ? "does not exist" : "is no version and does not exist"); \(right)"
  }

  /// The places that are named have to be what they are named for.
  package func checkPlaces() throws(ConfigurationError) {
    let search = ProgramSearch(environment: values)
    for setting in [Setting.python, .compareBasePython, .compareHeadPython] {
      guard let python = values[setting.rawValue], python != StackConfiguration.usualPython,
        search.program(python) == nil
      else { continue }
      throw .invalid(
        "\(setting.rawValue) is '\(python)', and there is no such program; right would be an interpreter such as"
          + " python3.12, or its path")
    }
    if let folder = values[Setting.postgresBin.rawValue], (try? search.postgresDirectory()) == nil {
      throw .invalid(
        "\(Setting.postgresBin.rawValue) is '\(folder)', and initdb and postgres are not there; right would be a folder"
          + " such as /usr/lib/postgresql/15/bin")
    }
    if let path = values[Setting.state.rawValue], path.utf8.count > StateDirectory.longestPath {
      throw .invalid(
        "\(Setting.state.rawValue) is '\(path)', longer than \(StateDirectory.longestPath) bytes, so no Unix socket fits"
          + " in it; right would be a short path such as /var/tmp/shootout")
    }
    if let path = values[Setting.state.rawValue] {
      guard path.hasPrefix("/") else {
        throw .invalid(
          "\(Setting.state.rawValue) is '\(path)', which is another folder for every folder that a command runs in;"
            + " right would be an absolute path such as /var/tmp/shootout")
      }
      if let fault = StateDirectory(path: path).fault {
        throw .invalid(
          "\(Setting.state.rawValue) is '\(path)', which \(fault), so it is left alone; right would be an empty folder,"
            + " or a path where nothing is")
      }
    }
    for setting in [Setting.state, .results] {
      guard let path = values[setting.rawValue] else { continue }
      var isFolder: ObjCBool = false
      guard !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) || isFolder.boolValue else {
        throw .invalid(
          "\(setting.rawValue) is '\(path)', which is no folder; right would be one, or a path that is free")
      }
    }
  }

  /// What the Compose files read, where there are containers. These variables have no prefix of ours, so that elsewhere they
  /// may be meant for another program.
  package func checkLimits(_ deployment: DeploymentKind) throws(ConfigurationError) {
    guard deployment == .docker else { return }
    for (name, text) in values.sorted(by: { $0.key < $1.key }) where StackFile.variables.contains(name) {
      if name.hasSuffix("_CPUS"), !(Double(text).map { $0 > 0 && $0.isFinite } ?? false) {
        throw .invalid("\(name) is '\(text)'; right would be a number of processors such as 2 or 0.5")
      }
      if name.hasSuffix("_MEMORY"), text.wholeMatch(of: /[1-9]\d*(\.\d+)? ?[kKmMgGtTpP]?[iI]?[bB]?/) == nil {
        throw .invalid("\(name) is '\(text)'; right would be a size such as 512M or 1G")
      }
    }
    if let path = values["PIP_CONFIG_FILE"], !FileManager.default.isReadableFile(atPath: path) {
      throw .invalid("PIP_CONFIG_FILE is '\(path)', and no readable file is there")
    }
  }

  package func connections() throws(ConfigurationError) -> Int? {
    let variable = "SHOOTOUT_CONNECTIONS"
    guard let value = values[variable] else { return nil }
    guard let number = Int(value), (1...100_000).contains(number) else {
      throw .invalid("\(variable) is '\(value)'; right would be a whole number from 1 to 100000")
    }
    return number
  }

  package func countStarts() throws(ConfigurationError) -> Int {
    let variable = Setting.countStarts.rawValue
    guard let value = values[variable] else { return 1 }
    guard let number = Int(value), (1...100).contains(number) else {
      throw .invalid("\(variable) is '\(value)'; right would be a whole number from 1 to 100")
    }
    return number
  }

  /// Several generators at one stack can only be at one that none of them starts.
  package func coordinator(_ deployment: DeploymentKind) throws(ConfigurationError) -> Endpoint? {
    guard let text = values[CoordinatorAddress.variable] else { return nil }
    guard deployment == .external else {
      throw .external(
        "\(CoordinatorAddress.variable) is set, and the deployment is \(deployment.rawValue); right would be external")
    }
    return try CoordinatorAddress.parse(text)
  }

  package func number(_ variable: String) throws(ConfigurationError) -> UInt64? {
    guard let value = values[variable] else { return nil }
    guard let number = UInt64(value) else { throw .notANumber(variable: variable, value: value) }
    return number
  }
}
