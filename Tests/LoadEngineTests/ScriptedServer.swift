import Foundation
import LoadEngine

/// A server that says what a test tells it to, on a free loopback port, on a thread of its own.
///
/// Each connection is served by the script, one after the other; a script plays one connection.
final class ScriptedServer: @unchecked Sendable {
  /// What a script can do with one connection.
  struct Peer {
    let descriptor: Int32

    /// Reads up to and with the empty line; false where the client has gone.
    func readHead() -> Bool {
      var seen: [UInt8] = []
      var byte: UInt8 = 0
      while !seen.suffix(4).elementsEqual([13, 10, 13, 10]) {
        guard recv(descriptor, &byte, 1, 0) == 1 else { return false }
        seen.append(byte)
      }
      return true
    }

    func read(_ count: Int) -> Bool {
      var buffer = [UInt8](repeating: 0, count: count)
      return recv(descriptor, &buffer, count, Int32(MSG_WAITALL)) == count
    }

    func write(_ text: String) {
      let bytes = Array(text.utf8)
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
    func reset() {
      var value = linger(l_onoff: 1, l_linger: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }

    /// Waits until the client closes.
    func waitForClose() {
      var byte: UInt8 = 0
      while recv(descriptor, &byte, 1, 0) > 0 {}
    }
  }

  let endpoint: Endpoint
  private let listener: Int32
  init(_ script: @escaping @Sendable (Peer) -> Void) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    listener = descriptor
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        precondition(bind(descriptor, $0, length) == 0)
        getsockname(descriptor, $0, &length)
      }
    }
    precondition(listen(descriptor, 1024) == 0)
    endpoint = Endpoint(host: "127.0.0.1", port: UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread {
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { return }
        Thread.detachNewThread {
          script(Peer(descriptor: client))
          close(client)
        }
      }
    }
  }

  deinit {
    // Wakes the accepting thread, which then ends.
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }
}
