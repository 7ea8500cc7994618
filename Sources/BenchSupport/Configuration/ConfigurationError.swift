import Text

/// What is wrong with the settings, in one line that names what is known.
public enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknown(what: String, name: String, variable: String, known: [String])
  case empty(variable: String, known: [String])
  case notANumber(variable: String, value: String)
  case unknownSetting(name: String, nearest: String?)
  case comparison(String)
  case external(String)
  case invalid(String)

  public var description: String {
    switch self {
    case .unknown(let what, let name, let variable, let known):
      "unknown \(what) '\(name)' in \(variable); \(known.nearest(to: name).map { "did you mean \($0)? " } ?? "")"
        + "known: \(known.joined(separator: ", "))"
        + (what == "scenario" ? "; one that you added has to be in Scenario.all" : "")
    case .empty(let variable, let known):
      "\(variable) names nothing; known: \(known.joined(separator: ", "))"
    case .notANumber(let variable, let value):
      "\(variable) is '\(value)', which is no whole number from 0 to \(UInt64.max)"
    case .unknownSetting(let name, let nearest):
      "unknown setting \(name); \(nearest.map { "did you mean \($0)? " } ?? "")docs/configuration.md lists all"
    case .comparison(let text), .external(let text), .invalid(let text):
      text
    }
  }

  /// The same, with the variables named as the user typed them: `SCENARIOS` where `make` was given that.
  public func asTyped(_ environment: [String: String]) -> ConfigurationError {
    func typed(_ text: String) -> String { Setting.asTyped(text, environment) }
    return switch self {
    case .unknown(let what, let name, let variable, let known):
      .unknown(what: what, name: name, variable: typed(variable), known: known)
    case .empty(let variable, let known): .empty(variable: typed(variable), known: known)
    case .notANumber(let variable, let value): .notANumber(variable: typed(variable), value: value)
    case .comparison(let text): .comparison(typed(text))
    case .external(let text): .external(typed(text))
    case .invalid(let text): .invalid(typed(text))
    case .unknownSetting: self
    }
  }
}
