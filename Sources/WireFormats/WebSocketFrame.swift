/// Writes the frames of a client.
///
/// Layout: two bytes, zero, two or eight bytes of length, the masking key, the masked payload.
/// Source: RFC 6455 sections 5.2 and 5.3. The caller draws the key; the protocol wants a fresh unpredictable one
/// for each frame to protect proxies, and a server cannot tell.
public enum WebSocketFrame {
  /// The number of bytes that a frame with `payloadLength` bytes of payload takes: 6, 8 or 14 more.
  public static func encodedLength(payloadLength: Int) -> Int {
    switch payloadLength {
    case ..<126: payloadLength + 6
    case ..<65_536: payloadLength + 8
    default: payloadLength + 14
    }
  }

  /// Writes one frame to the start of `buffer`, and returns its length in bytes.
  ///
  /// The bytes of `maskingKey` go on the wire from the highest to the lowest.
  /// - Precondition: `buffer` has room for ``encodedLength(payloadLength:)`` bytes and does not overlap `payload`;
  ///   a control frame is final and carries at most 125 bytes.
  @discardableResult
  public static func write(
    _ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer, maskingKey: UInt32, isFinal: Bool = true,
    into buffer: UnsafeMutableRawBufferPointer
  ) -> Int {
    let length = encodedLength(payloadLength: payload.count)
    precondition(buffer.count >= length, "the frame does not fit its buffer")
    precondition(
      !opcode.isControl || (isFinal && payload.count <= WebSocketOpcode.controlPayloadLimit),
      "a control frame is final and carries at most 125 bytes")
    let start = buffer.baseAddress!
    start.storeBytes(of: opcode.rawValue | (isFinal ? 0x80 : 0), as: UInt8.self)
    let headerLength = writeLength(payload.count, to: start + 1) + 1
    start.storeBytes(of: maskingKey.bigEndian, toByteOffset: headerLength, as: UInt32.self)
    mask(payload, with: maskingKey, into: start + headerLength + 4)
    return length
  }

  /// Appends one frame to `bytes`; otherwise as ``write(_:_:maskingKey:isFinal:into:)``.
  public static func append(
    _ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer, maskingKey: UInt32, isFinal: Bool = true,
    to bytes: inout [UInt8]
  ) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: encodedLength(payloadLength: payload.count)))
    bytes.withUnsafeMutableBytes { buffer in
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
      _ = write(opcode, payload, maskingKey: maskingKey, isFinal: isFinal, into: room)
    }
  }

  /// Appends a close frame to `bytes`: with a code, or empty.
  /// - Precondition: the code may be sent.
  public static func appendClose(code: UInt16?, maskingKey: UInt32, to bytes: inout [UInt8]) {
    precondition(code.map(WebSocketCloseCode.maySend) ?? true, "\(code ?? 0) may not be sent as a close code")
    let payload = code.map { [UInt8($0 >> 8), UInt8($0 & 0xff)] } ?? []
    payload.withUnsafeBytes { append(.close, $0, maskingKey: maskingKey, to: &bytes) }
  }

  /// Writes the length after the mask bit, in the shortest form, and returns the number of bytes it took.
  @inline(__always)
  private static func writeLength(_ length: Int, to start: UnsafeMutableRawPointer) -> Int {
    switch length {
    case ..<126:
      start.storeBytes(of: 0x80 | UInt8(truncatingIfNeeded: length), as: UInt8.self)
      return 1
    case ..<65_536:
      start.storeBytes(of: 0x80 | 126, as: UInt8.self)
      start.storeBytes(of: UInt16(truncatingIfNeeded: length).bigEndian, toByteOffset: 1, as: UInt16.self)
      return 3
    default:
      start.storeBytes(of: 0x80 | 127, as: UInt8.self)
      start.storeBytes(of: UInt64(length).bigEndian, toByteOffset: 1, as: UInt64.self)
      return 9
    }
  }

  /// Eight bytes at a time; the last one to seven by a key that has moved on with them.
  @inline(__always)
  private static func mask(
    _ payload: UnsafeRawBufferPointer, with key: UInt32, into target: UnsafeMutableRawPointer
  ) {
    guard let source = payload.baseAddress else { return }
    let half = UInt64(key.bigEndian)
    let doubled = half << 32 | half
    var offset = 0
    while offset &+ 8 <= payload.count {
      let word = source.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      target.storeBytes(of: word ^ doubled, toByteOffset: offset, as: UInt64.self)
      offset &+= 8
    }
    while offset < payload.count {
      let keyByte = UInt8(truncatingIfNeeded: key >> UInt32(24 &- 8 &* (offset & 3)))
      let byte = source.load(fromByteOffset: offset, as: UInt8.self)
      target.storeBytes(of: byte ^ keyByte, toByteOffset: offset, as: UInt8.self)
      offset &+= 1
    }
  }
}

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
  /// The other side sent a kind of message that is not accepted, such as a binary one.
  public static let unacceptedKind: UInt16 = 1003
  /// The other side sent text that is not UTF-8.
  public static let invalidText: UInt16 = 1007
  /// The other side sent a message that is too long.
  public static let tooLong: UInt16 = 1009

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
