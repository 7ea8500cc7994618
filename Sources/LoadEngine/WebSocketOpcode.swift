/// What a WebSocket frame carries.
///
/// Source: RFC 6455 section 5.2.
public enum WebSocketOpcode: UInt8, Sendable, CaseIterable {
  case continuation = 0x0
  case text = 0x1
  case binary = 0x2
  case close = 0x8
  case ping = 0x9
  case pong = 0xa

  /// True for the frames that may stand between the fragments of a message (RFC 6455 section 5.5).
  public var isControl: Bool { rawValue >= 0x8 }

  /// The most bytes that a control frame may carry (RFC 6455 section 5.5).
  public static let controlPayloadLimit = 125
}

/// The numbers that tell why a WebSocket is closed.
///
/// Source: RFC 6455 section 7.4, and the IANA registry it founded for 1012 to 1014.
public enum WebSocketCloseCode {
  /// The purpose of the connection is fulfilled.
  public static let normal: UInt16 = 1000
  /// The other side violated the protocol.
  public static let protocolError: UInt16 = 1002

  /// True for the codes that may be sent in a close frame.
  ///
  /// 1005, 1006 and 1015 stand for "no frame was received" and must not be sent; the numbers up to 2999 that nobody
  /// registered, and those from 5000, mean nothing.
  public static func maySend(_ code: UInt16) -> Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
