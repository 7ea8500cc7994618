import Glibc
import LoadEngine
import WireFormats

/// One blocking TCP connection that does what no honest client does: it stops in the middle, reads next to nothing, or says
/// that it has said all.
///
/// Apart from the load engine, whose connections keep to the protocol. Every call has an end: `SO_RCVTIMEO` and `SO_SNDTIMEO`.
struct RawClient: ~Copyable {
  private let descriptor: Int32

  /// The smallest that the kernel gives, so that a server's response stays half sent.
  static let smallestBuffer: Int32 = 1024

  /// - Parameters:
  ///   - receiveBuffer: `SO_RCVBUF` in bytes; nil for the usual one.
  ///   - patience: for the connection, and for every call after it.
  init(
    to endpoint: Endpoint, receiveBuffer: Int32? = nil, patience: Duration
  ) throws(RawClientError) {
    let address: SocketAddress
    do throws(EndpointError) { address = try endpoint.resolve() } catch { throw .connect("\(error)") }
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(Int32(address.storage.ss_family), type, 0)
    guard descriptor >= 0 else { throw .connect(SystemError("socket", errno).description) }
    let (seconds, attoseconds) = patience.components
    var time = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
    if var receiveBuffer {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
    }
    let status = withUnsafeBytes(of: address.storage) {
      connect(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), address.length)
    }
    guard status == 0 else {
      let error = SystemError("connect", errno)
      close(descriptor)
      throw .connect(error.description)
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// - Returns: how many bytes the kernel took: fewer where the server has gone, or takes no more in time.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Int {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      sent += count
    }
    return sent
  }

  enum Received: Equatable {
    case bytes([UInt8])
    /// The server has closed its side.
    case end
    case reset
    /// Nothing in time.
    case nothing
  }

  /// - Parameter waits: whether it waits for the first byte.
  func receive(atMost count: Int, waits: Bool = true) -> Received {
    var buffer = [UInt8](repeating: 0, count: count)
    while true {
      let received = recv(descriptor, &buffer, count, waits ? 0 : Int32(MSG_DONTWAIT))
      if received > 0 { return .bytes(Array(buffer[..<received])) }
      if received == 0 { return .end }
      switch errno {
      case EINTR: continue
      case EAGAIN, EWOULDBLOCK: return .nothing
      default: return .reset
      }
    }
  }

  /// Says that nothing more will be sent, and goes on listening: `shutdown(SHUT_WR)`.
  func finishSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  /// How a client goes away.
  enum Leaving: CaseIterable {
    /// By a reset, as where its machine gives up on it: `SO_LINGER` with no time.
    case reset
    /// By saying goodbye first: a FIN, and a moment later nobody is there any more.
    case finish
  }

  consuming func leave(_ leaving: Leaving) {
    switch leaving {
    case .reset:
      var value = linger(l_onoff: 1, l_linger: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    case .finish:
      finishSending()
      usleep(20_000)
    }
  }
}

enum RawClientError: Error, Equatable {
  case connect(String)
}
