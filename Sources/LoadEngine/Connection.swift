import Glibc
import WireFormats

/// One connection and the exchange that is under way on it.
struct Connection: ~Copyable {
  enum Phase {
    /// Without a socket, to be opened at an instant or not at all.
    case closed
    case connecting
    /// Connected, and waiting for the answer to the opening handshake of a WebSocket.
    case upgrading
    /// Standing, with no exchange under way.
    case idle
    /// An exchange is under way.
    case busy
    /// The closing handshake of a WebSocket is under way.
    case closing
  }

  var phase = Phase.closed
  var socket: Socket?
  /// When `connect` was called, or when it is to be called again.
  var connectAt: Instant?
  /// Of the route's addresses, the one that it goes to.
  var place = 0
  /// Whether the timeline was told of this connection.
  var isSettled = false
  /// Whether it was used once, where that is asked for before it idles.
  var hasBegunWithExchange = false
  /// The end of the patience with what is under way.
  var deadline = Instant(nanoseconds: .max)

  var exchange = 0
  /// Whether the exchange was begun and is in no count yet: each ends in exactly one.
  var isUnderWay = false
  /// What decides the phase in which the exchange is counted.
  var belonging = Recorder.Belonging.whereItEnds
  /// Whole answers that came on this socket.
  var completed = 0
  /// Bytes of the request that the kernel has taken.
  var sentBytes = 0
  var intended: Instant?
  var sentAt = Instant(nanoseconds: 0)
  var firstByteAt: Instant?
  var parser: HTTPResponseParser
  var verifier = BodyVerifier()
  var events = EventVerifier()
  /// Events or chunks of the response that are complete, and when the first and the last of them became so.
  var unitsArrived = 0
  var firstUnitAt: Instant?
  var lastUnitAt: Instant?
  /// From how many bytes on the socket counts as readable.
  var wakesAtBytes: Int32 = 1

  /// Only where the work is one of WebSockets.
  var handshake: WebSocketHandshake?
  var receiver = WebSocketReceiver()
  var messagesAnswered = 0
  /// What the kernel has not taken yet of handshakes and frames.
  var outgoing: [UInt8] = []

  init(limits: HTTPLimits, collectsFields: Bool) {
    parser = HTTPResponseParser(limits: limits, collectsFields: collectsFields)
  }
}

// What a connection without a socket does is to fail like a closed one.
extension Connection {
  func takeError() -> Int32 { socket?.takeError() ?? ENOTCONN }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Socket.Outcome {
    socket?.receive(into: buffer) ?? .failed(errno: ENOTCONN)
  }

  mutating func wake(atBytes count: Int32) {
    guard count != wakesAtBytes else { return }
    wakesAtBytes = count
    socket?.wake(atBytes: count)
  }

  func send(_ bytes: UnsafeRawBufferPointer, more: Bool) -> Socket.Outcome {
    socket?.send(bytes, more: more) ?? .failed(errno: ENOTCONN)
  }

  func send(file: Int32, from offset: Int, count: Int) -> Socket.Outcome {
    socket?.send(file: file, from: offset, count: count) ?? .failed(errno: ENOTCONN)
  }
}
