import Foundation

/// Colour for words on a terminal, where there is one and nobody has asked for none.
public struct TerminalColor: Equatable, Sendable {
  public var isOn: Bool

  public enum Color: Int, Sendable {
    case red = 31
    case green = 32
    case yellow = 33
  }

  /// - Parameter environment: `NO_COLOR`, set to anything, asks for none (no-color.org); so does `TERM=dumb`.
  public init(isTerminal: Bool, environment: [String: String]) {
    isOn = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  /// Of the standard output.
  public static var ofOutput: TerminalColor {
    TerminalColor(isTerminal: isatty(STDOUT_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
  }

  public func paint(_ text: String, _ color: Color) -> String {
    isOn ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
  }
}
