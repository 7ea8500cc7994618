import WireFormats

/// One WebSocket connection, one message after the other, each kept whole.
///
/// The counterpart of `Conversation` for checks. It reads with the same codec as the load, answers pings by itself, and
/// gives each call the same time. Source: RFC 6455.
public struct WebSocketConversation: ~Copyable {
  private var connection: Conversation
  private var receiver: WebSocketReceiver

  /// What the server said, without pings and pongs.
  public enum Event: Equatable, Sendable {
    case text(String)
    case binary([UInt8])
    /// The last event. It has been answered.
    case close(code: UInt16?, reason: String)
  }

  /// Connects and upgrades.
  ///
  /// - Parameters:
  ///   - fields: added to the opening handshake.
  ///   - maximumMessageBytes: a longer message from the server is an error.
  public init(
    to endpoint: Endpoint, path: String, fields: [HTTPField] = [], timeout: Duration = .seconds(10),
    maximumMessageBytes: Int = 16 * 1024 * 1024
  ) throws(ConversationError) {
    var connection = try Conversation(to: endpoint, timeout: timeout)
    let handshake = WebSocketHandshake(randomBytes: (0..<16).map { _ in UInt8.random(in: 0...255) })
    try connection.send(bytes: handshake.request(to: endpoint, path: path, fields: fields))
    let response = try connection.receive()
    do throws(WebSocketHandshakeViolation) {
      try handshake.check(status: response.status, response.fields, offered: fields)
    } catch {
      throw .webSocket("\(error)")
    }
    self.connection = connection
    receiver = WebSocketReceiver(maximumMessageBytes: maximumMessageBytes)
  }

  public func send(_ text: String) throws(ConversationError) {
    try send(.text, Array(text.utf8))
  }

  /// Sends one text message as two frames, the first of them with `count` bytes, which may cut a character in two.
  /// - Precondition: the text has at least so many bytes.
  public func send(_ text: String, firstFragment count: Int) throws(ConversationError) {
    let bytes = Array(text.utf8)
    try send(.text, Array(bytes[..<count]), isFinal: false)
    try send(.continuation, Array(bytes[count...]))
  }

  /// Waits for a message or for the end.
  ///
  /// After a close nothing follows, and a further call fails.
  public mutating func receive() throws(ConversationError) -> Event {
    let deadline = connection.deadline
    while true {
      if let event = try takeReceived() { return event }
      guard try connection.fill(until: deadline) else {
        throw .webSocket("the server ended the connection without a close frame")
      }
    }
  }

  /// Says goodbye, reads over what still arrives, and waits for the server's answer.
  ///
  /// - Returns: the code of the server's close frame; nil where it had none.
  @discardableResult
  public consuming func close(code: UInt16 = WebSocketCloseCode.normal) throws(ConversationError) -> UInt16? {
    let deadline = connection.deadline
    try sendClose(code: code)
    while true {
      if let event = try takeReceived(answeringClose: false) {
        if case .close(let code, _) = event { return code }
      } else if try !connection.fill(until: deadline) {
        throw .webSocket("the server ended the connection without answering the close frame")
      }
    }
  }

  /// What the receiver said, out of its buffers.
  private enum Received {
    case event(Event)
    case ping([UInt8])
    case pong
  }

  private mutating func takeReceived(answeringClose: Bool = true) throws(ConversationError) -> Event? {
    while let received = try nextReceived() {
      switch received {
      case .ping(let payload): try send(.pong, payload)
      case .pong: continue
      case .event(let event):
        if answeringClose, case .close(let code, _) = event {
          try sendClose(code: code ?? WebSocketCloseCode.normal)
        }
        return event
      }
    }
    return nil
  }

  private mutating func nextReceived() throws(ConversationError) -> Received? {
    do throws(WebSocketViolation) {
      return try connection.received.read { (input) throws(WebSocketViolation) in
        switch try receiver.next(&input) {
        case nil: nil
        case .text(let payload): .event(.text(String(decoding: payload, as: UTF8.self)))
        case .binary(let payload): .event(.binary(Array(payload)))
        case .ping(let payload): .ping(Array(payload))
        case .pong: .pong
        case .close(let code, let reason):
          .event(.close(code: code, reason: String(decoding: reason, as: UTF8.self)))
        }
      }
    } catch {
      throw .webSocket("\(error)")
    }
  }

  private func sendClose(code: UInt16) throws(ConversationError) {
    try send(.close, [UInt8(code >> 8), UInt8(code & 0xFF)])
  }

  private func send(_ opcode: WebSocketOpcode, _ payload: [UInt8], isFinal: Bool = true) throws(ConversationError) {
    var frame: [UInt8] = []
    payload.withUnsafeBytes {
      WebSocketFrame.append(opcode, $0, maskingKey: .random(in: 0...UInt32.max), isFinal: isFinal, to: &frame)
    }
    try connection.send(bytes: frame)
  }
}
