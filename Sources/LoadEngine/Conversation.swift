import Glibc
import Text
import WireFormats

/// One connection and its exchanges, one after the other, each response kept whole.
///
/// For checks, where the answer itself is of interest and time is not. It reads with the same parsers as the load.
public struct Conversation: ~Copyable {
  let socket: Socket
  let endpoint: Endpoint
  private let timeout: Duration
  private var parser: HTTPResponseParser
  /// Received and not yet read: what follows a response belongs to the next one.
  var received = UnreadBytes()

  /// Connects, within the time given. The same time is then given to each call.
  public init(
    to endpoint: Endpoint, timeout: Duration = .seconds(10), limits: HTTPLimits = HTTPLimits()
  ) throws(ConversationError) {
    self.endpoint = endpoint
    self.timeout = timeout
    parser = HTTPResponseParser(limits: limits, collectsFields: true)
    socket = try Conversation.connect(to: endpoint, within: timeout)
  }

  private static func connect(to endpoint: Endpoint, within timeout: Duration) throws(ConversationError) -> Socket {
    let addresses: [SocketAddress]
    do throws(EndpointError) { addresses = try endpoint.addresses() } catch { throw .endpoint(error) }
    return try connect(to: endpoint, addresses, within: timeout)
  }

  static func connect(
    to endpoint: Endpoint, _ addresses: [SocketAddress], within timeout: Duration
  ) throws(ConversationError) -> Socket {
    guard addresses.count == 1 else {
      let search = AddressSearch(addresses, patience: timeout)
      let failures = search.failures
      guard let socket = search.takeSocket() else { throw .unreachable(endpoint, failures) }
      return socket
    }
    switch Socket.connecting(to: addresses[0]) {
    case .failed(let error): throw .connect(endpoint, error)
    case .started(let socket):
      try wait(socket.descriptor, for: POLLOUT, until: Instant.now() + timeout, "connection")
      let code = socket.takeError()
      guard code == 0 else { throw .connect(endpoint, SystemError("connect", code)) }
      return socket
    }
  }

  public mutating func exchange(_ request: HTTPRequest) throws(ConversationError) -> HTTPResponse {
    try send(request)
    return try receive(answeringHead: request.method == "HEAD")
  }

  public func send(_ request: HTTPRequest) throws(ConversationError) {
    var bytes = request.head(to: endpoint)
    switch request.body {
    case .none: break
    case .bytes(let body): bytes += body
    case .file(let file, let before, let after):
      try send(bytes: bytes + before)
      try send(file)
      bytes = after
    }
    try send(bytes: bytes)
  }

  public func send(bytes: [UInt8]) throws(ConversationError) {
    let deadline = Instant.now() + timeout
    var sent = 0
    while sent < bytes.count {
      let outcome = bytes.withUnsafeBytes {
        socket.send(UnsafeRawBufferPointer(rebasing: $0[sent...]), more: false)
      }
      sent += try moved(outcome, "send", until: deadline)
    }
  }

  private func send(_ file: BodyFile) throws(ConversationError) {
    let deadline = Instant.now() + timeout
    var sent = 0
    while sent < file.byteCount {
      let outcome = socket.send(file: file.descriptor, from: sent, count: file.byteCount - sent)
      sent += try moved(outcome, "sendfile", until: deadline)
    }
  }

  private func moved(_ outcome: Socket.Outcome, _ call: String, until deadline: Instant) throws(ConversationError)
    -> Int
  {
    switch outcome {
    case .moved(let count): return count
    case .wouldBlock:
      try Conversation.wait(socket.descriptor, for: POLLOUT, until: deadline, "room to send")
      return 0
    case .failed(let code): throw .system(SystemError(call, code))
    }
  }

  public mutating func receive(answeringHead: Bool = false) throws(ConversationError) -> HTTPResponse {
    let deadline = Instant.now() + timeout
    var response = HTTPResponse()
    parser.begin(answeringHead: answeringHead)
    while true {
      if try takeReceived(into: &response) { return response }
      guard try fill(until: deadline) else {
        guard parser.inputEnded() else { throw .closedEarly(afterBytes: response.body.count) }
        response.endsConnection = true
        return response
      }
    }
  }

  /// - Returns: true where the response is complete.
  private mutating func takeReceived(into response: inout HTTPResponse) throws(ConversationError) -> Bool {
    do throws(HTTPViolation) {
      return try received.read { (input) throws(HTTPViolation) in
        while let event = try parser.next(&input) {
          if parser.chunks > response.chunkSizes.count { response.endChunk() }
          switch event {
          case .head:
            response.status = parser.status
            response.fields = parser.fields
          case .body(let body): response.body.append(contentsOf: body)
          case .end:
            response.endsConnection = !parser.keepsAlive
            return true
          }
        }
        if parser.chunks > response.chunkSizes.count { response.endChunk() }
        return false
      }
    } catch {
      throw .malformed(error)
    }
  }

  /// Waits for bytes. Returns false where the peer has closed its side.
  mutating func fill(until deadline: Instant) throws(ConversationError) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let outcome = buffer.withUnsafeMutableBytes { socket.receive(into: $0) }
      switch outcome {
      case .moved(let count):
        received.append(buffer[..<count])
        return count > 0
      case .wouldBlock: try Conversation.wait(socket.descriptor, for: POLLIN, until: deadline, "response")
      case .failed(let code): throw .system(SystemError("recv", code))
      }
    }
  }

  private static func wait(
    _ descriptor: Int32, for events: Int32, until deadline: Instant, _ what: String
  ) throws(ConversationError) {
    let milliseconds = deadline.nanoseconds(since: .now()) / 1_000_000
    var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    let count = poll(&entry, 1, Int32(clamping: milliseconds))
    if count == 0 { throw .timeout(waitingFor: what) }
    if count < 0, errno != EINTR { throw .system(SystemError("poll", errno)) }
  }

  /// The end of the patience with a call that begins now.
  var deadline: Instant { Instant.now() + timeout }
}

/// What came and no parser has read yet.
struct UnreadBytes {
  private var bytes: [UInt8] = []

  mutating func append(_ more: ArraySlice<UInt8>) { bytes += more }

  /// Hands all to a parser, and keeps what it leaves.
  mutating func read<Value, Violation: Error>(
    _ body: (inout UnsafeRawBufferPointer) throws(Violation) -> Value
  ) throws(Violation) -> Value {
    let all = bytes
    return try all.withUnsafeBufferPointer { (all) throws(Violation) in
      var rest = UnsafeRawBufferPointer(all)
      defer { bytes = Array(rest) }
      return try body(&rest)
    }
  }
}

/// A response, whole.
public struct HTTPResponse: Equatable, Sendable {
  public var status = 0
  public var fields: [HTTPField] = []
  public var body: [UInt8] = []
  /// The sizes of the chunks in which the body came, without the last, empty one.
  public var chunkSizes: [Int] = []
  /// The server closes the connection after this response.
  public var endsConnection = false

  /// The value of the first field of that name, whatever its case.
  public subscript(name: String) -> String? {
    fields.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  public var text: String { String(decoding: body, as: UTF8.self) }

  mutating func endChunk() {
    chunkSizes.append(body.count - chunkSizes.reduce(0, +))
  }
}

public enum ConversationError: Error, Equatable, Sendable, CustomStringConvertible {
  case endpoint(EndpointError)
  case connect(Endpoint, SystemError)
  /// None of the several addresses of its name took a connection.
  case unreachable(Endpoint, [AddressFailure])
  case timeout(waitingFor: String)
  case closedEarly(afterBytes: Int)
  case malformed(HTTPViolation)
  case webSocket(String)
  case system(SystemError)

  public var description: String {
    switch self {
    case .endpoint(let error): "\(error)"
    case .connect(let endpoint, let error): "cannot connect to \(endpoint.authority): \(error)"
    case .unreachable(let endpoint, let failures):
      "cannot connect to \(endpoint.authority): \(failures.map(\.description).joined(separator: "; "))"
    case .timeout(let what): "timed out waiting for a \(what)"
    case .closedEarly(let bytes): "the server closed the connection after \(bytes) bytes of the body"
    case .malformed(let violation): "malformed response: \(violation)".escapingControls
    case .webSocket(let what): "WebSocket: \(what)".escapingControls
    case .system(let error): "\(error)"
    }
  }
}
