import Foundation

/// What the text of a table's cell is sorted by where its first number alone would mislead, because a unit goes with it:
/// `950 µs` comes before `1.2 ms`. Seconds, bytes or a plain number.
///
/// The script of a page reads all other numbers from the text.
enum SortValue {
  /// nil where the first number is what counts, or where there is none.
  static func of(_ text: String) -> Double? {
    guard let match = text.firstMatch(of: /([+\-−]?[0-9][0-9,]*(?:\.[0-9]+)?)[ \u{a0}]?([A-Za-zµ]+)/),
      // Not behind another number, which then is the first.
      !text[..<match.range.lowerBound].contains(where: \.isNumber), let factor = factors[String(match.2)],
      let number = Double(match.1.replacing(",", with: "").replacing("−", with: "-"))
    else { return nil }
    let value = number * factor
    return value.isFinite ? value : nil
  }

  private static let factors: [String: Double] = [
    "ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "min": 60, "h": 3_600, "kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1_024,
    "MiB": 1_048_576, "GiB": 1_073_741_824, "k": 1e3, "M": 1e6, "G": 1e9,
  ]
}
