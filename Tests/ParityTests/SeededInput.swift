import LoadEngine
import SeededRandom

/// Inputs drawn from the run's seed: the same seed gives the same inputs to a scenario, whatever else runs.
struct SeededInput {
  private var generator: SplitMix64

  init(seed: UInt64, scenario: String) {
    // FNV-1a: the same number in every run, unlike `hashValue`.
    let name = scenario.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    generator = SplitMix64(seed: seed ^ name)
  }

  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }

  /// Letters and digits: nothing that needs an escape anywhere.
  mutating func word(_ length: ClosedRange<Int> = 1...12) -> String {
    text(from: Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), length)
  }

  /// Characters of one to four bytes in UTF-8, and those that mean something in a URL or in a path.
  mutating func unicodeText(_ length: ClosedRange<Int> = 1...20) -> String {
    text(from: Array("aZ09 é߀中д😀🎈/+&=%#?;"), length)
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count { withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) } }
    return Array(bytes.prefix(count))
  }

  private mutating func text(from alphabet: [Character], _ length: ClosedRange<Int>) -> String {
    String((0..<integer(length)).map { _ in alphabet[integer(0...alphabet.count - 1)] })
  }
}
