import Foundation

/// A socket that is bound to a free port of the loopback interface, and refuses connections. Whoever makes it closes it.
package struct BoundSocket {
  package let descriptor: Int32
  package let port: UInt16

  package init() {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.loopback(0)
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

  /// - Parameter port: zero for any.
  package static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = port.bigEndian
    return address
  }
}

/// One that listens.
package struct ListeningSocket {
  package let descriptor: Int32
  package let port: UInt16

  package init() {
    let bound = BoundSocket()
    precondition(listen(bound.descriptor, 1024) == 0)
    (descriptor, port) = (bound.descriptor, bound.port)
  }

  /// A client's end of a new connection, and its port. Whoever asks for it closes it.
  package func connect() throws -> (descriptor: Int32, port: UInt16) {
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = BoundSocket.loopback(port)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let failed = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(client, $0, length) != 0 || getsockname(client, $0, &length) != 0
      }
    }
    guard !failed else {
      close(client)
      throw POSIXError(.ECONNREFUSED)
    }
    return (client, UInt16(bigEndian: address.sin_port))
  }
}
