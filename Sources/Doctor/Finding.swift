import Foundation
import Statistics
import Text

/// One thing that was looked at, and what fixes it.
struct Finding: Equatable {
  enum Level: String {
    case ok
    /// Of use to know; nothing has to be done.
    case note
    /// It would distort a measurement.
    case warning = "warn"
    /// Without it nothing can be measured.
    case missing
  }

  var level: Level
  /// One sentence.
  var text: String
  /// The command that fixes it, or what to do where no command does.
  var fix: String?

  static func ok(_ text: String) -> Finding { Finding(level: .ok, text: text) }
  static func note(_ text: String, _ fix: String? = nil) -> Finding { Finding(level: .note, text: text, fix: fix) }
  static func warning(_ text: String, _ fix: String) -> Finding { Finding(level: .warning, text: text, fix: fix) }
  static func missing(_ text: String, _ fix: String) -> Finding { Finding(level: .missing, text: text, fix: fix) }

  /// The level and the sentence, and below it what fixes it, which is never broken: it is to be copied.
  fileprivate func lines(_ color: TerminalColor) -> [String] {
    let table = TextTable(
      [.left(atLeast: 7), .left], [[level.rawValue, text]], indent: 2, wrappedAt: TerminalText.width)
    var lines = table.lines
    lines[0] = "  " + color.paint(level) + lines[0].dropFirst(2 + level.rawValue.count)
    return lines + [fix].compactMap { $0.map { String(repeating: " ", count: 11) + $0.escapingControls } }
  }
}

/// All that was found, in two parts.
package struct Diagnosis: Equatable {
  /// What is installed and what is missing.
  var needed: [Finding]
  /// What would distort a measurement.
  var distorting: [Finding]

  package init(_ facts: MachineFacts) {
    needed = facts.tools.findings
    distorting = facts.processors.findings + facts.load.findings + facts.limits.findings(isImage: facts.tools.isImage)
  }

  private func count(_ level: Finding.Level) -> Int { (needed + distorting).count { $0.level == level } }

  /// Whether something can be measured at all.
  package var isComplete: Bool { count(.missing) == 0 }

  /// For a terminal, 80 columns wide where commands are not longer.
  package func text(_ color: TerminalColor) -> String {
    let parts = [("What is needed", needed), ("What would distort a measurement", distorting)].map { title, findings in
      ([title] + findings.flatMap { $0.lines(color) }).joined(separator: "\n")
    }
    return (parts + [TerminalText.wrapped(verdict).joined(separator: "\n")]).joined(separator: "\n\n") + "\n"
  }

  private var verdict: String {
    let (missing, warnings) = (count(.missing), count(.warning))
    let first =
      missing == 0 ? "Nothing is missing" : "\(Figure.counted(missing, "thing")) missing, so nothing can be measured"
    let second = warnings == 0 ? "nothing" : Figure.counted(warnings, "thing")
    return "\(first); \(second) would distort a measurement."
  }
}

/// Colour for words on a terminal, where there is one and nobody has asked for none.
package struct TerminalColor {
  private let isOn: Bool

  /// - Parameter environment: `NO_COLOR`, set to anything, asks for none (no-color.org); so does `TERM=dumb`.
  init(isTerminal: Bool, environment: [String: String]) {
    isOn = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  /// Of the standard output.
  package static var ofOutput: TerminalColor {
    TerminalColor(isTerminal: isatty(STDOUT_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
  }

  func paint(_ level: Finding.Level) -> String {
    switch level {
    case .ok: paint(level.rawValue, .green)
    case .note: level.rawValue
    case .warning: paint(level.rawValue, .yellow)
    case .missing: paint(level.rawValue, .red)
    }
  }

  package enum Hue: Int {
    case red = 31
    case green, yellow
  }

  package func paint(_ text: String, _ hue: Hue) -> String {
    isOn ? "\u{1B}[\(hue.rawValue)m\(text)\u{1B}[0m" : text
  }
}
