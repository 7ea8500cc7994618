import Glibc
import Text

/// What the lines of a response's head say, as far as its framing and the meaning of its body depend on it.
struct HTTPResponseHead: Sendable {
  private(set) var status = 0
  private(set) var contentType = KeptValue()
  private(set) var contentEncoding = KeptValue()
  private var isHTTP10 = false
  private var contentLength: UInt64?
  private var isChunked = false
  private var saysClose = false
  private var saysKeepAlive = false

  /// How the body is told from what follows it.
  enum Framing {
    case none
    case length(UInt64)
    case chunked
    case untilClose
  }

  mutating func begin() {
    status = 0
    isHTTP10 = false
    contentLength = nil
    isChunked = false
    saysClose = false
    saysKeepAlive = false
    contentType.forget()
    contentEncoding.forget()
  }

  /// A field line taken apart. Both lie where the line lies.
  struct FieldLine {
    var name: UnsafeRawBufferPointer
    var value: UnsafeRawBufferPointer

    init(_ line: UnsafeRawBufferPointer) throws(HTTPViolation) {
      let length = tokenLength(of: line)
      guard length > 0, length < line.count, line[length] == UInt8(ascii: ":") else {
        throw .fieldLine(shown(line))
      }
      name = UnsafeRawBufferPointer(rebasing: line[..<length])
      value = trimmed(UnsafeRawBufferPointer(rebasing: line[(length + 1)...]))
    }
  }

  /// `HTTP/1.1 200 OK`. The reason may be missing, and so may the space before it: servers differ, and nothing depends
  /// on it.
  mutating func readStatusLine(_ line: UnsafeRawBufferPointer) throws(HTTPViolation) {
    guard line.count >= 12, memcmp(line.baseAddress!, "HTTP/1.", 7) == 0 else { throw .statusLine(shown(line)) }
    switch line[7] {
    case UInt8(ascii: "1"): isHTTP10 = false
    case UInt8(ascii: "0"): isHTTP10 = true
    default: throw .statusLine(shown(line))
    }
    var code = 0
    for offset in 9..<12 {
      guard isDigit(line[offset]) else { throw .statusLine(shown(line)) }
      code = code * 10 + Int(line[offset] &- 0x30)
    }
    let space = UInt8(ascii: " ")
    guard line[8] == space, line.count == 12 || line[12] == space, (100...599).contains(code) else {
      throw .statusLine(shown(line))
    }
    status = code
  }

  mutating func read(_ field: FieldLine) throws(HTTPViolation) {
    switch field.name.count {
    case 10 where equalsIgnoringCase(field.name, "connection"): readConnection(field.value)
    case 12 where equalsIgnoringCase(field.name, "content-type"): contentType.add(field.value)
    case 14 where equalsIgnoringCase(field.name, "content-length"): try readContentLength(field.value)
    case 16 where equalsIgnoringCase(field.name, "content-encoding"): contentEncoding.add(field.value)
    case 17 where equalsIgnoringCase(field.name, "transfer-encoding"): try readTransferEncoding(field.value)
    default: break
    }
  }

  private mutating func readConnection(_ value: UnsafeRawBufferPointer) {
    forEachListMember(of: value) { member in
      if equalsIgnoringCase(member, "close") { saysClose = true }
      if equalsIgnoringCase(member, "keep-alive") { saysKeepAlive = true }
    }
  }

  private mutating func readContentLength(_ value: UnsafeRawBufferPointer) throws(HTTPViolation) {
    // A second one is refused even where it says the same: RFC 9110, section 8.6 allows that.
    guard contentLength == nil else { throw .contentLength("a second one, \(quoted(value))") }
    guard !value.isEmpty else { throw .contentLength("") }
    var length: UInt64 = 0
    for byte in value {
      // Any number of leading zeros is allowed, so that the value tells what is too much and not the number of digits.
      guard isDigit(byte), length <= (.max - 9) / 10 else { throw .contentLength(quoted(value)) }
      length = length * 10 + UInt64(byte &- 0x30)
    }
    contentLength = length
  }

  private mutating func readTransferEncoding(_ value: UnsafeRawBufferPointer) throws(HTTPViolation) {
    guard !isChunked else { throw .transferEncoding("said twice") }
    guard equalsIgnoringCase(value, "chunked") else { throw .transferEncoding("'\(quoted(value))'") }
    isChunked = true
  }

  private func quoted(_ value: UnsafeRawBufferPointer) -> String { String(visible: value.prefix(40)) }

  /// Whether another response follows, which is the real one. 101 is the last one on its connection that is HTTP.
  var isInterim: Bool { status < 200 && status != 101 }

  /// What the fields say of the connection (RFC 9112, section 9.3).
  var keepsAlive: Bool { !saysClose && (!isHTTP10 || saysKeepAlive) }

  /// RFC 9112, section 6.3. Inlined, so that not the whole head is copied for a few of its values.
  @inline(__always)
  func framing(answeringHead: Bool) throws(HTTPViolation) -> Framing {
    if isChunked, contentLength != nil || isHTTP10 {
      throw .transferEncoding("beside a content-length or in HTTP/1.0")
    }
    if answeringHead || status == 204 || status == 304 || status == 101 { return .none }
    if isChunked { return .chunked }
    return contentLength.map(Framing.length) ?? .untilClose
  }
}

/// A line as a message quotes it.
func shown(_ line: UnsafeRawBufferPointer) -> String { String(visible: line.prefix(80)) }
