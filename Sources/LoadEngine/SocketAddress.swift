import Glibc
import WireFormats

/// An address as the kernel takes it.
package struct SocketAddress: @unchecked Sendable {
  package var storage: sockaddr_storage
  package var length: socklen_t

  init(_ entry: addrinfo) {
    storage = sockaddr_storage()
    length = min(entry.ai_addrlen, socklen_t(MemoryLayout<sockaddr_storage>.size))
    memcpy(&storage, entry.ai_addr, Int(length))
  }
}

extension SocketAddress: CustomStringConvertible {
  /// `127.0.0.1:8000` or `[::1]:8000`: `getnameinfo(3)`, which asks nobody.
  package var description: String {
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
    let code = withUnsafeBytes(of: storage) {
      getnameinfo(
        $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), length, &host, socklen_t(host.count), &port,
        socklen_t(port.count), NI_NUMERICHOST | NI_NUMERICSERV)
    }
    guard code == 0 else { return "an address of family \(storage.ss_family)" }
    let (name, number) = (text(host), text(port))
    return name.contains(":") ? "[\(name)]:\(number)" : "\(name):\(number)"
  }

  private func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

extension Endpoint {
  /// The addresses of the host, the one to be tried first at the front (RFC 6724, as the system has it).
  ///
  /// Looked up once, so that no connection waits for a name server. At least one.
  package func addresses() throws(EndpointError) -> [SocketAddress] {
    try addresses(flags: AI_NUMERICSERV)
  }

  /// The first of the addresses.
  package func resolve() throws(EndpointError) -> SocketAddress { try addresses()[0] }

  /// Whether the host is an address already.
  var isNumeric: Bool { (try? addresses(flags: AI_NUMERICSERV | AI_NUMERICHOST)) != nil }

  private func addresses(flags: Int32) throws(EndpointError) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = flags
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &found)
    guard code == 0, found != nil else {
      let reason = code == EAI_SYSTEM ? strerror(errno) : UnsafeMutablePointer(mutating: gai_strerror(code))
      throw .lookUp(host: host, reason: reason.map { String(cString: $0) } ?? "\(code)")
    }
    defer { freeaddrinfo(found) }
    var addresses: [SocketAddress] = []
    var next = found
    while let entry = next?.pointee {
      let address = SocketAddress(entry)
      if !addresses.contains(where: { $0.description == address.description }) { addresses.append(address) }
      next = entry.ai_next
    }
    return addresses
  }
}

/// An address that took no connection, and why.
public struct AddressFailure: Equatable, Sendable, CustomStringConvertible {
  public var address: String
  public var reason: String

  public var description: String { "\(address): \(reason)" }
}
