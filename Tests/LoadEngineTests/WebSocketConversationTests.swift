import LoadEngine
import Testing
import WireFormats

@Suite struct WebSocketConversationTests {
  /// Plays the server of one connection: upgrades it, and hands it to the script.
  private static func server(_ script: @escaping @Sendable (ScriptedServer.Peer) -> Void) -> ScriptedServer {
    ScriptedServer { peer in
      if peer.upgrade() { script(peer) }
    }
  }

  @Test("A text is sent masked, and its answer received")
  func masked() throws {
    let server = Self.server { peer in
      guard let (opcode, payload) = peer.readFrame() else { return }
      peer.write(frame: 0x80 | opcode, payload.reversed())
      peer.waitForClose()
    }
    var conversation = try WebSocketConversation(to: server.endpoint, path: "/ws")
    try conversation.send("abc")
    #expect(try conversation.receive() == .text("cba"))
  }

  @Test("Two fragments may cut a character")
  func fragments() throws {
    let server = Self.server { peer in
      guard let one = peer.readFrame(), let two = peer.readFrame() else { return }
      peer.write(frame: 0x82, [one.opcode] + one.payload + [two.opcode] + two.payload)
      peer.waitForClose()
    }
    var conversation = try WebSocketConversation(to: server.endpoint, path: "/ws")
    try conversation.send("é!", firstFragment: 1)
    #expect(try conversation.receive() == .binary([0x01, 0xC3, 0x00, 0xA9, 0x21]))
  }

  @Test("Messages that arrive together are received one by one")
  func together() throws {
    let server = Self.server { peer in
      peer.write(bytes: [0x81, 1, 0x61, 0x81, 1, 0x62])
      peer.waitForClose()
    }
    var conversation = try WebSocketConversation(to: server.endpoint, path: "/ws")
    #expect(try conversation.receive() == .text("a"))
    #expect(try conversation.receive() == .text("b"))
  }

  @Test("A ping is answered by a pong with the same bytes")
  func ping() throws {
    let server = Self.server { peer in
      peer.write(frame: 0x89, [1, 2, 3])
      guard let (opcode, payload) = peer.readFrame() else { return }
      peer.write(frame: 0x82, [opcode] + payload)
      peer.waitForClose()
    }
    var conversation = try WebSocketConversation(to: server.endpoint, path: "/ws")
    #expect(try conversation.receive() == .binary([0x0A, 1, 2, 3]))
  }

  @Test("A close of the server is an event")
  func closed() throws {
    let server = Self.server { peer in
      peer.write(frame: 0x88, [0x03, 0xEF, 0x6E, 0x6F])
      _ = peer.readFrame()
    }
    var conversation = try WebSocketConversation(to: server.endpoint, path: "/ws")
    #expect(try conversation.receive() == .close(code: 1007, reason: "no"))
  }

  @Test("Closing reads over what is under way")
  func closing() throws {
    let server = Self.server { peer in
      peer.write(frame: 0x81, [0x61])
      guard let (opcode, payload) = peer.readFrame() else { return }
      peer.write(frame: 0x80 | opcode, payload)
    }
    let conversation = try WebSocketConversation(to: server.endpoint, path: "/ws")
    #expect(try conversation.close() == 1000)
  }

  @Test("An answer other than 101 is refused")
  func refused() throws {
    let server = ScriptedServer { peer in
      guard peer.readHead() else { return }
      peer.write("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
    }
    #expect(throws: ConversationError.webSocket("\(WebSocketHandshakeViolation.status(403))")) {
      _ = try WebSocketConversation(to: server.endpoint, path: "/ws")
    }
  }

  @Test("A connection that ends without a close frame is an error")
  func ended() throws {
    let server = Self.server { _ in }
    var conversation = try WebSocketConversation(to: server.endpoint, path: "/ws")
    #expect(throws: ConversationError.webSocket("the server ended the connection without a close frame")) {
      _ = try conversation.receive()
    }
  }

  @Test("Silence ends at the deadline")
  func silence() throws {
    let server = Self.server { $0.waitForClose() }
    var conversation = try WebSocketConversation(to: server.endpoint, path: "/ws", timeout: .milliseconds(200))
    #expect(throws: ConversationError.timeout(waitingFor: "response")) { _ = try conversation.receive() }
  }

  @Test("A message beyond the limit is refused")
  func limit() throws {
    let server = Self.server { peer in
      peer.write(frame: 0x81, [0x61, 0x62, 0x63])
      peer.waitForClose()
    }
    var conversation = try WebSocketConversation(to: server.endpoint, path: "/ws", maximumMessageBytes: 2)
    #expect(throws: ConversationError.webSocket("\(WebSocketViolation.messageTooLong(limit: 2))")) {
      _ = try conversation.receive()
    }
  }
}
