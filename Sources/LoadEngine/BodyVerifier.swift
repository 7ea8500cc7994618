import Glibc

/// Compares a body with what is expected while it arrives, without keeping it.
///
/// A pure value over memory that a `CompiledLoad` owns. Where two bodies are right, it compares with both at once.
struct BodyVerifier {
  enum PieceKind: UInt8 {
    case anything, literal, json, digits
  }

  struct Piece {
    var kind: PieceKind
    var bytes: UnsafeRawBufferPointer
  }

  private var first = PiecesVerifier()
  private var other = PiecesVerifier()
  private var hasOther = false

  /// The offset of the first byte that is right in no body; nil while all is as expected.
  var mismatch: Int? {
    guard hasOther else { return first.mismatch }
    guard let offset = first.mismatch, let otherOffset = other.mismatch else { return nil }
    return max(offset, otherOffset)
  }

  mutating func begin(_ pieces: UnsafeBufferPointer<Piece>, or otherPieces: UnsafeBufferPointer<Piece>? = nil) {
    first.begin(pieces)
    hasOther = otherPieces != nil
    if let otherPieces { other.begin(otherPieces) }
  }

  mutating func consume(_ bytes: UnsafeRawBufferPointer) {
    first.consume(bytes)
    if hasOther { other.consume(bytes) }
  }

  /// Whether the body that has now ended was all that was expected.
  mutating func isSatisfied() -> Bool {
    let isFirst = first.isSatisfied()
    return hasOther ? other.isSatisfied() || isFirst : isFirst
  }
}

/// Compares with one body. It stops at the first difference and remembers where that was.
private struct PiecesVerifier {
  /// The offset of the first byte that differs; nil while all is as expected.
  private(set) var mismatch: Int?

  private var pieces = UnsafeBufferPointer<BodyVerifier.Piece>(start: nil, count: 0)
  private var index = 0
  private var offset = 0
  private var consumed = 0
  private var json = JSONText()

  mutating func begin(_ pieces: UnsafeBufferPointer<BodyVerifier.Piece>) {
    self.pieces = pieces
    index = 0
    offset = 0
    consumed = 0
    json = JSONText()
    mismatch = nil
  }

  mutating func consume(_ bytes: UnsafeRawBufferPointer) {
    guard mismatch == nil else { return }
    var position = 0
    while position < bytes.count {
      guard index < pieces.count else { return differ(at: position) }
      let rest = UnsafeRawBufferPointer(start: bytes.baseAddress! + position, count: bytes.count - position)
      switch pieces[index].kind {
      case .anything: position = bytes.count
      case .literal: position += literal(rest, pieces[index].bytes)
      case .json: position += json(rest, pieces[index].bytes)
      case .digits: position += digits(rest)
      }
      if mismatch != nil { return differ(at: position) }
    }
    consumed += bytes.count
  }

  /// Whether the body that has now ended was all that was expected.
  mutating func isSatisfied() -> Bool {
    guard mismatch == nil else { return false }
    if index < pieces.count, pieces[index].kind == .digits, offset > 0 { advance() }
    let isComplete =
      index >= pieces.count || pieces[index].kind == .anything
      || (offset == pieces[index].bytes.count && pieces[index].kind != .digits && index == pieces.count - 1)
    if !isComplete { mismatch = consumed }
    return isComplete
  }

  private mutating func differ(at position: Int) {
    mismatch = consumed + position
  }

  private mutating func advance() {
    index += 1
    offset = 0
  }

  private mutating func literal(_ bytes: UnsafeRawBufferPointer, _ expected: UnsafeRawBufferPointer) -> Int {
    let count = min(bytes.count, expected.count - offset)
    if memcmp(bytes.baseAddress!, expected.baseAddress! + offset, count) != 0 {
      mismatch = 0
      return (0..<count).first { bytes[$0] != expected[offset + $0] } ?? 0
    }
    offset += count
    if offset == expected.count { advance() }
    return count
  }

  private mutating func digits(_ bytes: UnsafeRawBufferPointer) -> Int {
    var count = 0
    while count < bytes.count, bytes[count] &- 0x30 <= 9 { count += 1 }
    offset += count
    if offset > 19 || (offset == 0 && count < bytes.count) {
      mismatch = 0
      return min(count, bytes.count - 1)
    }
    if count < bytes.count { advance() }
    return count
  }

  private mutating func json(_ bytes: UnsafeRawBufferPointer, _ expected: UnsafeRawBufferPointer) -> Int {
    for position in 0..<bytes.count {
      let byte = bytes[position]
      if json.isBetweenStrings, isJSONSpace(byte) {
        // Between tokens it may be anywhere, and within one nowhere: 1 2 is not 12.
        guard offset > 0, offset < expected.count, isScalarByte(expected[offset - 1]), isScalarByte(expected[offset])
        else { continue }
        mismatch = 0
        return position
      }
      guard offset < expected.count, expected[offset] == byte else {
        mismatch = 0
        return position
      }
      offset += 1
      json.take(byte)
    }
    return bytes.count
  }
}

/// Where in a JSON text a byte stands: within a string all bytes count.
private struct JSONText {
  private(set) var isBetweenStrings = true
  private var isEscaped = false

  @inline(__always)
  mutating func take(_ byte: UInt8) {
    if isEscaped {
      isEscaped = false
    } else if byte == UInt8(ascii: "\"") {
      isBetweenStrings.toggle()
    } else if byte == UInt8(ascii: "\\") {
      isEscaped = !isBetweenStrings
    }
  }
}

@inline(__always)
private func isJSONSpace(_ byte: UInt8) -> Bool {
  byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
}

/// Whether the byte is one of a number, of true, false or null.
@inline(__always)
private func isScalarByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"): false
  case UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "\""): false
  default: true
  }
}

/// The JSON text without the white space between its tokens. Where it stands between two numbers or words, which JSON does
/// not have, one blank is left of it: the text does not become another one.
func withoutJSONSpace(_ text: [UInt8]) -> [UInt8] {
  var kept: [UInt8] = []
  kept.reserveCapacity(text.count)
  var json = JSONText()
  var isAfterSpace = false
  for byte in text {
    if json.isBetweenStrings, isJSONSpace(byte) {
      isAfterSpace = true
      continue
    }
    if isAfterSpace, let last = kept.last, isScalarByte(last), isScalarByte(byte), json.isBetweenStrings {
      kept.append(UInt8(ascii: " "))
    }
    isAfterSpace = false
    kept.append(byte)
    json.take(byte)
  }
  return kept
}
