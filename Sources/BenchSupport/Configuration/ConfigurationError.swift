/// What is wrong with the settings, in one line that names what is known.
public enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknown(what: String, name: String, variable: String, known: [String])
  case empty(variable: String, known: [String])
  case notANumber(variable: String, value: String)
  case noCheckout(searched: [String])
  case comparison(String)
  case external(String)

  /// Whether what the user gave is wrong, rather than the place where it was looked for.
  public var isUsage: Bool {
    switch self {
    case .unknown, .empty, .notANumber, .comparison, .external: true
    case .noCheckout: false
    }
  }

  public var description: String {
    switch self {
    case .unknown(let what, let name, let variable, let known):
      "unknown \(what) '\(name)' in \(variable); known: \(known.joined(separator: ", "))"
    case .empty(let variable, let known):
      "\(variable) names nothing; known: \(known.joined(separator: ", "))"
    case .notANumber(let variable, let value):
      "\(variable) is '\(value)', which is no whole number from 0 to \(UInt64.max)"
    case .comparison(let text), .external(let text):
      text
    case .noCheckout(let searched):
      "no checkout with Package.swift and docker/frameworks at or above \(searched.joined(separator: " or "))"
    }
  }
}
