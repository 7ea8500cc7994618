/// What a server said over a WebSocket.
///
/// The pointers lead into the input or into the receiver, and hold until its next call.
public enum WebSocketEvent {
  /// A whole text message; its UTF-8 has been checked.
  case text(UnsafeRawBufferPointer)
  case binary(UnsafeRawBufferPointer)
  /// To be answered by a pong with the same bytes (RFC 6455 section 5.5.2).
  case ping(UnsafeRawBufferPointer)
  case pong(UnsafeRawBufferPointer)
  /// To be answered by a close frame; the last event of a connection. The reason is UTF-8, empty without a code.
  case close(code: UInt16?, reason: UnsafeRawBufferPointer)
}

/// Takes a server's bytes apart into messages and control frames.
///
/// Bytes may arrive cut anywhere. A message that lies in the input in one piece is handed out where it lies; one that
/// is fragmented, or cut by a read, is collected, up to `maximumMessageBytes`. Memory: at most twice that, and 256
/// bytes for a control frame; nothing as long as no message is cut. Source: RFC 6455 section 5, without extensions.
public struct WebSocketReceiver: ~Copyable {
  private enum Phase {
    case firstByte
    case secondByte
    case extendedLength
    case payload
    case closed
    case failed(WebSocketViolation)
  }

  private let maximumMessageBytes: Int
  private var phase = Phase.firstByte

  // The opcode's questions are answered once per frame: a call into another file costs as much as the parsing.
  private var opcode = WebSocketOpcode.continuation
  private var isControl = false
  private var isFinal = true
  private var length: UInt64 = 0
  private var lengthBytesMissing = 0
  /// The smallest length that may be written in this many bytes.
  private var shortestExtendedLength: UInt64 = 0
  private var payloadBytesMissing = 0

  private var hasOpenMessage = false
  private var messageIsText = false
  private var message = WebSocketBuffer()
  private var control = WebSocketBuffer()
  private var validator = UTF8Validator()

  public init(maximumMessageBytes: Int = 16 * 1024 * 1024) {
    precondition(maximumMessageBytes >= 0, "a length is not negative")
    self.maximumMessageBytes = maximumMessageBytes
  }

  /// Begins again for another connection, and gives back what was collected on this one.
  public mutating func reset() {
    phase = .firstByte
    hasOpenMessage = false
    message.release()
    control.release()
    validator = UTF8Validator()
  }

  /// Whether the server has sent its close frame.
  public var hasClosed: Bool {
    if case .closed = phase { true } else { false }
  }

  /// Advances `input` past the next event; nil when all input is consumed and no event is complete.
  ///
  /// After a violation the connection is of no use, and every further call throws the same.
  public mutating func next(_ input: inout UnsafeRawBufferPointer) throws(WebSocketViolation) -> WebSocketEvent? {
    do throws(WebSocketViolation) {
      return try advance(&input)
    } catch {
      phase = .failed(error)
      throw error
    }
  }

  private mutating func advance(_ input: inout UnsafeRawBufferPointer) throws(WebSocketViolation) -> WebSocketEvent? {
    while true {
      switch phase {
      case .firstByte:
        guard let byte = Self.takeByte(&input) else { return nil }
        try beginFrame(byte)
      case .secondByte:
        guard let byte = Self.takeByte(&input) else { return nil }
        try beginLength(byte)
      case .extendedLength:
        guard let byte = Self.takeByte(&input) else { return nil }
        try extendLength(byte)
      case .payload:
        let event = try readPayload(&input)
        guard event == nil, payloadBytesMissing == 0 else { return event }
      case .closed:
        guard input.isEmpty else { throw .frameAfterClose }
        return nil
      case .failed(let violation):
        throw violation
      }
    }
  }

  // MARK: - Frame header

  @inline(__always)
  private mutating func beginFrame(_ byte: UInt8) throws(WebSocketViolation) {
    guard byte & 0x70 == 0 else { throw .reservedBits }
    guard let opcode = WebSocketOpcode(rawValue: byte & 0x0f) else { throw .unknownOpcode(byte & 0x0f) }
    let isFinal = byte & 0x80 != 0
    switch opcode {
    case .continuation:
      guard hasOpenMessage else { throw .continuationWithoutStart }
      isControl = false
    case .text:
      try beginMessage(isText: true)
    case .binary:
      try beginMessage(isText: false)
    case .close, .ping, .pong:
      guard isFinal else { throw .controlFragmented }
      isControl = true
      control.clear()
    }
    self.opcode = opcode
    self.isFinal = isFinal
    phase = .secondByte
  }

  @inline(__always)
  private mutating func beginMessage(isText: Bool) throws(WebSocketViolation) {
    guard !hasOpenMessage else { throw .newMessageInsideFragmented }
    isControl = false
    hasOpenMessage = true
    messageIsText = isText
    message.clear()
    validator = UTF8Validator()
  }

  @inline(__always)
  private mutating func beginLength(_ byte: UInt8) throws(WebSocketViolation) {
    guard byte & 0x80 == 0 else { throw .maskedByServer }
    if isControl, byte > WebSocketOpcode.controlPayloadLimit { throw .controlTooLong }
    switch byte {
    case 126: (lengthBytesMissing, shortestExtendedLength) = (2, 126)
    case 127: (lengthBytesMissing, shortestExtendedLength) = (8, 65_536)
    default:
      length = UInt64(byte)
      try beginPayload()
      return
    }
    length = 0
    phase = .extendedLength
  }

  @inline(__always)
  private mutating func extendLength(_ byte: UInt8) throws(WebSocketViolation) {
    if lengthBytesMissing == 8, byte & 0x80 != 0 { throw .lengthTooLarge }
    length = length << 8 | UInt64(byte)
    lengthBytesMissing -= 1
    guard lengthBytesMissing == 0 else { return }
    guard length >= shortestExtendedLength else { throw .lengthNotMinimal }
    try beginPayload()
  }

  @inline(__always)
  private mutating func beginPayload() throws(WebSocketViolation) {
    if !isControl, length > UInt64(maximumMessageBytes - message.count) {
      throw .messageTooLong(limit: maximumMessageBytes)
    }
    payloadBytesMissing = Int(length)
    phase = .payload
  }

  // MARK: - Payload

  /// Nil where the payload is not complete, or is a fragment that does not end its message.
  @inline(__always)
  private mutating func readPayload(
    _ input: inout UnsafeRawBufferPointer
  ) throws(WebSocketViolation) -> WebSocketEvent? {
    let piece = Self.take(min(payloadBytesMissing, input.count), from: &input)
    payloadBytesMissing &-= piece.count
    if payloadBytesMissing == 0 { phase = .firstByte }
    guard !isControl else { return try readControl(piece) }

    if messageIsText, !validator.accepts(piece) { throw .invalidUTF8 }
    let endsMessage = payloadBytesMissing == 0 && isFinal
    if endsMessage, message.count == 0 { return try endMessage(piece) }
    message.append(piece)
    return endsMessage ? try endMessage(message.bytes) : nil
  }

  @inline(__always)
  private mutating func endMessage(_ bytes: UnsafeRawBufferPointer) throws(WebSocketViolation) -> WebSocketEvent {
    hasOpenMessage = false
    guard messageIsText else { return .binary(bytes) }
    guard validator.isComplete else { throw .invalidUTF8 }
    return .text(bytes)
  }

  private mutating func readControl(_ piece: UnsafeRawBufferPointer) throws(WebSocketViolation) -> WebSocketEvent? {
    var bytes = piece
    if payloadBytesMissing > 0 || control.count > 0 {
      control.append(piece)
      guard payloadBytesMissing == 0 else { return nil }
      bytes = control.bytes
    }
    switch opcode {
    case .ping:
      return .ping(bytes)
    case .pong:
      return .pong(bytes)
    case .close:
      let event = try Self.closeEvent(bytes)
      phase = .closed
      return event
    case .continuation, .text, .binary:
      preconditionFailure("\(opcode) is no control frame")
    }
  }

  private static func closeEvent(_ bytes: UnsafeRawBufferPointer) throws(WebSocketViolation) -> WebSocketEvent {
    guard bytes.count > 0 else { return .close(code: nil, reason: bytes) }
    guard bytes.count > 1 else { throw .closePayloadOfOneByte }
    let code = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    guard WebSocketCloseCode.maySend(code) else { throw .invalidCloseCode(code) }
    let reason = UnsafeRawBufferPointer(rebasing: bytes[2...])
    var validator = UTF8Validator()
    guard validator.accepts(reason), validator.isComplete else { throw .invalidUTF8 }
    return .close(code: code, reason: reason)
  }

  // MARK: - Input

  @inline(__always)
  private static func takeByte(_ input: inout UnsafeRawBufferPointer) -> UInt8? {
    take(input.isEmpty ? 0 : 1, from: &input).first
  }

  @inline(__always)
  private static func take(_ count: Int, from input: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard let base = input.baseAddress else { return input }
    input = UnsafeRawBufferPointer(start: base + count, count: input.count &- count)
    return UnsafeRawBufferPointer(start: base, count: count)
  }
}
