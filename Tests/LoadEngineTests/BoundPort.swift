import Foundation
import LoadEngine
import TestSupport

/// A loopback port that refuses connections until it is told to serve.
final class BoundPort: @unchecked Sendable {
  let port: UInt16
  private let descriptor: Int32
  private var clients: [Int32] = []

  init() {
    let socket = BoundSocket()
    (descriptor, port) = (socket.descriptor, socket.port)
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
    var address = BoundSocket.loopback(port)
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
