/// Durations as people type them: `10s`, `1.5s`, `500ms`, `2m`, or seconds without a unit.
func duration(_ text: String, for option: String) throws(UsageError) -> Duration {
  let units: [(suffix: String, seconds: Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)]
  for (suffix, seconds) in units where text.hasSuffix(suffix) {
    guard let number = Double(text.dropLast(suffix.count)), number >= 0, number * seconds <= 86_400 else { continue }
    return .seconds(number * seconds)
  }
  throw UsageError("\(option) '\(text)' is not a duration; right would be 10s, 500ms or 2m, at most 24h")
}
