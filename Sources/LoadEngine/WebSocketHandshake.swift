import Text

/// The opening handshake of one WebSocket connection, seen from the client.
///
/// Source: RFC 6455 section 4. No extension is offered, so that none may be accepted; a subprotocol is offered where the
/// caller's fields have one.
public struct WebSocketHandshake: Sendable, Equatable {
  /// The value of `Sec-WebSocket-Key`: 16 bytes in base64.
  public let key: String

  /// A handshake around 16 bytes that the caller drew at random, fresh for each connection (section 4.1, item 7).
  /// - Precondition: there are 16 bytes.
  public init(randomBytes: [UInt8]) {
    precondition(randomBytes.count == 16, "a WebSocket key is made of 16 bytes")
    key = Base64.encode(randomBytes)
  }

  /// The request in full, with `fields` after those that every handshake has. A `host` among them is sent instead of the
  /// endpoint's.
  /// - Precondition: no value holds control characters but tabs; the path begins with a slash and has no spaces.
  public func request(to endpoint: Endpoint, path: String, fields: [HTTPField] = []) -> [UInt8] {
    precondition(path.utf8.first == UInt8(ascii: "/") && !path.utf8.contains(UInt8(ascii: " ")), "not a path: \(path)")
    var lines = [
      "GET \(path) HTTP/1.1",
      "Host: \(fields.first { $0.isNamed("host") }?.value ?? endpoint.hostField)",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: \(key)",
      "Sec-WebSocket-Version: 13",
    ]
    for field in fields where !field.isNamed("host") { lines.append("\(field.name): \(field.value)") }
    for line in lines {
      precondition(
        !line.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f }, "a request line has no control characters")
    }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  /// The `Sec-WebSocket-Accept` that proves the server read `key` (section 4.2.2, item 5.4).
  public static func accept(for key: String) -> String {
    Base64.encode(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
  }

  /// Checks the server's answer as section 4.1 tells clients to.
  ///
  /// `header` gives the value of a field by its name in lower case, nil where it is absent; the values of a repeated
  /// field are joined with commas. `fields` are those of the request: a server may choose one of the subprotocols that
  /// they offer, or none.
  public func check(
    status: Int, offered fields: [HTTPField] = [], header: (String) -> String?
  ) throws(WebSocketHandshakeViolation) {
    guard status == 101 else { throw .status(status) }
    guard Self.hasToken("websocket", in: header("upgrade")) else { throw .upgrade(header("upgrade")) }
    guard Self.hasToken("upgrade", in: header("connection")) else { throw .connection(header("connection")) }
    let expected = Self.accept(for: key)
    let accept = header("sec-websocket-accept")
    guard accept == expected else { throw .accept(accept, expected: expected) }
    if let extensions = header("sec-websocket-extensions"), !extensions.isEmpty { throw .extensions(extensions) }
    let offered = fields.filter { $0.isNamed("sec-websocket-protocol") }.flatMap(\.members)
    if let subprotocol = header("sec-websocket-protocol"), !offered.contains(subprotocol) {
      throw .subprotocol(subprotocol)
    }
  }

  private static func hasToken(_ token: String, in list: String?) -> Bool {
    guard let list else { return false }
    return list.split(separator: ",").contains { item in
      let words = item.split { $0 == " " || $0 == "\t" }
      return words.count == 1 && words[0].lowercased() == token
    }
  }
}

/// Why a server's answer does not open a WebSocket.
///
/// Source: RFC 6455 section 4.1, the list of what a client must check.
public enum WebSocketHandshakeViolation: Error, Equatable, Sendable, CustomStringConvertible {
  /// Not 101; the answer is plain HTTP.
  case status(Int)
  case upgrade(String?)
  case connection(String?)
  case accept(String?, expected: String)
  /// An extension that was not offered.
  case extensions(String)
  /// A subprotocol that was not offered.
  case subprotocol(String)

  public var description: String {
    switch self {
    case .status(let status): "the WebSocket handshake was answered with status \(status) instead of 101"
    case .upgrade(let value): "the WebSocket handshake answered Upgrade: \(value ?? "(none)")"
    case .connection(let value): "the WebSocket handshake answered Connection: \(value ?? "(none)")"
    case .accept(let value, let expected):
      "the WebSocket handshake answered Sec-WebSocket-Accept: \(value ?? "(none)") instead of \(expected)"
    case .extensions(let value): "the WebSocket handshake accepted extensions that were not offered: \(value)"
    case .subprotocol(let value): "the WebSocket handshake chose a subprotocol that was not offered: \(value)"
    }
  }
}
