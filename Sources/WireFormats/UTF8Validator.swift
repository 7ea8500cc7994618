/// Checks that bytes arriving in pieces are UTF-8, whatever the places where they are cut.
///
/// Source: The Unicode Standard, table 3-7 "Well-Formed UTF-8 Byte Sequences": no overlong forms, no surrogates,
/// nothing above U+10FFFF. Text from servers is mostly ASCII, which passes 32 bytes at a time.
struct UTF8Validator: Sendable {
  /// Continuation bytes that the character begun last still needs.
  private var missing: UInt8 = 0
  /// The range of the next continuation byte; narrower than 0x80…0xBF only after certain first bytes.
  private var lowest: UInt8 = 0x80
  private var highest: UInt8 = 0xbf

  init() {}

  /// True where the bytes so far end with a whole character.
  var isComplete: Bool { missing == 0 }

  /// Takes the next bytes; false as soon as they cannot be part of any UTF-8 text, after which nothing else counts.
  mutating func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    let count = bytes.count
    var offset = 0
    while offset < count {
      if missing == 0 {
        offset = Self.endOfASCII(base, from: offset, count: count)
        guard offset < count else { return true }
        guard begin(base.load(fromByteOffset: offset, as: UInt8.self)) else { return false }
      } else {
        let byte = base.load(fromByteOffset: offset, as: UInt8.self)
        guard byte >= lowest, byte <= highest else { return false }
        missing &-= 1
        lowest = 0x80
        highest = 0xbf
      }
      offset &+= 1
    }
    return true
  }

  /// The offset of the first byte that is not ASCII, or `count`.
  @inline(__always)
  private static func endOfASCII(_ base: UnsafeRawPointer, from start: Int, count: Int) -> Int {
    let highBits: UInt64 = 0x8080_8080_8080_8080
    var offset = start
    while offset &+ 32 <= count {
      let first = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      let second = base.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self)
      let third = base.loadUnaligned(fromByteOffset: offset &+ 16, as: UInt64.self)
      let fourth = base.loadUnaligned(fromByteOffset: offset &+ 24, as: UInt64.self)
      guard (first | second | third | fourth) & highBits == 0 else { break }
      offset &+= 32
    }
    while offset &+ 8 <= count {
      guard base.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & highBits == 0 else { break }
      offset &+= 8
    }
    while offset < count, base.load(fromByteOffset: offset, as: UInt8.self) < 0x80 { offset &+= 1 }
    return offset
  }

  /// Takes the first byte of a character of two to four bytes.
  @inline(__always)
  private mutating func begin(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xc2...0xdf: missing = 1
    case 0xe0: (missing, lowest) = (2, 0xa0)
    case 0xed: (missing, highest) = (2, 0x9f)
    case 0xe1...0xef: missing = 2
    case 0xf0: (missing, lowest) = (3, 0x90)
    case 0xf1...0xf3: missing = 3
    case 0xf4: (missing, highest) = (3, 0x8f)
    default: return false
    }
    return true
  }
}
