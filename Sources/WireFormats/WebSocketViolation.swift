/// How a server broke the WebSocket protocol or one of our bounds.
///
/// Source: RFC 6455 sections 5 and 7.4; the client has to fail the connection in each case (section 7.1.7).
public enum WebSocketViolation: Error, Equatable, Sendable, CustomStringConvertible {
  /// A server must not mask its frames (section 5.1).
  case maskedByServer
  /// A reserved bit is set, though no extension was agreed on (section 5.2).
  case reservedBits
  /// The opcode is one of the ten that have no meaning (section 5.2).
  case unknownOpcode(UInt8)
  /// A control frame carries more than 125 bytes (section 5.5).
  case controlTooLong
  /// A control frame is not final (section 5.5).
  case controlFragmented
  /// A continuation frame without a message to continue (section 5.4).
  case continuationWithoutStart
  /// A text or binary frame before the fragmented message has ended (section 5.4).
  case newMessageInsideFragmented
  /// The message is longer than the receiver was told to accept, in bytes.
  case messageTooLong(limit: Int)
  /// A length is written in more bytes than it needs (section 5.2).
  case lengthNotMinimal
  /// The highest bit of a length of eight bytes is set (section 5.2).
  case lengthTooLarge
  /// A text message, or the reason of a close frame, is not UTF-8 (sections 5.6 and 5.5.1).
  case invalidUTF8
  /// The close code is none that may be sent (section 7.4).
  case invalidCloseCode(UInt16)
  /// A close frame carries half a close code (section 5.5.1).
  case closePayloadOfOneByte
  /// Bytes follow a close frame (section 5.5.1).
  case frameAfterClose

  /// What the client closes the connection with (sections 7.1.7 and 7.4.1).
  public var closeCode: UInt16 {
    switch self {
    case .invalidUTF8: WebSocketCloseCode.invalidText
    case .messageTooLong: WebSocketCloseCode.tooLong
    case .maskedByServer, .reservedBits, .unknownOpcode, .controlTooLong, .controlFragmented, .continuationWithoutStart,
      .newMessageInsideFragmented, .lengthNotMinimal, .lengthTooLarge, .invalidCloseCode, .closePayloadOfOneByte,
      .frameAfterClose:
      WebSocketCloseCode.protocolError
    }
  }

  public var description: String {
    switch self {
    case .maskedByServer: "the server masked a frame"
    case .reservedBits: "a frame has reserved bits set"
    case .unknownOpcode(let opcode): "a frame has the unknown opcode \(opcode)"
    case .controlTooLong: "a control frame carries more than 125 bytes"
    case .controlFragmented: "a control frame is fragmented"
    case .continuationWithoutStart: "a continuation frame has no message to continue"
    case .newMessageInsideFragmented: "a message begins inside a fragmented one"
    case .messageTooLong(let limit): "a message is longer than \(limit) bytes"
    case .lengthNotMinimal: "a frame length takes more bytes than it needs"
    case .lengthTooLarge: "a frame length has its highest bit set"
    case .invalidUTF8: "text is not UTF-8"
    case .invalidCloseCode(let code): "\(code) is not a close code that may be sent"
    case .closePayloadOfOneByte: "a close frame carries half a close code"
    case .frameAfterClose: "bytes follow a close frame"
    }
  }
}
