import Glibc

/// The bytes of the head that was read last. Most servers send the same head again until their clock moves on by a second,
/// and what has the same bytes has the same meaning, so that it need not be read again.
struct KnownHead: Sendable {
  /// More than usual heads have; a longer one is read each time.
  static let limit = 1024

  private var bytes: [UInt8] = []

  var count: Int { bytes.count }

  mutating func forget() {
    bytes.removeAll(keepingCapacity: true)
  }

  mutating func keep(_ head: UnsafeRawBufferPointer) {
    forget()
    if head.count <= KnownHead.limit { bytes.append(contentsOf: head) }
  }

  /// Whether the input begins with it; never where no head is kept.
  @inline(__always)
  func isStart(of input: UnsafeRawBufferPointer) -> Bool {
    guard let base = input.baseAddress, !bytes.isEmpty, bytes.count <= input.count else { return false }
    return bytes.withUnsafeBytes { memcmp($0.baseAddress!, base, $0.count) == 0 }
  }
}
