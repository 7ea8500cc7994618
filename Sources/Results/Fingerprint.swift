/// A short name for contents: FNV-1a with 64 bits. It tells apart what was changed by accident, and is no
/// protection against malice. Source: Fowler, Noll and Vo.
package struct Fingerprint {
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  package init() {}

  package var text: String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  package mutating func add(_ text: String) {
    add(Array(text.utf8))
  }

  /// Adds the bytes and their number, so that two pieces are not taken for one.
  package mutating func add(_ bytes: some Collection<UInt8>) {
    for byte in bytes {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    var count = bytes.count
    while count > 0 {
      hash = (hash ^ UInt64(count & 0xff)) &* 0x0000_0100_0000_01b3
      count >>= 8
    }
    hash = (hash ^ 0xff) &* 0x0000_0100_0000_01b3
  }
}
