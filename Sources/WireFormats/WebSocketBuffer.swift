import Glibc

/// Bytes of a message that arrived in pieces, at an address that holds until more are appended.
///
/// Owns memory of malloc(3), taken when the first byte is appended and doubled when it is full. An array would do,
/// but it gives no pointer that outlives a closure, and the receiver hands out pointers.
struct WebSocketBuffer: ~Copyable {
  private var base: UnsafeMutableRawPointer?
  private var capacity = 0
  private(set) var count = 0

  init() {}

  deinit {
    free(base)
  }

  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base, count: count)
  }

  mutating func append(_ piece: UnsafeRawBufferPointer) {
    guard let start = piece.baseAddress, piece.count > 0 else { return }
    if count + piece.count > capacity { grow(to: count + piece.count) }
    memcpy(base! + count, start, piece.count)
    count += piece.count
  }

  /// Forgets the bytes and keeps the memory for the next message.
  mutating func clear() {
    count = 0
  }

  /// Gives the memory back.
  mutating func release() {
    free(base)
    base = nil
    capacity = 0
    count = 0
  }

  private mutating func grow(to needed: Int) {
    capacity = max(needed, capacity * 2, 256)
    guard let grown = realloc(base, capacity) else { fatalError("out of memory for a message of \(needed) bytes") }
    base = grown
  }
}
