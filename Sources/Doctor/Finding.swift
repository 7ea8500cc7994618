import LoadEngine
import Statistics
import Text

/// One thing that was looked at, and what fixes it.
public struct Finding: Equatable, Sendable {
  public enum Level: String, CaseIterable, Sendable {
    case ok
    /// Of use to know; nothing has to be done.
    case note
    /// It would distort a measurement.
    case warning = "warn"
    /// Without it nothing can be measured.
    case missing
  }

  public var level: Level
  /// One sentence.
  public var text: String
  /// The command that fixes it, or what to do where no command does.
  public var remedy: String?

  package static func ok(_ text: String) -> Finding { Finding(level: .ok, text: text) }
  package static func note(_ text: String, _ remedy: String? = nil) -> Finding {
    Finding(level: .note, text: text, remedy: remedy)
  }
  package static func warning(_ text: String, _ remedy: String) -> Finding {
    Finding(level: .warning, text: text, remedy: remedy)
  }
  package static func missing(_ text: String, _ remedy: String) -> Finding {
    Finding(level: .missing, text: text, remedy: remedy)
  }
}

/// All that was found, in two parts.
public struct Diagnosis: Equatable, Sendable {
  /// What is installed and what is missing.
  public var needed: [Finding]
  /// What would distort a measurement.
  public var distorting: [Finding]

  public init(_ facts: MachineFacts) {
    needed = facts.tools.findings
    distorting = facts.processors.findings + facts.load.findings + facts.limits.findings
  }

  private func count(_ level: Finding.Level) -> Int { (needed + distorting).count { $0.level == level } }

  /// Whether something can be measured at all.
  public var isComplete: Bool { count(.missing) == 0 }

  /// For a terminal, 80 columns wide where commands are not longer.
  ///
  /// - Parameter color: what a level's word is put into.
  public func text(_ color: (Finding.Level, String) -> String = { $1 }) -> String {
    let parts = [("What is needed", needed), ("What would distort a measurement", distorting)].map { title, findings in
      ([title] + findings.flatMap { lines($0, color) }).joined(separator: "\n")
    }
    return (parts + [TerminalText.wrapped(verdict).joined(separator: "\n")]).joined(separator: "\n\n") + "\n"
  }

  private func lines(_ finding: Finding, _ color: (Finding.Level, String) -> String) -> [String] {
    let word = finding.level.rawValue
    let indent = String(repeating: " ", count: 11)
    let wrapped = TerminalText.wrapped(finding.text, indent: indent).map(\.escapingControls)
    let first = "  " + color(finding.level, word) + String(repeating: " ", count: 9 - word.count)
    // What a second line begins with is the indent and two more.
    return [first + wrapped[0].dropFirst(indent.count)]
      + wrapped.dropFirst().map { indent + $0.drop { $0 == " " } }
      + (finding.remedy.map { [indent + $0.escapingControls] } ?? [])
  }

  private var verdict: String {
    let (missing, warnings) = (count(.missing), count(.warning))
    let first =
      missing == 0
      ? "Nothing is missing" : "\(Figure.counted(missing, "thing")) missing, without which nothing can be measured"
    let second =
      warnings == 0
      ? "nothing was found that distorts" : "\(Figure.counted(warnings, "thing")) would distort a measurement"
    return "\(first); \(second)."
  }
}
