import Text

/// What the bytes of a response amount to, one at a time.
public enum HTTPEvent {
  /// The head of the final response is complete: `status` and the other properties of the parser are valid.
  case head
  /// Bytes of the body, without their framing.
  case body(UnsafeRawBufferPointer)
  /// The response is complete.
  case end
}

/// How the body of a response is told from what follows it (RFC 9112, section 6).
public enum HTTPFraming: Equatable, Sendable {
  /// There is no body.
  case none
  /// By its `content-length`.
  case length
  case chunked
  /// It ends with the connection.
  case untilClose
}

/// How much of a response is accepted. Meeting a limit is an `HTTPViolation`.
public struct HTTPLimits: Equatable, Sendable {
  /// The status line and all field lines together; also the trailers together.
  public var headBytes = 65_536
  /// One line with its CRLF.
  public var lineBytes = 16_384
  public var fields = 256
  /// Responses of the 1xx class before the final one.
  public var interimResponses = 16
  /// The body without its framing.
  public var bodyBytes: UInt64 = 1 << 30

  public init() {}
}

/// A response that RFC 9112 does not allow, or that exceeds a limit.
public enum HTTPViolation: Error, Equatable, Sendable, CustomStringConvertible {
  case statusLine(String)
  case fieldLine(String)
  case bareLineFeed
  case bareCarriageReturn
  case controlByte(UInt8)
  case headTooLarge(limit: Int)
  case lineTooLong(limit: Int)
  case tooManyFields(limit: Int)
  case tooManyInterimResponses(limit: Int)
  case contentLength(String)
  case transferEncoding(String)
  case chunkSize(String)
  case chunkNotEnded
  case bodyTooLarge(limit: UInt64)

  public var description: String {
    switch self {
    case .statusLine(let line): "the status line is '\(line)', not 'HTTP/1.1 200 OK'"
    case .fieldLine(let line): "the field line '\(line)' is not 'name: value'"
    case .bareLineFeed: "a line of the head ends in LF alone, not in CRLF"
    case .bareCarriageReturn: "a line of the head has a CR in its middle"
    case .controlByte(let byte): "a line of the head has the control byte \(String(visible: [byte]))"
    case .headTooLarge(let limit): "the head is larger than \(limit) bytes"
    case .lineTooLong(let limit): "a line of the head is longer than \(limit) bytes"
    case .tooManyFields(let limit): "the head has more than \(limit) fields"
    case .tooManyInterimResponses(let limit): "more than \(limit) interim (1xx) responses"
    case .contentLength(let value): "the content-length is not one number: \(value)"
    case .transferEncoding(let value): "the transfer-encoding is \(value), where 'chunked' alone would be right"
    case .chunkSize(let line): "the chunk size is '\(line)', not a hexadecimal number with or without extensions"
    case .chunkNotEnded: "a chunk is longer than the size before it"
    case .bodyTooLarge(let limit): "the body is larger than \(limit) bytes"
    }
  }
}
