import Foundation
import Results
import Statistics

extension CountResult {
  /// One line that a maintainer understands, such as `fastapi: instructions per request +0.93 % (442,300 → 446,413),
  /// tolerated 0.5 %: worse`.
  ///
  /// - Parameter unit: what one exchange is, in the plural, such as `requests`.
  public func text(unit: String) -> String {
    var line = "\(framework): \(metric.title) per \(Self.one(of: unit))"
    if let before, let now { line += " \(change(before, now)) (\(Self.figure(before)) → \(Self.figure(now)))" }
    line += ", tolerated \(Figure.plain((tolerated - 1) * 100)) %: \(word)"
    if let reason { line += ": \(reason)" }
    return line + (changes.isEmpty ? "" : " [\(changes.map(\.text).joined(separator: ", "))]")
  }

  /// `worse` is more than is tolerated.
  public var word: String {
    switch verdict {
    case .pass: "pass"
    case .fail: "worse"
    case .undecided: "inconclusive"
    }
  }

  /// `request` of `requests`.
  static func one(of unit: String) -> String { unit.hasSuffix("s") ? String(unit.dropLast()) : unit }

  private func change(_ before: Double, _ now: Double) -> String {
    before > 0 ? Figure.changeOfCount(now / before, limit: tolerated) : now > 0 ? "new" : "none"
  }

  /// A whole number where it is large, else with what makes it differ.
  static func figure(_ value: Double) -> String {
    if value >= 1000 { return Figure.count(Int(value.rounded())) }
    let text = String(format: "%.2f", value)
    return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
  }
}
