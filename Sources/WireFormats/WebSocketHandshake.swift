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
    precondition(
      fields.allSatisfy { !$0.value.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f } },
      "a field has no control characters")
    let own = [
      HTTPField("Host", fields.first { $0.isNamed("host") }?.value ?? endpoint.hostField),
      HTTPField("Upgrade", "websocket"), HTTPField("Connection", "Upgrade"), HTTPField("Sec-WebSocket-Key", key),
      HTTPField("Sec-WebSocket-Version", "13"),
    ]
    return (own + fields.filter { !$0.isNamed("host") }).head(of: "GET", path, to: endpoint)
  }

  /// The `Sec-WebSocket-Accept` that proves the server read `key` (section 4.2.2, item 5.4).
  public static func accept(for key: String) -> String {
    Base64.encode(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
  }

  /// Checks the server's answer as section 4.1 tells clients to.
  ///
  /// - Parameters:
  ///   - fields: those of the answer.
  ///   - offered: those of the request. A server may choose one of the subprotocols that they offer, or none.
  public func check(
    status: Int, _ fields: [HTTPField], offered: [HTTPField] = []
  ) throws(WebSocketHandshakeViolation) {
    guard status == 101 else { throw .status(status) }
    let (upgrade, connection) = (fields.joined("upgrade"), fields.joined("connection"))
    guard Self.hasToken("websocket", in: upgrade) else { throw .upgrade(upgrade) }
    guard Self.hasToken("upgrade", in: connection) else { throw .connection(connection) }
    let expected = Self.accept(for: key)
    let accept = fields.joined("sec-websocket-accept")
    guard accept == expected else { throw .accept(accept, expected: expected) }
    if let extensions = fields.joined("sec-websocket-extensions"), !extensions.isEmpty { throw .extensions(extensions) }
    let subprotocols = offered.filter { $0.isNamed("sec-websocket-protocol") }.flatMap(\.members)
    if let subprotocol = fields.joined("sec-websocket-protocol"), !subprotocols.contains(subprotocol) {
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
