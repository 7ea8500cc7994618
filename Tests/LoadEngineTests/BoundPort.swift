import Foundation
import LoadEngine

/// A loopback port that refuses connections until it is told to serve.
final class BoundPort: @unchecked Sendable {
  let port: UInt16
  private let descriptor: Int32
  private var clients: [Int32] = []

  init() {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        precondition(bind(descriptor, $0, length) == 0)
        getsockname(descriptor, $0, &length)
      }
    }
    port = UInt16(bigEndian: address.sin_port)
  }

  /// Answers every request on every connection with `hello`, from now on.
  func serveHello() {
    precondition(listen(descriptor, 128) == 0)
    Thread.detachNewThread { [self] in
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { return }
        Thread.detachNewThread {
          let peer = ScriptedServer.Peer(descriptor: client)
          while peer.readHead() { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") }
          close(client)
        }
      }
    }
  }

  /// Takes no connection from now on and refuses none: the queue of those that nobody accepts is full.
  func fallSilent() {
    precondition(listen(descriptor, 0) == 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    for _ in 0..<4 {
      let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      clients.append(client)
    }
  }

  /// Ends what serves.
  func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  deinit {
    for client in clients { close(client) }
    close(descriptor)
  }
}
