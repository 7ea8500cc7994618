import Glibc

/// One connection and the exchange that is under way on it.
struct Connection: ~Copyable {
  enum Phase {
    /// Without a socket, to be opened at an instant or not at all.
    case closed
    case connecting
    /// Standing, with no exchange under way.
    case idle
    /// An exchange is under way.
    case busy
  }

  var phase = Phase.closed
  var socket: Socket?
  /// When `connect` was called, or when it is to be called again.
  var connectAt: Instant?
  /// Whether the timeline was told of this connection.
  var isSettled = false
  /// The end of the patience with what is under way.
  var deadline = Instant(nanoseconds: .max)

  var exchange = 0
  /// Bytes of the request that the kernel has taken.
  var sentBytes = 0
  var intended: Instant?
  var sentAt = Instant(nanoseconds: 0)
  var firstByteAt: Instant?
  var parser: HTTPResponseParser
  var verifier = BodyVerifier()

  init(limits: HTTPLimits) {
    parser = HTTPResponseParser(limits: limits)
  }
}

// What a connection without a socket does is to fail like a closed one.
extension Connection {
  var pendingError: Int32 {
    switch socket {
    case .some(let socket): socket.pendingError
    case .none: ENOTCONN
    }
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Socket.Outcome {
    switch socket {
    case .some(let socket): socket.receive(into: buffer)
    case .none: .failed(errno: ENOTCONN)
    }
  }

  func send(_ bytes: UnsafeRawBufferPointer, more: Bool) -> Socket.Outcome {
    switch socket {
    case .some(let socket): socket.send(bytes, more: more)
    case .none: .failed(errno: ENOTCONN)
    }
  }

  func send(file: Int32, from offset: Int, count: Int) -> Socket.Outcome {
    switch socket {
    case .some(let socket): socket.send(file: file, from: offset, count: count)
    case .none: .failed(errno: ENOTCONN)
    }
  }
}
