import Foundation
import LoadEngine
import WireFormats

/// A server that says what a test tells it to, on a free loopback port, on a thread of its own.
///
/// Each connection is served by the script, one after the other; a script plays one connection.
package final class ScriptedServer: @unchecked Sendable {
  /// What a script can do with one connection.
  package struct Peer: Sendable {
    package let descriptor: Int32

    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// Reads up to and with the empty line; false where the client has gone.
    package func readHead() -> Bool { headText() != nil }

    /// The head of a request; nil where the client has gone.
    package func headText() -> String? {
      var seen: [UInt8] = []
      var byte: UInt8 = 0
      while !seen.suffix(4).elementsEqual([13, 10, 13, 10]) {
        guard recv(descriptor, &byte, 1, 0) == 1 else { return nil }
        seen.append(byte)
      }
      return String(decoding: seen, as: UTF8.self)
    }

    /// Answers the opening handshake of a WebSocket; false where the client has gone.
    ///
    /// - Parameter fields: lines of the answer beside those that it needs.
    package func upgrade(fields: String = "") -> Bool {
      guard let head = headText(), let line = head.split(separator: "\r\n").first(where: { $0.contains("-Key: ") }),
        let key = line.split(separator: " ").last
      else { return false }
      let accept = WebSocketHandshake.accept(for: String(key))
      write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: \(accept)\r\n\(fields)\r\n")
      return true
    }

    /// Reads a masked frame of less than 126 bytes; nil where the client has gone.
    package func readFrame() -> (opcode: UInt8, payload: [UInt8])? {
      var head = [UInt8](repeating: 0, count: 6)
      guard recv(descriptor, &head, 6, Int32(MSG_WAITALL)) == 6 else { return nil }
      precondition(head[1] & 0x80 != 0, "a client masks its frames")
      let length = Int(head[1] & 0x7F)
      precondition(length < 126, "a test sends short frames")
      var payload = [UInt8](repeating: 0, count: length)
      guard length == 0 || recv(descriptor, &payload, length, Int32(MSG_WAITALL)) == length else { return nil }
      return (head[0] & 0x0F, payload.enumerated().map { $1 ^ head[2 + $0 % 4] })
    }

    package func write(frame first: UInt8, _ payload: [UInt8]) {
      write(bytes: [first, UInt8(payload.count)] + payload)
    }

    package func read(_ count: Int) -> Bool { text(count) != nil }

    /// So many bytes; nil where the client has gone.
    package func text(_ count: Int) -> String? {
      var buffer = [UInt8](repeating: 0, count: count)
      guard recv(descriptor, &buffer, count, Int32(MSG_WAITALL)) == count else { return nil }
      return String(decoding: buffer, as: UTF8.self)
    }

    package func write(_ text: String) { write(bytes: Array(text.utf8)) }

    package func write(bytes: [UInt8]) {
      var sent = 0
      while sent < bytes.count {
        let count = bytes.withUnsafeBytes {
          send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return }
        sent += count
      }
    }

    /// Makes the close that follows a reset: SO_LINGER with no time.
    package func reset() {
      var value = linger(l_onoff: 1, l_linger: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }

    /// Sends a byte every 50 ms until the client closes, for ten seconds at the most.
    package func trickle(_ text: String) {
      let bytes = Array(text.utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: 200)
      for byte in bytes.prefix(200) {
        write(bytes: [byte])
        Thread.sleep(forTimeInterval: 0.05)
        var seen: UInt8 = 0
        guard recv(descriptor, &seen, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK)) != 0 else { return }
      }
    }

    /// Waits until the client closes.
    package func waitForClose() {
      var byte: UInt8 = 0
      while recv(descriptor, &byte, 1, 0) > 0 {}
    }
  }

  package let endpoint: Endpoint
  private let listener: Int32
  package init(_ script: @escaping @Sendable (Peer) -> Void) {
    let socket = ListeningSocket()
    let descriptor = socket.descriptor
    listener = descriptor
    endpoint = Endpoint(host: "127.0.0.1", port: socket.port)
    Thread.detachNewThread {
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { break }
        Thread.detachNewThread {
          script(Peer(descriptor: client))
          close(client)
        }
      }
      // Only here: a number closed elsewhere could already belong to another server.
      close(descriptor)
    }
  }

  deinit {
    // Wakes the accepting thread, which then ends.
    shutdown(listener, Int32(SHUT_RDWR))
  }
}
