import Glibc

/// Takes the lines of a head, of trailers and of the framing of chunks off the input, each without its CRLF.
///
/// Only a line that arrives in pieces is kept.
struct HTTPLines: Sendable {
  /// Taken since the section began, as far as the head or the trailers or a chunk's size are one.
  private(set) var bytesOfSection = 0
  private var partial: [UInt8] = []
  private var joined: [UInt8] = []

  mutating func begin() {
    bytesOfSection = 0
    if !partial.isEmpty { partial = [] }
  }

  mutating func beginSection() { bytesOfSection = 0 }

  /// The next line: in the input where it lies there whole, otherwise in memory that holds until the line after it. Nil
  /// where the input ends before.
  mutating func next(
    _ input: inout UnsafeRawBufferPointer, within limits: borrowing HTTPLimits
  ) throws(HTTPViolation) -> UnsafeRawBufferPointer? {
    guard let base = input.baseAddress, input.count > 0 else { return nil }
    let end = memchr(base, 0x0A, min(input.count, limits.lineBytes + 1))
    let taken = end.map { UnsafeRawPointer($0) - base + 1 } ?? input.count
    bytesOfSection += taken
    guard bytesOfSection <= limits.headBytes else { throw .headTooLarge(limit: limits.headBytes) }
    guard partial.count + taken <= limits.lineBytes else { throw .lineTooLong(limit: limits.lineBytes) }
    let piece = UnsafeRawBufferPointer(start: base, count: taken)
    input = UnsafeRawBufferPointer(start: base + taken, count: input.count - taken)
    guard end != nil else {
      partial.append(contentsOf: piece)
      return nil
    }
    if partial.isEmpty { return try withoutEnding(piece) }
    partial.append(contentsOf: piece)
    // The storage of an array of bytes stays where it is for as long as `joined` holds it unchanged.
    joined = partial
    partial = []
    return try withoutEnding(joined.withUnsafeBytes { $0 })
  }

  private func withoutEnding(_ line: UnsafeRawBufferPointer) throws(HTTPViolation) -> UnsafeRawBufferPointer {
    guard line.count >= 2, line[line.count - 2] == 0x0D else { throw .bareLineFeed }
    let content = UnsafeRawBufferPointer(start: line.baseAddress, count: line.count - 2)
    if content.isEmpty { return content }
    // No line of a head, of trailers or of chunk framing may have one: RFC 9110, section 5.5; RFC 9112, sections 4 and 7.1.
    if let control = firstControl(in: content) {
      throw control == 0x0D ? .bareCarriageReturn : .controlByte(control)
    }
    return content
  }
}
