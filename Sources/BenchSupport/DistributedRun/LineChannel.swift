import Foundation
import Glibc
import LoadEngine

/// Lines of JSON over a TCP connection that has one owner.
package final class LineChannel {
  package let descriptor: Int32
  private var received: [UInt8] = []
  private var searched = 0

  /// Larger than any attachment in base64.
  private static let longestLine = 128 << 20

  /// - Parameter descriptor: a connected socket; this value closes it.
  package init(descriptor: Int32) {
    self.descriptor = descriptor
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &one, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit {
    close(descriptor)
  }

  /// False where the other side is gone.
  package func send(_ message: some Encodable) throws -> Bool {
    var line = Array(try JSONEncoder().encode(message))
    line.append(UInt8(ascii: "\n"))
    var sent = 0
    while sent < line.count {
      let count = line.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + sent, line.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Waits for the next message; nil where the other side is gone.
  package func receive<Message: Decodable>(_ type: Message.Type) throws -> Message? {
    while true {
      if let message = try next(type) { return message }
      guard try read() else { return nil }
    }
  }

  /// Takes what has arrived, and waits where nothing has. False where the other side is gone.
  package func read() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    var count: Int
    repeat { count = recv(descriptor, &buffer, buffer.count, 0) } while count < 0 && errno == EINTR
    guard count > 0 else { return false }
    received += buffer[..<count]
    guard received.count <= Self.longestLine else { throw DistributedRunError.message(reason: "it is too long") }
    return true
  }

  /// The next message of those that have arrived whole.
  package func next<Message: Decodable>(_ type: Message.Type) throws -> Message? {
    guard let end = received[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
      searched = received.count
      return nil
    }
    defer {
      received.removeSubrange(...end)
      searched = 0
    }
    do {
      return try JSONDecoder().decode(type, from: Data(received[..<end]))
    } catch {
      throw DistributedRunError.message(reason: String(decoding: received[..<end].prefix(200), as: UTF8.self))
    }
  }
}
