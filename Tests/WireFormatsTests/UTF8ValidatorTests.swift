import SeededRandom
import Testing

@testable import WireFormats

private func accepts(_ pieces: [[UInt8]]) -> Bool {
  var validator = UTF8Validator()
  for piece in pieces where !piece.withUnsafeBytes({ validator.accepts($0) }) { return false }
  return validator.isComplete
}

private let wellFormed: [[UInt8]] = [
  [], [0x00], [0x7f], [0xc2, 0x80], [0xdf, 0xbf], [0xe0, 0xa0, 0x80], [0xec, 0xbf, 0xbf], [0xed, 0x9f, 0xbf],
  [0xee, 0x80, 0x80], [0xef, 0xbf, 0xbf], [0xf0, 0x90, 0x80, 0x80], [0xf3, 0xbf, 0xbf, 0xbf], [0xf4, 0x8f, 0xbf, 0xbf],
]

private let malformed: [[UInt8]] = [
  [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xc2, 0x41], [0xc2, 0xc2], [0xe0, 0x9f, 0xbf], [0xe0, 0xa0],
  [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xef, 0xbf], [0xf0, 0x8f, 0xbf, 0xbf], [0xf0, 0x90, 0x80],
  [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff], [0xe1, 0x80, 0xc0], [0xf1, 0x80, 0x80, 0x7f],
]

@Suite struct UTF8ValidatorTests {
  @Test("accepts the first and last character of every length and range, cut anywhere", arguments: wellFormed)
  func wellFormedText(bytes: [UInt8]) {
    for pieces in cuts(of: bytes) { #expect(accepts(pieces)) }
  }

  @Test("refuses overlong forms, surrogates, what is above U+10FFFF, and halves, cut anywhere", arguments: malformed)
  func malformedText(bytes: [UInt8]) {
    for pieces in cuts(of: bytes) { #expect(!accepts(pieces)) }
  }

  @Test("finds a wrong byte at every position of a long text", arguments: 0..<100)
  func position(index: Int) {
    var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 100)
    bytes[index] = 0xff
    #expect(!accepts([bytes]))
  }

  @Test("agrees with the standard library on random and mutated text")
  func agreement() {
    var generator = SplitMix64(seed: 7)
    let text = Array("Fünf Mäuse – 五隻老鼠 – 🐭🐭🐭 and a good deal of plain ASCII around them".utf8)
    for round in 0..<5_000 {
      let bytes = round % 2 == 0 ? text.mutated(by: &generator) : .random(count: round % 7, using: &generator)
      let expected = String(validating: bytes, as: UTF8.self) != nil
      #expect(accepts([bytes]) == expected)
      #expect(accepts(bytes.pieces(by: &generator)) == expected)
    }
  }
}
