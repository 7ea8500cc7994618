import Testing
import WireFormats

private let handshake = WebSocketHandshake(randomBytes: Array("the sample nonce".utf8))

private let answer = [
  "upgrade": "websocket", "connection": "Upgrade",
  "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
]

private func violation(
  status: Int = 101, _ changes: [String: String?] = [:], offered: [HTTPField] = []
) -> WebSocketHandshakeViolation? {
  var header = answer
  for (name, value) in changes { header[name] = value }
  do {
    try handshake.check(status: status, header.map { HTTPField($0, $1) }, offered: offered)
    return nil
  } catch {
    return error
  }
}

@Suite struct WebSocketHandshakeTests {
  @Test("answers the example of RFC 6455 section 1.3")
  func example() {
    #expect(handshake.key == "dGhlIHNhbXBsZSBub25jZQ==")
    #expect(WebSocketHandshake.accept(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  @Test("asks with the fields that RFC 6455 section 4.1 requires, and then the caller's")
  func request() {
    let bytes = handshake.request(
      to: Endpoint(host: "127.0.0.1", port: 8003), path: "/ws?room=1",
      fields: [HTTPField("Origin", "http://127.0.0.1")])
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        GET /ws?room=1 HTTP/1.1\r
        Host: 127.0.0.1:8003\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        Origin: http://127.0.0.1\r
        \r\n
        """)
  }

  @Test("names the host without the default port and without a zone, unless the caller names another one")
  func host() {
    func host(_ endpoint: Endpoint, _ fields: [HTTPField] = []) -> [String] {
      let lines = String(decoding: handshake.request(to: endpoint, path: "/", fields: fields), as: UTF8.self)
      return lines.split(separator: "\r\n").map(String.init).filter { $0.lowercased().hasPrefix("host") }
    }
    #expect(host(Endpoint(host: "a.example", port: 80)) == ["Host: a.example"])
    #expect(host(Endpoint(host: "fe80::1%eth0", port: 81)) == ["Host: [fe80::1]:81"])
    #expect(host(Endpoint(host: "a.example", port: 80), [HTTPField("HOST", "b.example")]) == ["Host: b.example"])
  }

  @Test(
    "accepts one of the subprotocols that were offered, or none",
    arguments: [
      (nil, nil), ("chat", nil), ("Chat", .subprotocol("Chat")), ("news", .subprotocol("news")),
      ("chat,superchat", .subprotocol("chat,superchat")), ("v2", nil), ("", .subprotocol("")),
    ] as [(String?, WebSocketHandshakeViolation?)])
  func subprotocol(chosen: String?, expected: WebSocketHandshakeViolation?) {
    let offered = [
      HTTPField("Sec-WebSocket-Protocol", "chat, superchat"), HTTPField("sec-websocket-protocol", "v2"),
    ]
    #expect(violation(["sec-websocket-protocol": chosen], offered: offered) == expected)
  }

  @Test("accepts a server's answer, whatever its case and its further tokens")
  func accepted() {
    #expect(violation() == nil)
    #expect(violation(["upgrade": "WebSocket", "connection": "keep-alive, upgrade"]) == nil)
    #expect(violation(["sec-websocket-extensions": ""]) == nil)
  }

  @Test("refuses an answer that RFC 6455 section 4.1 refuses, and says why")
  func refused() {
    let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    #expect(violation(status: 200) == .status(200))
    #expect(violation(["upgrade": nil]) == .upgrade(nil))
    #expect(violation(["upgrade": "websockets"]) == .upgrade("websockets"))
    #expect(violation(["connection": "close"]) == .connection("close"))
    #expect(violation(["connection": nil]) == .connection(nil))
    #expect(violation(["sec-websocket-accept": nil]) == .accept(nil, expected: accept))
    #expect(violation(["sec-websocket-accept": "S3PP"]) == .accept("S3PP", expected: accept))
    #expect(violation(["sec-websocket-extensions": "permessage-deflate"]) == .extensions("permessage-deflate"))
    #expect(violation(["sec-websocket-protocol": "chat"]) == .subprotocol("chat"))
  }
}
