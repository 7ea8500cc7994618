import Text

/// Every variable by which the suite is set, in one place. `docs/configuration.md` says what each may be.
public enum Setting: String, CaseIterable, Sendable {
  case profile = "SHOOTOUT_PROFILE"
  case frameworks = "SHOOTOUT_FRAMEWORKS"
  case scenarios = "SHOOTOUT_SCENARIOS"
  case deployment = "SHOOTOUT_DEPLOYMENT"
  case urls = "SHOOTOUT_URLS"
  case databaseURL = "SHOOTOUT_DATABASE_URL"
  case connections = "SHOOTOUT_CONNECTIONS"
  case coordinator = "SHOOTOUT_COORDINATOR"
  case strict = "SHOOTOUT_STRICT"
  case gate = "SHOOTOUT_GATE"
  case counts = "SHOOTOUT_COUNTS"
  case countStarts = "SHOOTOUT_COUNT_STARTS"
  case times = "SHOOTOUT_TIMES"
  case results = "SHOOTOUT_RESULTS"
  /// Of the suite's container: what the folder of all results is called on the host, for lines that name a place in it.
  case resultsOnHost = "SHOOTOUT_RESULTS_ON_HOST"
  case seed = "SHOOTOUT_SEED"
  case python = "SHOOTOUT_PYTHON"
  case postgresBin = "SHOOTOUT_POSTGRES_BIN"
  case statementStatistics = "SHOOTOUT_STATEMENT_STATISTICS"
  case state = "SHOOTOUT_STATE"
  case compareFramework = "SHOOTOUT_COMPARE_FRAMEWORK"
  case compareBase = "SHOOTOUT_COMPARE_BASE"
  case compareHead = "SHOOTOUT_COMPARE_HEAD"
  case compareBasePython = "SHOOTOUT_COMPARE_BASE_PYTHON"
  case compareHeadPython = "SHOOTOUT_COMPARE_HEAD_PYTHON"
  case compareTolerance = "SHOOTOUT_COMPARE_TOLERANCE"
  case compareSlowdown = "SHOOTOUT_COMPARE_SLOWDOWN"
  /// Of `make`: with whom a measurement ends.
  case owners = "SHOOTOUT_OWNERS"
  /// Of the tests: `1` writes the files in `Golden` anew.
  case updateGolden = "SHOOTOUT_UPDATE_GOLDEN"
  /// Of the files for Compose and Swarm, which get it from the suite or from whoever deploys them.
  case databasePassword = "SHOOTOUT_DATABASE_PASSWORD"

  package static let prefix = "SHOOTOUT_"

  /// What a setting was called before; the old name is read for one release.
  package static let formerly = ["SHOOTOUT_CONDUCTOR": Setting.coordinator]

  /// The environment with every former name replaced by the one of today, which wins where both are set.
  package static func underTodaysNames(_ environment: [String: String]) -> [String: String] {
    formerly.reduce(into: environment) { environment, renamed in
      guard let value = environment.removeValue(forKey: renamed.key) else { return }
      let today = environment[renamed.value.rawValue] ?? ""
      environment[renamed.value.rawValue] = today.allSatisfy(\.isWhitespace) ? value : today
    }
  }

  /// The variable of `make` that is handed on as this one; nil where there is none.
  package var makeVariable: String? {
    switch self {
    case .profile, .frameworks, .scenarios, .deployment, .urls, .connections, .coordinator, .strict, .times:
      String(rawValue.dropFirst(Self.prefix.count))
    case .compareFramework, .compareBase, .compareHead, .compareBasePython, .compareHeadPython, .compareTolerance:
      String(rawValue.dropFirst("SHOOTOUT_COMPARE_".count))
    case .databaseURL, .gate, .counts, .countStarts, .results, .resultsOnHost, .seed, .python, .postgresBin,
      .statementStatistics,
      .state, .owners,
      .compareSlowdown,
      .updateGolden, .databasePassword:
      nil
    }
  }

  /// Refuses a variable that begins as ours do and is none of them: whoever set it believes that it counts. An empty one
  /// counts as not set.
  package static func refuseUnknown(_ environment: [String: String]) throws(ConfigurationError) {
    let unknown = environment.filter { variable in
      variable.key.hasPrefix(prefix) && !variable.value.allSatisfy(\.isWhitespace)
        && Setting(rawValue: variable.key) == nil && formerly[variable.key] == nil
    }
    guard let name = unknown.keys.min() else { return }
    throw .unknownSetting(name: name, nearest: allCases.map(\.rawValue).nearest(to: name))
  }

  /// The names as the user typed them: a former name, or the variable that `make` handed on.
  package static func asTyped(_ text: String, _ environment: [String: String]) -> String {
    let today = underTodaysNames(environment)
    func isMeant(_ variable: String, _ setting: Setting) -> Bool {
      environment[variable].map { !$0.isEmpty && $0 == today[setting.rawValue] } == true
    }
    var typed: [(setting: Setting, variable: String)] = []
    if environment["MAKELEVEL"].map({ !$0.isEmpty }) == true {
      typed = allCases.compactMap { setting in setting.makeVariable.map { (setting, $0) } }
      typed += formerly.map { ($0.value, String($0.key.dropFirst(prefix.count))) }
    }
    typed += formerly.map { ($0.value, $0.key) }
    return typed.reduce(text) { text, typed in
      isMeant(typed.variable, typed.setting)
        ? replacing(typed.setting.rawValue, with: typed.variable, in: text) : text
    }
  }

  /// One name is the beginning of another: only whole ones are replaced.
  private static func replacing(_ name: String, with other: String, in text: String) -> String {
    text.replacing(/[A-Z][A-Z0-9_]*/) { $0.output == name ? other : String($0.output) }
  }
}
