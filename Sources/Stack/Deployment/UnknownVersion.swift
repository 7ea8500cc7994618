import Text

/// A version that pip was told to install and did not find, in what it says of that.
///
/// Source: `pip install x==9`: `ERROR: Could not find a version that satisfies the requirement x==9 (from versions: 1.0, 1.1)`.
struct UnknownVersion: Equatable, CustomStringConvertible {
  /// Such as `fastapi==0.999`.
  var requirement: String
  /// The version before it and the one after it, as far as there are. Not empty.
  var nearest: [String]

  /// nil where that is not what went wrong, and where no version at all was found: then the index was not reached, or does not
  /// know the name.
  init?(_ output: String) {
    let complaint = /Could not find a version that satisfies the requirement ([^ ]+)[^(]*\(from versions: ([^)]+)\)/
    guard let match = output.firstMatch(of: complaint), match.2 != "none",
      let sign = match.1.firstRange(of: "==")
    else { return nil }
    requirement = String(match.1)
    let wanted = Self.numbers(match.1[sign.upperBound...])
    let known = match.2.split(separator: ",").map { $0.drop { $0 == " " } }
    let below = known.filter { Self.numbers($0).lexicographicallyPrecedes(wanted) }
    let above = known.filter { wanted.lexicographicallyPrecedes(Self.numbers($0)) }
    nearest = [below.max(by: Self.isOlder), above.min(by: Self.isOlder)].compactMap { $0.map(String.init) }
    if nearest.isEmpty { return nil }
  }

  var description: String {
    "there is no \(requirement); the nearest \(nearest.count == 1 ? "is" : "are") \(nearest.joined(separator: " and "))"
      .escapingControls
  }

  /// `0.115.0rc1` is 0, 115, 0, 1: near enough to tell who is a neighbour.
  private static func numbers(_ version: Substring) -> [Int] {
    version.split { !$0.isNumber }.map { Int($0) ?? .max }
  }

  private static func isOlder(_ one: Substring, than other: Substring) -> Bool {
    numbers(one).lexicographicallyPrecedes(numbers(other))
  }
}
