import SeededRandom
import WireFormats

/// The ways in which a parser's input may arrive: whole, in two pieces cut at every position, one byte at a time.
func cuts(of bytes: [UInt8]) -> [[[UInt8]]] {
  let halves = bytes.indices.dropFirst().map { [Array(bytes[..<$0]), Array(bytes[$0...])] }
  return [[bytes]] + halves + [bytes.map { [$0] }]
}

extension [UInt8] {
  /// The bytes with a few of them replaced, removed, repeated or made up, as the generator wants it.
  func mutated(by generator: inout SplitMix64) -> [UInt8] {
    var bytes = self
    for _ in 0...Int.random(in: 0...3, using: &generator) {
      guard let index = bytes.indices.randomElement(using: &generator) else { return bytes }
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: bytes[index] = .random(in: 0...255, using: &generator)
      case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 2: bytes.remove(at: index)
      case 3: bytes.insert(.random(in: 0...255, using: &generator), at: index)
      default: bytes.append(contentsOf: bytes[index...].prefix(16))
      }
    }
    return bytes
  }

  /// The bytes in pieces of random length.
  func pieces(by generator: inout SplitMix64) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = self[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...Swift.max(1, rest.count), using: &generator))
      pieces.append(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    return pieces
  }

  static func random(count: Int, using generator: inout SplitMix64) -> [UInt8] {
    (0..<count).map { _ in .random(in: 0...255, using: &generator) }
  }
}
