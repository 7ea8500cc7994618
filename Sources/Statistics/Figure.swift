import Foundation

/// Numbers as readers and as programs want them, the same on every machine and in every locale.
package enum Figure {
  /// What stands where a value is missing.
  package static let missing = "–"

  /// `12,300`, `1.23`, `0.0123`: as many significant digits as asked for, thousands apart.
  package static func significant(_ value: Double?, digits: Int = 3) -> String {
    guard let value, value.isFinite else { return missing }
    if value == 0 { return "0" }
    let magnitude = exponent(rounded(value, digits: digits))
    let decimals = max(0, digits - 1 - magnitude)
    return withThousandsApart(String(format: "%.\(decimals)f", rounded(value, digits: digits)))
  }

  package static func count(_ value: Int?) -> String {
    guard let value else { return missing }
    return withThousandsApart(String(value))
  }

  /// `1 round`, `3 rounds`.
  package static func counted(_ count: Int, _ noun: String) -> String {
    "\(Figure.count(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// The ratio with its sign: `1.23×`, `0.084×`, `14.3×`. Two decimals where they suffice, so that columns line up.
  package static func ratio(_ value: Double?) -> String {
    guard let value, value.isFinite else { return missing }
    let text =
      value >= 9.995
      ? significant(value) : value < 0.1 ? significant(value, digits: 2) : String(format: "%.2f", value)
    return text + "×"
  }

  /// A time in the unit that it reads well in: `38.1 µs`, `1.23 ms`, `2.00 s`.
  package static func microseconds(_ value: Double?) -> String {
    guard let value, value.isFinite else { return missing }
    return switch abs(value) {
    case ..<999.5: "\(significant(value)) µs"
    case ..<999_500: "\(significant(value / 1e3)) ms"
    default: "\(significant(value / 1e6)) s"
    }
  }

  /// With its sign: `+38.1 µs`, `−4.20 µs`.
  package static func addedMicroseconds(_ value: Double?) -> String {
    guard let value, value.isFinite else { return missing }
    return (value < 0 ? "−" : "+") + microseconds(abs(value))
  }

  /// A change with its sign: `+12 %`, `−3.4 %`.
  package static func change(_ ratio: Double?) -> String {
    guard let ratio, ratio.isFinite else { return missing }
    let percent = abs(ratio - 1) * 100
    return (ratio < 1 ? "−" : "+") + "\(significant(percent, digits: percent < 100 ? 2 : 3)) %"
  }

  /// A change of a count: `+0.31 %`, `−12.4 %`, `+140 %`, `0.00 %`. A hundredth of a percent is more than a count scatters;
  /// what is beyond a limit by less is told from it all the same: `+0.501 %`.
  package static func changeOfCount(_ ratio: Double?, limit: Double? = nil) -> String {
    guard let ratio, ratio.isFinite else { return missing }
    let percent = (ratio - 1) * 100
    var digits = abs(percent) < 9.995 ? 2 : abs(percent) < 99.95 ? 1 : 0
    if let limit, ratio > limit {
      func text(_ percent: Double) -> String { String(format: "%.\(digits)f", percent) }
      while digits < 4, text(percent) == text((limit - 1) * 100) { digits += 1 }
    }
    let text = String(format: "%.\(digits)f", abs(percent))
    let sign = text.contains { $0 != "0" && $0 != "." } ? (percent < 0 ? "−" : "+") : ""
    return "\(sign)\(text) %"
  }

  /// How much more than 1 a ratio is, in percent: `0.41 %`, `8.2 %`, `42 %`, `180 %`.
  package static func percentAbove(_ ratio: Double) -> String {
    "\(significant((ratio - 1) * 100, digits: ratio < 2 ? 2 : 3)) %"
  }

  /// For files that programs read: up to six significant digits, no exponent, no thousands, no trailing zeros.
  package static func plain(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "" }
    let rounded = rounded(value, digits: 6)
    if rounded == 0 { return "0" }
    let decimals = min(20, max(0, 5 - exponent(rounded)))
    var text = String(format: "%.\(decimals)f", rounded)
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return text
  }

  /// The nearest number of so many significant digits. Figures in files do not change with the last bits of `log`.
  package static func rounded(_ value: Double, digits: Int = 6) -> Double {
    guard value.isFinite, value != 0 else { return value }
    return Double(String(format: "%.\(digits - 1)e", value)) ?? value
  }

  private static func exponent(_ value: Double) -> Int {
    value == 0 ? 0 : Int(log10(abs(value)).rounded(.down))
  }

  private static func withThousandsApart(_ text: String) -> String {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first, whole.count > 3 else { return text }
    let negative = whole.hasPrefix("-")
    var grouped = ""
    for (index, digit) in whole.drop(while: { $0 == "-" }).reversed().enumerated() {
      if index > 0, index.isMultiple(of: 3) { grouped.append(",") }
      grouped.append(digit)
    }
    return (negative ? "-" : "") + String(grouped.reversed()) + (parts.count > 1 ? "." + parts[1] : "")
  }
}
