/// Where to connect to, and what to call it in the `host` field.
public struct Endpoint: Equatable, Sendable {
  /// As the user wrote it: a name, an IPv4 address, or an IPv6 address without brackets.
  public var host: String
  public var port: UInt16

  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Host and port, as they stand in a URL.
  public var authority: String { "\(bracketed):\(port)" }

  /// The value of the `host` field (RFC 9110, section 7.2): without the port where it is the default one, and without the
  /// zone of an address, which means something on this machine only (RFC 6874, section 4).
  public var hostField: String {
    let name = host.contains(":") ? "[\(host.prefix { $0 != "%" })]" : host
    return port == 80 ? name : "\(name):\(port)"
  }

  private var bracketed: String {
    host.contains(":") ? "[\(host.split(separator: "%").joined(separator: "%25"))]" : host
  }

  /// Splits `http://host[:port]/path?query` into the endpoint and the request target.
  ///
  /// - Throws: `EndpointError`; also where the URL has a user name, which an endpoint alone cannot keep.
  public static func parse(url text: String) throws(EndpointError) -> (endpoint: Endpoint, target: String) {
    let url = try HTTPURL(text)
    guard url.authorization == nil else { throw .userInfoUnused(HTTPURL.quotable(text)) }
    return (url.endpoint, url.target)
  }
}

public enum EndpointError: Error, Equatable, Sendable, CustomStringConvertible {
  // The URLs in here are `quotable`: on one line, and without a password.
  case notHTTP(String)
  case host(String)
  case hostName(String)
  case port(String)
  case target(String)
  case userInfo(String)
  case userInfoUnused(String)
  case lookUp(host: String, reason: String)

  public var description: String {
    switch self {
    case .notHTTP(let url): "'\(url)' is not a URL this engine can load; it takes http://host:port/path"
    case .host(let url): "'\(url)' names no host; a URL looks like http://127.0.0.1:8000/ping"
    case .hostName(let url):
      "the host in '\(url)' is neither a name in ASCII (xn--… for other letters) nor an IPv4 address, nor an IPv6 address"
        + " in brackets, such as [::1]"
    case .port(let url):
      "the port in '\(url)' is not a number from 1 to 65535"
        + (url.contains("***@") ? "; in a user name or password write / as %2F, ? as %3F and # as %23" : "")
    case .target(let url): "the path in '\(url)' has a blank or a non-ASCII character; percent-encode it"
    case .userInfo(let url):
      "the user name or the password in '\(url)' has a blank, a control character, a ':' within the name or a '%' without"
        + " two hexadecimal digits; write @ as %40, % as %25 and a blank as %20"
    case .userInfoUnused(let url): "'\(url)' has a user name or a password, and none is sent here; leave it out"
    case .lookUp(let host, let reason): "cannot look up the host '\(host)': \(reason)"
    }
  }
}
