/// Reads HTTP/1.1 responses as they arrive, in pieces of any size.
///
/// A pure value: bytes in, events out. It is strict, because a measuring client must notice what a
/// forgiving one repairs. Lines end in CRLF; a field line is `name:value` with no space before the colon
/// and no folding; a body has exactly one framing. Source: RFC 9112 (sections 2, 4, 5, 6, 7), RFC 9110
/// (sections 6.4.1, 8.6, 15.2).
///
/// Memory is bounded by `HTTPLimits`: a line that arrives in pieces is kept, and the last head while it is short; never a
/// body.
public struct HTTPResponseParser: Sendable {
  private let limits: HTTPLimits
  /// Keeps every field in `fields`. Off under load, where nobody reads them.
  private let collectsFields: Bool

  /// Valid from the `.head` event on, until the next `begin`.
  public private(set) var status = 0
  public private(set) var fields: [HTTPField] = []
  /// Whether the connection can carry another exchange after this response (RFC 9112, section 9.3).
  public private(set) var keepsAlive = true
  public private(set) var framing = HTTPFraming.none
  /// Chunks received in full. Zero for a body with another framing.
  public private(set) var chunks = 0
  /// The size of the largest chunk so far, as its first line has it.
  public private(set) var largestChunk: UInt64 = 0
  /// Body bytes received, without the framing.
  public private(set) var bodyBytes: UInt64 = 0

  private var state = State.done
  private var requestWasHead = false
  private var head = HTTPResponseHead()
  /// The bytes that `head` was read from; empty where it is not what a whole head says.
  private var known = KnownHead()
  private var knownFieldCount = 0
  private var lines = HTTPLines()
  private var fieldCount = 0
  private var interimResponses = 0

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
    requestWasHead = answeringHead
    interimResponses = 0
    beginHead()
  }

  private mutating func beginHead() {
    state = .statusLine
    lines.begin()
    fieldCount = 0
    chunks = 0
    largestChunk = 0
    bodyBytes = 0
    keepsAlive = true
    if collectsFields { fields.removeAll() }
  }

  /// Whether a byte of the current response has arrived.
  public var hasBegun: Bool { state != .statusLine || lines.bytesOfSection > 0 || interimResponses > 0 }

  /// Whether the bytes of the last `.body` event were the end of a chunk.
  public var isAtEndOfChunk: Bool {
    if case .chunkEnd = state { true } else { false }
  }

  /// The bytes of the body that are still to come, where its length was said beforehand and its head has been read.
  public var fixedRest: UInt64? {
    if case .fixed(let remaining) = state { return remaining }
    return nil
  }

  /// Whether the response says that its body is of this media type, whose name is given in any case.
  public func isOfType(_ name: UnsafeRawBufferPointer, _ charset: MediaType.Charset) -> Bool {
    head.contentType.isMediaType(name, charset)
  }

  /// Whether the response says that its body is encoded.
  public var isEncoded: Bool { head.contentEncoding.isPresent }

  /// As they came; of several fields the values joined by commas. Nil where there was no such field.
  public var contentType: String? { head.contentType.shown }
  public var contentEncoding: String? { head.contentEncoding.shown }

  /// Takes bytes off the front of `input` up to the next event.
  ///
  /// - Returns: nil when all input is consumed and nothing is complete. The bytes of `.body` lie in `input`.
  ///   After `.end` nothing is consumed until `begin`: what is left in `input` was not asked for.
  public mutating func next(_ input: inout UnsafeRawBufferPointer) throws(HTTPViolation) -> HTTPEvent? {
    // Where the head began, if it did in this input.
    var start: UnsafeRawPointer?
    while true {
      switch state {
      case .statusLine:
        if lines.bytesOfSection == 0 {
          if takeKnownHead(&input), try endHead() { return .head }
          start = input.baseAddress
        }
        guard let line = try lines.next(&input, within: limits) else { return nil }
        known.forget()
        head.begin()
        try head.readStatusLine(line)
        state = .fieldLine
      case .fieldLine:
        guard let line = try lines.next(&input, within: limits) else { return nil }
        if line.count > 0 {
          try readField(line)
        } else if try endHead() {
          if let start, let end = input.baseAddress { keepHead(from: start, to: end) }
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
        guard let line = try lines.next(&input, within: limits) else { return nil }
        let size = try chunkSize(line)
        guard size <= limits.bodyBytes &- bodyBytes else { throw .bodyTooLarge(limit: limits.bodyBytes) }
        lines.beginSection()
        largestChunk = max(largestChunk, size)
        state = size == 0 ? .trailer : .chunkData(remaining: size)
      case .chunkData(let remaining):
        guard let body = take(remaining, from: &input) else { return nil }
        let left = remaining &- UInt64(body.count)
        state = left == 0 ? .chunkEnd : .chunkData(remaining: left)
        return .body(body)
      case .chunkEnd:
        guard let line = try lines.next(&input, within: limits) else { return nil }
        guard line.count == 0 else { throw .chunkNotEnded }
        chunks += 1
        lines.beginSection()
        state = .chunkSize
      case .trailer:
        guard let line = try lines.next(&input, within: limits) else { return nil }
        if line.count == 0 {
          state = .done
          return .end
        }
        // What trailers say is not asked for, only that each is a field.
        _ = try fieldLine(line)
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
    if state == .untilClose { state = .done }
    return state == .done
  }

  private mutating func take(_ most: UInt64, from input: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard !input.isEmpty else { return nil }
    let count = Int(min(most, UInt64(input.count)))
    let body = UnsafeRawBufferPointer(start: input.baseAddress, count: count)
    input = UnsafeRawBufferPointer(rebasing: input[count...])
    bodyBytes &+= UInt64(count)
    return body
  }

  /// Passes over a head that is the one before again, which `head` still holds the meaning of.
  @inline(__always)
  private mutating func takeKnownHead(_ input: inout UnsafeRawBufferPointer) -> Bool {
    guard known.isStart(of: input) else { return false }
    input = UnsafeRawBufferPointer(rebasing: input[known.count...])
    fieldCount = knownFieldCount
    return true
  }

  private mutating func keepHead(from start: UnsafeRawPointer, to end: UnsafeRawPointer) {
    // Whoever reads the fields has them read.
    guard !collectsFields else { return }
    known.keep(UnsafeRawBufferPointer(start: start, count: end - start))
    knownFieldCount = fieldCount
  }

  private mutating func fieldLine(
    _ line: UnsafeRawBufferPointer
  ) throws(HTTPViolation) -> HTTPResponseHead.FieldLine {
    fieldCount += 1
    guard fieldCount <= limits.fields else { throw .tooManyFields(limit: limits.fields) }
    return try HTTPResponseHead.FieldLine(line)
  }

  private mutating func readField(_ line: UnsafeRawBufferPointer) throws(HTTPViolation) {
    let field = try fieldLine(line)
    if collectsFields {
      fields.append(
        HTTPField(String(decoding: field.name, as: UTF8.self), String(decoding: field.value, as: UTF8.self)))
    }
    try head.read(field)
  }

  /// - Returns: false for an interim response, after which the real one follows.
  private mutating func endHead() throws(HTTPViolation) -> Bool {
    if head.isInterim {
      interimResponses += 1
      guard interimResponses <= limits.interimResponses else {
        throw .tooManyInterimResponses(limit: limits.interimResponses)
      }
      beginHead()
      return false
    }
    lines.beginSection()
    status = head.status
    keepsAlive = head.keepsAlive
    switch try head.framing(answeringHead: requestWasHead) {
    case .none:
      framing = .none
      state = .fixed(remaining: 0)
    case .chunked:
      framing = .chunked
      state = .chunkSize
    case .length(let length):
      guard length <= limits.bodyBytes else { throw .bodyTooLarge(limit: limits.bodyBytes) }
      framing = .length
      state = .fixed(remaining: length)
    case .untilClose:
      framing = .untilClose
      keepsAlive = false
      state = .untilClose
    }
    return true
  }

  /// `1A2B;name=value` (RFC 9112, section 7.1). What extensions say is read over, as the RFC asks.
  private func chunkSize(_ line: UnsafeRawBufferPointer) throws(HTTPViolation) -> UInt64 {
    var size: UInt64 = 0
    var digits = 0
    while digits < line.count, let digit = hexDigit(line[digits]) {
      digits += 1
      guard size <= .max >> 4 else { throw .chunkSize(shown(line)) }
      size = size << 4 | UInt64(digit)
    }
    guard digits > 0 else { throw .chunkSize(shown(line)) }
    guard digits == line.count || areChunkExtensions(UnsafeRawBufferPointer(rebasing: line[digits...])) else {
      throw .chunkSize(shown(line))
    }
    return size
  }
}
