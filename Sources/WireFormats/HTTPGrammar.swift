import Glibc

// The small rules of RFC 9110, sections 5.5 and 5.6, that the parser is made of.

/// Whether a byte may stand in a field name (`tchar`, RFC 9110, section 5.6.2).
@inline(__always)
func isTokenByte(_ byte: UInt8) -> Bool {
  // A bit for each byte from 0x00 to 0x3F, and from 0x40 to 0x7F: !#$%&'*+-.0-9 and A-Z^_`a-z|~
  let half: UInt64 = byte < 0x40 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
  return byte < 0x80 && half &>> UInt64(byte & 0x3F) & 1 == 1
}

/// How many bytes at the front are a token. In one call, because files are compiled one by one: across them, a call for
/// each byte stays one.
func tokenLength(of bytes: UnsafeRawBufferPointer) -> Int {
  var length = 0
  while length < bytes.count, isTokenByte(bytes[length]) { length &+= 1 }
  return length
}

@inline(__always)
func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }

@inline(__always)
func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

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

/// The first byte that no field value, reason phrase, quoted string or token may have: a control other than HTAB.
/// Bytes from 0x80 on are allowed (`obs-text`, RFC 9110, section 5.5).
///
/// Eight bytes at a time, because every line of every response passes here.
func firstControl(in bytes: UnsafeRawBufferPointer) -> UInt8? {
  guard let base = bytes.baseAddress else { return nil }
  let last = bytes.count &- 8
  if last >= 0 {
    var offset = 0
    while offset < last, !mayHaveControl(base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) { offset &+= 8 }
    // The last eight may overlap with those before.
    let isClean = offset >= last && !mayHaveControl(base.loadUnaligned(fromByteOffset: last, as: UInt64.self))
    if isClean { return nil }
  }
  for offset in 0..<bytes.count {
    let byte = base.load(fromByteOffset: offset, as: UInt8.self)
    if isControl(byte) { return byte }
  }
  return nil
}

@inline(__always)
private func isControl(_ byte: UInt8) -> Bool { (byte < 0x20 && byte != 0x09) || byte == 0x7F }

/// Whether one of eight bytes is below 0x20, HTAB included, or is 0x7F: in those the highest bit of a byte is 0 before and
/// 1 after the subtraction. A borrow only goes on from a byte for which that is so.
@inline(__always)
private func mayHaveControl(_ eight: UInt64) -> Bool {
  let each: UInt64 = 0x0101_0101_0101_0101
  let low = (eight &- each &* 0x20) & ~eight
  let delete = eight ^ (each &* 0x7F)
  return (low | ((delete &- each) & ~delete)) & (each &* 0x80) != 0
}

/// `*( BWS ";" BWS name [ BWS "=" BWS value ] )`, the value a token or a quoted string (RFC 9112, section 7.1.1).
/// Blanks at the end are none of it.
func areChunkExtensions(_ bytes: UnsafeRawBufferPointer) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    rest = rest.drop(while: isBlank)
    guard rest.popFirst() == UInt8(ascii: ";") else { return false }
    rest = rest.drop(while: isBlank)
    guard takeToken(&rest) else { return false }
    let value = rest.drop(while: isBlank)
    guard value.first == UInt8(ascii: "=") else { continue }
    rest = value.dropFirst().drop(while: isBlank)
    guard rest.first == UInt8(ascii: "\"") ? takeQuotedString(&rest) : takeToken(&rest) else { return false }
  }
  return true
}

private func takeToken(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Bool {
  let length = tokenLength(of: UnsafeRawBufferPointer(rebasing: rest))
  rest = rest.dropFirst(length)
  return length > 0
}

/// From one quotation mark to the next that no backslash stands before (RFC 9110, section 5.6.4).
private func takeQuotedString(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Bool {
  rest.removeFirst()
  while let byte = rest.popFirst() {
    if byte == UInt8(ascii: "\"") { return true }
    if byte == UInt8(ascii: "\\"), rest.popFirst() == nil { return false }
  }
  return false
}
