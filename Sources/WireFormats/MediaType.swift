import Glibc

/// The `content-type` of a right answer (RFC 9110, section 8.3), such as `text/plain` in UTF-8.
public struct MediaType: Equatable, Sendable, CustomStringConvertible {
  /// What is said of the encoding of its text. There is no other parameter.
  public enum Charset: Equatable, Sendable, BitwiseCopyable {
    /// `charset=utf-8` stands there.
    case utf8
    /// It may stand there.
    case utf8OrNone
    /// It is no text.
    case none
  }

  /// `type/subtype`
  public var name: String
  public var charset: Charset

  public init(_ name: String, charset: Charset) {
    self.name = name
    self.charset = charset
  }

  public var description: String { charset == .utf8 ? "\(name); charset=utf-8" : name }
}

/// Whether a value is this media type, however it is spelled: names in any case, blanks around a semicolon, quotation
/// marks around UTF-8.
private func isSpelled(
  _ value: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer, _ charset: MediaType.Charset
) -> Bool {
  guard let base = value.baseAddress, let expected = name.baseAddress, value.count >= name.count else { return false }
  let letters = (base.assumingMemoryBound(to: CChar.self), expected.assumingMemoryBound(to: CChar.self))
  guard strncasecmp(letters.0, letters.1, name.count) == 0 else { return false }
  let usual: StaticString = "; charset=utf-8"
  let rest = UnsafeRawBufferPointer(start: base + name.count, count: value.count - name.count)
  if rest.isEmpty { return charset != .utf8 }
  let isUsual = rest.count == usual.utf8CodeUnitCount && memcmp(rest.baseAddress!, usual.utf8Start, rest.count) == 0
  return isUsual || isCharsetUTF8(rest) ? charset != .none : false
}

/// `OWS ";" OWS charset=utf-8` and nothing else (RFC 9110, section 5.6.6).
private func isCharsetUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
  var rest = bytes.drop(while: isBlank)
  guard rest.popFirst() == UInt8(ascii: ";") else { return false }
  let parameter = UnsafeRawBufferPointer(rebasing: rest.drop(while: isBlank))
  return equalsIgnoringCase(parameter, "charset=utf-8") || equalsIgnoringCase(parameter, "charset=\"utf-8\"")
}

/// The value of a field, kept longer than its line; of several fields the values joined by commas (RFC 9110, section
/// 5.3). A usual one is kept in place, because every response has it.
struct KeptValue: Sendable {
  private static let roomInPlace = 40
  /// More of one field is of no interest: what expected values are compared with, and a message shows.
  private static let limit = 200

  private(set) var isPresent = false
  private var inPlace: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
  private var count = 0
  /// Not empty where there is more than has room.
  private var long: [UInt8] = []

  mutating func forget() {
    isPresent = false
    count = 0
    if !long.isEmpty { long = [] }
  }

  mutating func add(_ value: UnsafeRawBufferPointer) {
    guard !isPresent, value.count <= KeptValue.roomInPlace else { return addLong(value) }
    isPresent = true
    count = value.count
    withUnsafeMutableBytes(of: &inPlace) { $0.copyMemory(from: value) }
  }

  private mutating func addLong(_ value: UnsafeRawBufferPointer) {
    if isPresent { long = bytes + Array(", ".utf8) }
    isPresent = true
    long += value.prefix(KeptValue.limit)
    if value.count > KeptValue.limit { long += Array("…".utf8) }
  }

  private var bytes: [UInt8] { long.isEmpty ? withUnsafeBytes(of: inPlace) { Array($0.prefix(count)) } : long }

  func isMediaType(_ name: UnsafeRawBufferPointer, _ charset: MediaType.Charset) -> Bool {
    guard long.isEmpty else { return long.withUnsafeBytes { isSpelled($0, name, charset) } }
    return withUnsafeBytes(of: inPlace) {
      isSpelled(UnsafeRawBufferPointer(rebasing: $0[..<count]), name, charset)
    }
  }

  /// As a message shows it; nil where there was no such field.
  var shown: String? { isPresent ? String(decoding: bytes, as: UTF8.self) : nil }
}
