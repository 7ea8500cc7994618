import Foundation

/// A short name for contents: FNV-1a with 64 bits. It tells apart what was changed by accident, and is no
/// protection against malice. Source: Fowler, Noll and Vo.
struct Fingerprint {
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  var text: String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  mutating func add(_ text: String) {
    add(Array(text.utf8))
  }

  /// Adds the bytes and their number, so that two pieces are not taken for one.
  mutating func add(_ bytes: some Collection<UInt8>) {
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

  /// Adds every file below a folder with its path, except what Python and editors leave there.
  mutating func add(folder: String) {
    let paths = (FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []).sorted()
    for path in paths {
      let parts = path.split(separator: "/")
      guard !parts.contains(where: { $0.hasPrefix(".") || $0 == "__pycache__" }), !path.hasSuffix(".pyc") else {
        continue
      }
      guard let contents = FileManager.default.contents(atPath: folder + "/" + path) else { continue }
      add(path)
      contents.withUnsafeBytes { add($0) }
    }
  }
}
