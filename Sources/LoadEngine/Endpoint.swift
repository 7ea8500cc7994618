import Glibc

/// Where to connect to, and what to call it in the `host` field.
public struct Endpoint: Equatable, Sendable {
  /// As the user wrote it: a name, an IPv4 address, or an IPv6 address without brackets.
  public var host: String
  public var port: UInt16

  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// The value of the `host` field (RFC 9110, section 7.2).
  public var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Splits `http://host[:port]/path?query` into the endpoint and the request target.
  public static func parse(url: String) throws(EndpointError) -> (endpoint: Endpoint, target: String) {
    guard url.hasPrefix("http://") else { throw .notHTTP(url) }
    let rest = url.dropFirst("http://".count)
    let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    var host = rest[..<end]
    var port: UInt16 = 80
    let colon =
      host.hasPrefix("[")
      ? host.lastIndex(of: "]").flatMap { host[$0...].firstIndex(of: ":") } : host.firstIndex(of: ":")
    if let colon {
      guard let number = UInt16(host[host.index(after: colon)...]), number > 0 else { throw .port(url) }
      port = number
      host = host[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, !host.contains("@") else { throw .host(url) }
    var target = rest[end...].prefix { $0 != "#" }[...]
    if !target.hasPrefix("/") { target = "/" + target }
    guard target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .target(url) }
    return (Endpoint(host: String(host), port: port), String(target))
  }

  /// Looks the host up once, so that no connection waits for a name server.
  package func resolve() throws(EndpointError) -> SocketAddress {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &found)
    guard code == 0, let first = found else { throw .lookUp(host: host, reason: String(cString: gai_strerror(code))) }
    defer { freeaddrinfo(found) }
    var storage = sockaddr_storage()
    memcpy(&storage, first.pointee.ai_addr, Int(first.pointee.ai_addrlen))
    return SocketAddress(storage: storage, length: first.pointee.ai_addrlen)
  }
}

/// An address as the kernel takes it.
package struct SocketAddress: @unchecked Sendable {
  package var storage: sockaddr_storage
  package var length: socklen_t
}

public enum EndpointError: Error, Equatable, Sendable, CustomStringConvertible {
  case notHTTP(String)
  case host(String)
  case port(String)
  case target(String)
  case lookUp(host: String, reason: String)

  public var description: String {
    switch self {
    case .notHTTP(let url): "'\(url)' is not a URL this engine can load; it takes http://host:port/path"
    case .host(let url): "'\(url)' names no host; a URL looks like http://127.0.0.1:8000/ping"
    case .port(let url): "the port in '\(url)' is not a number from 1 to 65535"
    case .target(let url): "the path in '\(url)' has a blank or a non-ASCII character; percent-encode it"
    case .lookUp(let host, let reason): "cannot look up the host '\(host)': \(reason)"
    }
  }
}
