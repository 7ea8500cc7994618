/// Durations as people type them: `10s`, `1.5s`, `500ms`, `2m`, or seconds without a unit.
func duration(_ text: String, for option: String) throws(UsageError) -> Duration {
  let units: [(suffix: String, seconds: Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)]
  for (suffix, seconds) in units where text.hasSuffix(suffix) {
    let digits = text.dropLast(suffix.count)
    // No sign, no exponent, no `inf`: what Double reads besides is a slip more often than it is meant.
    guard digits.allSatisfy({ ("0"..."9").contains($0) || $0 == "." }), let number = Double(digits),
      number * seconds <= 86_400
    else { continue }
    // In whole nanoseconds, so that 300ms is what it says.
    return .nanoseconds(Int64((number * seconds * 1e9).rounded()))
  }
  throw UsageError("\(option) '\(text)' is not a duration; right would be 10s, 500ms or 2m, at most 24h")
}
