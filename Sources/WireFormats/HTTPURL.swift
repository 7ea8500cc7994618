import Glibc
import Text

/// A URL that can be loaded, taken apart: `http://[user[:password]@]host[:port][/path][?query][#fragment]`.
///
/// What is printed of it, also in errors, holds no password. Source: RFC 3986, section 3; RFC 6874 for the zone of an
/// IPv6 address; RFC 7617 for user name and password.
public struct HTTPURL: Equatable, Sendable, CustomStringConvertible {
  public let endpoint: Endpoint
  /// Path and query, as they go into the request line.
  public let target: String
  /// Basic authentication, where the URL has a user name.
  public let authorization: HTTPField?
  /// As it was written, except for user name and password.
  public let description: String

  public init(_ text: String) throws(EndpointError) {
    let quoted = HTTPURL.quotable(text)
    let scheme = text.prefix("http://".count)
    guard scheme.lowercased() == "http://" else { throw .notHTTP(quoted) }
    let rest = text[scheme.endIndex...]
    let end = rest.utf8.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
    let authority = rest[..<end]
    let at = authority.utf8.lastIndex(of: UInt8(ascii: "@"))
    authorization = try at.map { at throws(EndpointError) in try basic(authority[..<at], of: quoted) }
    let place = at.map { authority[authority.utf8.index(after: $0)...] } ?? authority
    endpoint = try HTTPURL.endpoint(place, of: quoted)
    let path = rest[end...].utf8.prefix { $0 != UInt8(ascii: "#") }
    guard path.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .target(quoted) }
    target = (path.first == UInt8(ascii: "/") ? "" : "/") + String(Substring(path))
    description = ("http://" + (at == nil ? "" : "***@") + text[place.startIndex...]).escapingControls
  }

  /// The text on one line, without what may be a password: also where it is no URL, or has a password that should have
  /// been percent-encoded.
  public static func quotable(_ text: String) -> String {
    guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else { return text.escapingControls }
    var start = text.startIndex
    if let separator = text[..<at].firstRange(of: "://"), text[..<separator.lowerBound].utf8.allSatisfy(isTokenByte) {
      start = separator.upperBound
    }
    return (text[..<start] + "***" + text[at...]).escapingControls
  }

  private static func endpoint(_ place: Substring, of url: String) throws(EndpointError) -> Endpoint {
    var host = place
    var port: Substring?
    if place.utf8.first == UInt8(ascii: "[") {
      guard let bracket = place.utf8.lastIndex(of: UInt8(ascii: "]")) else { throw .hostName(url) }
      host = place[...bracket]
      let after = place[place.utf8.index(after: bracket)...]
      guard after.isEmpty || after.utf8.first == UInt8(ascii: ":") else { throw .hostName(url) }
      port = after.dropFirst()
    } else if let colon = place.utf8.firstIndex(of: UInt8(ascii: ":")) {
      host = place[..<colon]
      port = place[place.utf8.index(after: colon)...]
      guard port?.utf8.contains(UInt8(ascii: ":")) == false else { throw .hostName(url) }
    }
    guard !host.isEmpty else { throw .host(url) }
    guard let name = address(inBrackets: host) ?? name(host) else { throw .hostName(url) }
    return Endpoint(host: name, port: try number(port ?? "", of: url))
  }

  /// An empty port is the default one (RFC 3986, section 3.2.3).
  private static func number(_ port: Substring, of url: String) throws(EndpointError) -> UInt16 {
    if port.isEmpty { return 80 }
    guard port.utf8.allSatisfy(isDigit), let number = UInt16(port), number > 0 else { throw .port(url) }
    return number
  }

  /// A name, or an IPv4 address. No other letters than those that a name server is asked for.
  private static func name(_ host: Substring) -> String? {
    let isName = host.utf8.allSatisfy { isLetter($0) || isDigit($0) || "-._".utf8.contains($0) }
    return isName ? String(host) : nil
  }

  /// `[::1]`, or with a zone `[fe80::1%25eth0]`, for which `%eth0` is taken too.
  private static func address(inBrackets host: Substring) -> String? {
    guard host.utf8.first == UInt8(ascii: "["), host.utf8.last == UInt8(ascii: "]") else { return nil }
    let parts = host.dropFirst().dropLast().split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    var address = in6_addr()
    guard let text = parts.first, inet_pton(AF_INET6, String(text), &address) == 1 else { return nil }
    guard parts.count == 2 else { return String(text) }
    let zone = parts[1].hasPrefix("25") && parts[1].utf8.count > 2 ? parts[1].dropFirst(2) : parts[1]
    let isZone = zone.utf8.allSatisfy { isLetter($0) || isDigit($0) || "-._~".utf8.contains($0) }
    return isZone && !zone.isEmpty ? "\(text)%\(zone)" : nil
  }
}

/// The field for the part of a URL before the `@`.
private func basic(_ userInfo: Substring, of url: String) throws(EndpointError) -> HTTPField {
  let colon = userInfo.utf8.firstIndex(of: UInt8(ascii: ":")) ?? userInfo.endIndex
  guard userInfo.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
    let user = percentDecoded(userInfo[..<colon]), let password = percentDecoded(userInfo[colon...].dropFirst())
  else { throw .userInfo(url) }
  // A colon ends the user name for whoever reads it, and neither may hold control characters (RFC 7617, section 2).
  guard !user.contains(UInt8(ascii: ":")), (user + password).allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
    throw .userInfo(url)
  }
  return HTTPField("authorization", "Basic " + Base64.encode(user + [UInt8(ascii: ":")] + password))
}

/// nil where a `%` is not followed by two hexadecimal digits.
private func percentDecoded(_ text: Substring) -> [UInt8]? {
  var bytes: [UInt8] = []
  var rest = text.utf8[...]
  while let byte = rest.popFirst() {
    guard byte == UInt8(ascii: "%") else {
      bytes.append(byte)
      continue
    }
    guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else { return nil }
    bytes.append(high << 4 | low)
  }
  return bytes
}
