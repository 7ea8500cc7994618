import Glibc

// The small rules of RFC 9110, section 5.6 that the parser is made of.

/// Whether a byte may stand in a field name (`tchar`, RFC 9110, section 5.6.2).
@inline(__always)
func isTokenByte(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x61...0x7A, 0x41...0x5A, 0x30...0x39: true
  case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
  default: false
  }
}

@inline(__always)
func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }

@inline(__always)
func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

/// The text with its control characters spelled out, for a message that is one line.
package func onOneLine(_ text: some StringProtocol) -> String {
  text.unicodeScalars.reduce(into: "") { line, scalar in
    let isControl = scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
    line += isControl ? scalar.escaped(asASCII: true) : String(scalar)
  }
}

@inline(__always)
func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x41 + 10
  case 0x61...0x66: byte - 0x61 + 10
  default: nil
  }
}

@inline(__always)
func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

/// The bytes without optional white space around them (`OWS`, RFC 9110, section 5.6.3).
func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
  var start = 0
  var end = bytes.count
  while start < end, isBlank(bytes[start]) { start += 1 }
  while end > start, isBlank(bytes[end - 1]) { end -= 1 }
  return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
}

/// Compares with a lower-case ASCII literal.
func equalsIgnoringCase(_ bytes: UnsafeRawBufferPointer, _ literal: StaticString) -> Bool {
  guard let base = bytes.baseAddress, bytes.count == literal.utf8CodeUnitCount else {
    return bytes.count == literal.utf8CodeUnitCount
  }
  return strncasecmp(base.assumingMemoryBound(to: CChar.self), literal.utf8Start, bytes.count) == 0
}

/// Calls `body` with each member of a comma-separated list (RFC 9110, section 5.6.1).
func forEachListMember(of value: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
  var rest = value
  while !rest.isEmpty {
    let comma = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.count
    let member = trimmed(UnsafeRawBufferPointer(rebasing: rest[..<comma]))
    if !member.isEmpty { body(member) }
    rest = UnsafeRawBufferPointer(rebasing: rest[min(comma + 1, rest.count)...])
  }
}
