import Glibc
import Text

/// Reads HTTP/1.1 responses as they arrive, in pieces of any size.
///
/// A pure value: bytes in, events out. It is strict, because a measuring client must notice what a
/// forgiving one repairs. Lines end in CRLF; a field line is `name:value` with no space before the colon
/// and no folding; a body has exactly one framing. Source: RFC 9112 (sections 2, 4, 5, 6, 7), RFC 9110
/// (sections 6.4.1, 8.6, 15.2).
///
/// Memory is bounded by `HTTPLimits`: only a line that arrives in pieces is kept, never a body.
public struct HTTPResponseParser: Sendable {
  public let limits: HTTPLimits
  /// Keeps every field in `fields`. Off under load, where nobody reads them.
  public let collectsFields: Bool

  /// Valid from the `.head` event on, until the next `begin`.
  public private(set) var status = 0
  public private(set) var fields: [HTTPField] = []
  /// Whether the connection can carry another exchange after this response (RFC 9112, section 9.3).
  public private(set) var keepsAlive = true
  /// Chunks received in full. Zero for a body with another framing.
  public private(set) var chunks = 0
  /// Body bytes received, without the framing.
  public private(set) var bodyBytes: UInt64 = 0

  private var state = State.done
  private var requestWasHead = false
  private var head = HeadFacts()
  private var headBytes = 0
  private var fieldCount = 0
  private var informational = 0
  private var partialLine: [UInt8] = []
  private var joinedLine: [UInt8] = []

  public init(limits: HTTPLimits = HTTPLimits(), collectsFields: Bool = false) {
    self.limits = limits
    self.collectsFields = collectsFields
  }

  private enum State: Equatable {
    case statusLine
    case fieldLine
    case fixed(remaining: UInt64)
    case chunkSize
    case chunkData(remaining: UInt64)
    case chunkEnd
    case trailer
    case untilClose
    case done
  }

  /// Prepares for the response to a new request on the same connection.
  public mutating func begin(answeringHead: Bool = false) {
    state = .statusLine
    requestWasHead = answeringHead
    informational = 0
    beginHead()
  }

  private mutating func beginHead() {
    head = HeadFacts()
    headBytes = 0
    fieldCount = 0
    chunks = 0
    bodyBytes = 0
    keepsAlive = true
    if !partialLine.isEmpty { partialLine = [] }
    if collectsFields { fields.removeAll() }
  }

  /// Whether a byte of the current response has arrived.
  public var hasBegun: Bool {
    switch state {
    case .statusLine: headBytes > 0 || !partialLine.isEmpty || informational > 0
    case .fieldLine, .fixed, .chunkSize, .chunkData, .chunkEnd, .trailer, .untilClose, .done: true
    }
  }

  public var isDone: Bool { state == .done }

  /// The bytes of the body that are still to come, where its length was said beforehand and its head has been read.
  var fixedRest: UInt64? {
    if case .fixed(let remaining) = state { return remaining }
    return nil
  }

  /// Takes bytes off the front of `input` up to the next event.
  ///
  /// - Returns: nil when all input is consumed and nothing is complete. The bytes of `.body` lie in `input`.
  ///   After `.end` nothing is consumed until `begin`: what is left in `input` was not asked for.
  public mutating func next(_ input: inout UnsafeRawBufferPointer) throws(HTTPViolation) -> HTTPEvent? {
    while true {
      switch state {
      case .statusLine:
        guard let line = try nextLine(&input) else { return nil }
        try readStatusLine(line)
        state = .fieldLine
      case .fieldLine:
        guard let line = try nextLine(&input) else { return nil }
        if line.length > 0 {
          try readFieldLine(line, isTrailer: false)
        } else if try endHead() {
          return .head
        }
      case .fixed(let remaining):
        if remaining == 0 {
          state = .done
          return .end
        }
        guard let body = take(remaining, from: &input) else { return nil }
        state = .fixed(remaining: remaining &- UInt64(body.count))
        return .body(body)
      case .chunkSize:
        guard let line = try nextLine(&input) else { return nil }
        let size = try readChunkSize(line)
        guard size <= limits.bodyBytes &- bodyBytes else { throw .bodyTooLarge(limit: limits.bodyBytes) }
        headBytes = 0
        state = size == 0 ? .trailer : .chunkData(remaining: size)
      case .chunkData(let remaining):
        guard let body = take(remaining, from: &input) else { return nil }
        let left = remaining &- UInt64(body.count)
        state = left == 0 ? .chunkEnd : .chunkData(remaining: left)
        return .body(body)
      case .chunkEnd:
        guard let line = try nextLine(&input) else { return nil }
        guard line.length == 0 else { throw .chunkNotEnded }
        chunks += 1
        headBytes = 0
        state = .chunkSize
      case .trailer:
        guard let line = try nextLine(&input) else { return nil }
        if line.length == 0 {
          state = .done
          return .end
        }
        try readFieldLine(line, isTrailer: true)
      case .untilClose:
        guard !input.isEmpty else { return nil }
        guard bodyBytes &+ UInt64(input.count) <= limits.bodyBytes else { throw .bodyTooLarge(limit: limits.bodyBytes) }
        guard let body = take(.max, from: &input) else { return nil }
        return .body(body)
      case .done:
        return nil
      }
    }
  }

  /// Tells the parser that the peer has closed its side.
  ///
  /// - Returns: true where that is how this response ends, false where it is cut short.
  public mutating func inputEnded() -> Bool {
    switch state {
    case .untilClose:
      state = .done
      return true
    case .done:
      return true
    case .statusLine, .fieldLine, .fixed, .chunkSize, .chunkData, .chunkEnd, .trailer:
      return false
    }
  }

  private mutating func take(_ most: UInt64, from input: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard !input.isEmpty else { return nil }
    let count = Int(min(most, UInt64(input.count)))
    let body = UnsafeRawBufferPointer(start: input.baseAddress, count: count)
    input = UnsafeRawBufferPointer(rebasing: input[count...])
    bodyBytes &+= UInt64(count)
    return body
  }
}

// MARK: - Lines

extension HTTPResponseParser {
  /// A line without its CRLF: in the input where it lies there whole, otherwise in `joinedLine`.
  /// Valid until the next line is taken.
  private struct Line {
    var start: UnsafeRawPointer
    var length: Int

    func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(start: start + range.lowerBound, count: range.count)
    }

    /// The line as a message quotes it.
    var text: String { String(visible: bytes(0..<length).prefix(80)) }
  }

  private mutating func nextLine(_ input: inout UnsafeRawBufferPointer) throws(HTTPViolation) -> Line? {
    guard let base = input.baseAddress, input.count > 0 else { return nil }
    let end = memchr(base, 0x0A, min(input.count, limits.lineBytes + 1))
    let taken = end.map { UnsafeRawPointer($0) - base + 1 } ?? input.count
    headBytes += taken
    guard headBytes <= limits.headBytes else { throw .headTooLarge(limit: limits.headBytes) }
    guard partialLine.count + taken <= limits.lineBytes else { throw .lineTooLong(limit: limits.lineBytes) }
    let piece = UnsafeRawBufferPointer(start: base, count: taken)
    input = UnsafeRawBufferPointer(rebasing: input[taken...])
    guard end != nil else {
      partialLine.append(contentsOf: piece)
      return nil
    }
    if partialLine.isEmpty { return try withoutEnding(Line(start: base, length: taken)) }
    partialLine.append(contentsOf: piece)
    // The storage of an array of bytes stays where it is for as long as `joinedLine` holds it unchanged.
    joinedLine = partialLine
    partialLine = []
    let start = joinedLine.withUnsafeBytes { $0.baseAddress! }
    return try withoutEnding(Line(start: start, length: joinedLine.count))
  }

  private func withoutEnding(_ line: Line) throws(HTTPViolation) -> Line {
    guard line.length >= 2, line.start.load(fromByteOffset: line.length - 2, as: UInt8.self) == 0x0D else {
      throw .bareLineFeed
    }
    let content = Line(start: line.start, length: line.length - 2)
    if content.length == 0 { return content }
    // No line of a head, of trailers or of chunk framing may have one: RFC 9110, section 5.5; RFC 9112, sections 4 and 7.1.
    if let control = firstControl(in: content.bytes(0..<content.length)) {
      throw control == 0x0D ? .bareCarriageReturn : .controlByte(control)
    }
    return content
  }
}

// MARK: - Head

extension HTTPResponseParser {
  /// What the field lines said about the framing of the body.
  private struct HeadFacts {
    var isHTTP10 = false
    var contentLength: UInt64?
    var isChunked = false
    var hasTransferEncoding = false
    var saysClose = false
    var saysKeepAlive = false
  }

  /// `HTTP/1.1 200 OK`. The reason may be missing, and so may the space before it: servers differ, and nothing depends
  /// on it.
  private mutating func readStatusLine(_ line: Line) throws(HTTPViolation) {
    guard line.length >= 12, memcmp(line.start, "HTTP/1.", 7) == 0 else { throw .statusLine(line.text) }
    switch line.start.load(fromByteOffset: 7, as: UInt8.self) {
    case UInt8(ascii: "1"): head.isHTTP10 = false
    case UInt8(ascii: "0"): head.isHTTP10 = true
    default: throw .statusLine(line.text)
    }
    var code = 0
    for offset in 9..<12 {
      let digit = line.start.load(fromByteOffset: offset, as: UInt8.self) &- 0x30
      guard digit <= 9 else { throw .statusLine(line.text) }
      code = code * 10 + Int(digit)
    }
    let space = UInt8(ascii: " ")
    guard line.start.load(fromByteOffset: 8, as: UInt8.self) == space,
      line.length == 12 || line.start.load(fromByteOffset: 12, as: UInt8.self) == space,
      (100...599).contains(code)
    else { throw .statusLine(line.text) }
    status = code
  }

  private mutating func readFieldLine(_ line: Line, isTrailer: Bool) throws(HTTPViolation) {
    fieldCount += 1
    guard fieldCount <= limits.fields else { throw .tooManyFields(limit: limits.fields) }
    let nameLength = tokenLength(of: line.bytes(0..<line.length))
    guard nameLength > 0, nameLength < line.length,
      line.start.load(fromByteOffset: nameLength, as: UInt8.self) == UInt8(ascii: ":")
    else { throw .fieldLine(line.text) }
    let value = trimmed(line.bytes((nameLength + 1)..<line.length))
    guard !isTrailer else { return }
    if collectsFields {
      fields.append(
        HTTPField(
          String(decoding: line.bytes(0..<nameLength), as: UTF8.self), String(decoding: value, as: UTF8.self)))
    }
    let name = line.bytes(0..<nameLength)
    switch nameLength {
    case 10 where equalsIgnoringCase(name, "connection"): readConnection(value)
    case 14 where equalsIgnoringCase(name, "content-length"): try readContentLength(value)
    case 17 where equalsIgnoringCase(name, "transfer-encoding"): try readTransferEncoding(value)
    default: break
    }
  }

  private mutating func readConnection(_ value: UnsafeRawBufferPointer) {
    forEachListMember(of: value) { member in
      if equalsIgnoringCase(member, "close") { head.saysClose = true }
      if equalsIgnoringCase(member, "keep-alive") { head.saysKeepAlive = true }
    }
  }

  private mutating func readContentLength(_ value: UnsafeRawBufferPointer) throws(HTTPViolation) {
    // A second one is refused even where it says the same: RFC 9110, section 8.6 allows that.
    guard head.contentLength == nil else { throw .contentLength("a second one, \(quoted(value))") }
    guard !value.isEmpty else { throw .contentLength("") }
    var length: UInt64 = 0
    for byte in value {
      let digit = byte &- 0x30
      // Any number of leading zeros is allowed, so that the value tells what is too much and not the number of digits.
      guard digit <= 9, length <= (.max - 9) / 10 else { throw .contentLength(quoted(value)) }
      length = length * 10 + UInt64(digit)
    }
    head.contentLength = length
  }

  private mutating func readTransferEncoding(_ value: UnsafeRawBufferPointer) throws(HTTPViolation) {
    guard !head.hasTransferEncoding, equalsIgnoringCase(value, "chunked") else {
      throw .transferEncoding(quoted(value))
    }
    head.hasTransferEncoding = true
    head.isChunked = true
  }

  private func quoted(_ value: UnsafeRawBufferPointer) -> String { String(visible: value.prefix(40)) }

  /// Decides how the body is framed (RFC 9112, section 6.3).
  ///
  /// - Returns: false for an interim response, after which the real one follows.
  private mutating func endHead() throws(HTTPViolation) -> Bool {
    if status < 200, status != 101 {
      informational += 1
      guard informational <= limits.interimResponses else {
        throw .tooManyInterimResponses(limit: limits.interimResponses)
      }
      beginHead()
      state = .statusLine
      return false
    }
    if head.hasTransferEncoding, head.contentLength != nil || head.isHTTP10 {
      throw .transferEncoding("together with content-length or HTTP/1.0")
    }
    keepsAlive = !head.saysClose && (!head.isHTTP10 || head.saysKeepAlive)
    headBytes = 0
    if requestWasHead || status == 204 || status == 304 || status == 101 {
      state = .fixed(remaining: 0)
    } else if head.isChunked {
      state = .chunkSize
    } else if let length = head.contentLength {
      guard length <= limits.bodyBytes else { throw .bodyTooLarge(limit: limits.bodyBytes) }
      state = .fixed(remaining: length)
    } else {
      keepsAlive = false
      state = .untilClose
    }
    return true
  }

  /// `1A2B;name=value` (RFC 9112, section 7.1). What extensions say is read over, as the RFC asks.
  private func readChunkSize(_ line: Line) throws(HTTPViolation) -> UInt64 {
    var size: UInt64 = 0
    var digits = 0
    while digits < line.length, let digit = hexDigit(line.start.load(fromByteOffset: digits, as: UInt8.self)) {
      digits += 1
      guard size <= .max >> 4 else { throw .chunkSize(line.text) }
      size = size << 4 | UInt64(digit)
    }
    guard digits > 0 else { throw .chunkSize(line.text) }
    guard digits == line.length || areChunkExtensions(line.bytes(digits..<line.length)) else {
      throw .chunkSize(line.text)
    }
    return size
  }
}
