import CFloor
import Glibc
import LoadEngine
import WireFormats

/// What the kernel alone costs: the bytes of a load, sent and received by a loop that neither reads nor times them.
///
/// It sends what the engine sends, over as many connections, and waits for as many bytes at a time as the engine does, so
/// that the difference is what the engine does with them. In a process of its own, as every client of the benchmark.
package struct FloorLoad {
  private let port: UInt16
  private let connections: Int
  private let duration: Duration
  private var opening: [UInt8] = []
  private var request: [UInt8]

  /// As `EventLoop` has them.
  private static let bufferBytes = 64 * 1024
  private static let muchBytes = 96 * 1024

  package init(
    _ work: Work, to endpoint: Endpoint, connections: Int, duration: Duration
  ) throws(FloorLoadError) {
    guard endpoint.host == "127.0.0.1" else { throw .notLoopback(endpoint.host) }
    port = endpoint.port
    self.connections = connections
    self.duration = duration
    switch work {
    case .http(let exchanges):
      guard exchanges.count == 1, let bytes = exchanges[0].request.bytes(to: endpoint) else { throw .notOneRequest }
      request = bytes
    case .webSocket(let script):
      guard script.messages.count == 1 else { throw .notOneRequest }
      // Nobody checks what the server makes of the key, and any mask is as good as another.
      let handshake = WebSocketHandshake(randomBytes: [UInt8](repeating: 7, count: 16))
      opening = handshake.request(to: endpoint, path: script.target, fields: script.fields)
      request = []
      script.messages[0].text.withUnsafeBytes {
        WebSocketFrame.append(.text, $0, maskingKey: 0x1234_5678, to: &request)
      }
    }
  }

  /// What came of it.
  package struct Result: Equatable, Sendable {
    package var answers: Int
    /// The bytes of each answer, as the first one had them.
    package var answerBytes: Int
    package var duration: Duration
  }

  package func run() throws(FloorLoadError) -> Result {
    var result = cfloor_result()
    let failed = opening.withUnsafeBytes { opening in
      request.withUnsafeBytes { request in
        var task = cfloor_task()
        task.port = port
        task.connections = Int32(connections)
        task.duration_ns = duration.wholeNanoseconds
        (task.opening, task.opening_length) = (opening.baseAddress, opening.count)
        (task.request, task.request_length) = (request.baseAddress, request.count)
        task.buffer_length = Self.bufferBytes
        task.much = Self.muchBytes
        return cfloor_run(&task, &result)
      }
    }
    switch failed {
    case 0: break
    case cfloor_closed.rawValue: throw .closed
    case cfloor_other_length.rawValue: throw .otherLength(first: Int(result.answer_length))
    case cfloor_silent.rawValue: throw .silent
    default: throw .system(errno: failed)
    }
    return Result(
      answers: Int(result.answers), answerBytes: Int(result.answer_length),
      duration: .nanoseconds(Int64(result.duration_ns)))
  }
}

/// Why the floor could not be measured.
package enum FloorLoadError: Error, Equatable, CustomStringConvertible {
  case notLoopback(String)
  case notOneRequest
  case closed
  case otherLength(first: Int)
  case silent
  case system(errno: Int32)

  package var description: String {
    switch self {
    case .notLoopback(let host): "the floor is measured on 127.0.0.1 only, and was given \(host)"
    case .notOneRequest:
      "the floor sends one request from memory over and over; an upload and several messages are more"
    case .closed: "the server closed a connection of the floor"
    case .otherLength(let first): "an answer is longer than the first one, which had \(first) bytes"
    case .silent: "the server does not answer the floor"
    case .system(let code): "the floor: \(String(cString: strerror(code)))"
    }
  }
}
