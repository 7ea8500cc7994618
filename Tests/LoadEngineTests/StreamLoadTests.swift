import Foundation
import LoadEngine
import Synchronization
import Testing
import WireFormats

@Suite struct EventLoadTests {
  private static let expected = [
    ServerSentEvent(id: "1", type: "tick", data: #"{"seq":1}"#),
    ServerSentEvent(id: "2", type: "tick", data: #"{"seq":2}"#),
  ]
  private static let first = "id: 1\nevent: tick\ndata: {\"seq\":1}\n\n"

  @Test("Events that are spelled otherwise and say the same are verified, and the gaps between them recorded")
  func rightEvents() throws {
    let second = "event:tick\r\ndata:{\"seq\": 2}\r\nid:2\r\n\r\n"
    let result = try loadEvents(EventLoadTests.expected, from: EventLoadTests.first + second)
    #expect(result.errors.total == 0, "\(result.failures)")
    #expect(result.measured.verified == 2)
    #expect(result.times.gap.count >= UInt64(result.measured.verified))
  }

  @Test(
    "A missing, changed, additional or unfinished event is a verification error",
    arguments: [
      first,
      first + "id: 2\nevent: tick\ndata: {\"seq\":3}\n\n",
      first + "id: 3\nevent: tick\ndata: {\"seq\":2}\n\n",
      first + "id: 2\nevent: tock\ndata: {\"seq\":2}\n\n",
      first + first,
      first + "id: 2\nevent: tick\ndata: {\"seq\":2}\n",
      first + "id: 2\nevent: tick\ndata: {\"seq\":2}\n\nid: 3\ndata: x\n\n",
    ])
  func wrongEvents(text: String) throws {
    let result = try loadEvents(EventLoadTests.expected, from: text)
    #expect(result.measured.verified == 0)
    #expect(Array(result.errors.byKind.keys) == [.verification], "\(result.failures)")
  }
}

@Suite struct WebSocketLoadTests {
  @Test("Messages are answered one by one, and connections are closed after the number that was asked for")
  func echo() throws {
    let server = ScriptedServer { peer in
      guard peer.upgrade() else { return }
      while let frame = peer.readFrame() {
        peer.write(frame: 0x80 | frame.opcode, frame.payload)
        if frame.opcode == 8 { return }
      }
    }
    let result = try loadWebSocket(server, messagesPerConnection: 10, requests: 40)
    #expect(result.errors.total == 0, "\(result.failures)")
    #expect(result.measured.verified == 40)
    #expect(result.connectionsOpened >= result.measured.verified / 10)
  }

  @Test("An answer in two fragments with a ping between them is verified, and the ping answered")
  func fragments() throws {
    let server = ScriptedServer { peer in
      guard peer.upgrade() else { return }
      while let frame = peer.readFrame(), frame.opcode == 1 {
        peer.write(frame: 0x01, Array(frame.payload[..<2]))
        peer.write(frame: 0x89, [7])
        guard let pong = peer.readFrame(), pong.opcode == 10, pong.payload == [7] else { return }
        peer.write(frame: 0x80, Array(frame.payload[2...]))
      }
    }
    let result = try loadWebSocket(server)
    #expect(result.errors.total == 0, "\(result.failures)")
    #expect(result.measured.verified > 0)
  }

  @Test("Each misbehaviour has one kind of error, and is never a result", arguments: WebSocketMisbehaviour.all)
  func misbehaviour(_ misbehaviour: WebSocketMisbehaviour) throws {
    let server = ScriptedServer { peer in
      guard peer.upgrade(fields: misbehaviour.fields) else { return }
      while let frame = peer.readFrame(), frame.opcode == 1 {
        misbehaviour.play(peer)
        if misbehaviour.endsConnection { return }
      }
    }
    let waits = misbehaviour.kind == .timeout
    // Without a handshake there is no request that could be counted.
    let result = try loadWebSocket(
      server, timeout: waits ? .milliseconds(200) : .seconds(5), requests: misbehaviour.fields.isEmpty ? 2 : nil)
    #expect(result.measured.verified == 0)
    #expect(Array(result.errors.byKind.keys) == [misbehaviour.kind], "\(result.failures)")
  }

  @Test("A close with a code that may be sent ends the exchange early, and with any other it is malformed")
  func closeCodes() throws {
    let allowed: [UInt16] = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999]
    let forbidden: [UInt16] = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535]
    for (codes, kind) in [(allowed, FailureKind.closedEarly), (forbidden, .malformed)] {
      for code in codes {
        let server = ScriptedServer { peer in
          guard peer.upgrade() else { return }
          while let frame = peer.readFrame(), frame.opcode == 1 {
            peer.write(frame: 0x88, [UInt8(code >> 8), UInt8(code & 0xFF)])
          }
        }
        let result = try loadWebSocket(server, requests: 1)
        #expect(result.measured.verified == 0)
        #expect(Array(result.errors.byKind.keys) == [kind], "\(code): \(result.failures)")
      }
    }
  }

  @Test(
    "A close frame is answered by one with the same code, while a message waits for its answer and while none does",
    arguments: [[0x03, 0xE8], [0x03, 0xE9], [0x0F, 0xA0], []] as [[UInt8]], [true, false])
  func closeAnswered(payload: [UInt8], isBusy: Bool) throws {
    let answers = Told<Frame?>()
    let server = ScriptedServer { peer in
      guard peer.upgrade(), let message = peer.readFrame() else { return }
      if !isBusy { peer.write(frame: 0x81, message.payload) }
      peer.write(frame: 0x88, payload)
      answers.tell(Frame(peer.readFrame()))
      // Then nothing more, and the end.
      answers.tell(Frame(peer.readFrame()))
    }
    var plan = plan(server, requests: isBusy ? 1 : nil)
    plan.connections = 1
    if !isBusy {
      // The next message is not due before the close has come.
      plan.pacing = .openLoop(perSecond: 4, arrivals: .constant)
      plan.window = .milliseconds(600)
    }
    let result = try plan.run()
    #expect(result.errors.byKind == (isBusy ? [.closedEarly: 1] : [:]), "\(result.failures)")
    let first = Frame(opcode: 8, payload: payload)
    #expect(answers.first(2) == [first, nil])
  }

  @Test("A close frame is answered after what was being sent, where the server had not read it yet")
  func closeAnsweredLate() throws {
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 16 << 20)
    let tails = Told<[UInt8]>()
    let server = ScriptedServer { peer in
      // A frame of two bytes, eight of the length, four of the mask and the text.
      guard peer.upgrade(), peer.read(1) else { return }
      peer.write(frame: 0x88, [0x03, 0xF1])
      // Time for the client to send as much as it can.
      Thread.sleep(forTimeInterval: 0.2)
      guard peer.read(13 + text.count) else { return }
      var tail = [UInt8](repeating: 0, count: 100)
      let count = recv(peer.descriptor, &tail, 100, Int32(MSG_WAITALL))
      tails.tell(Array(tail.prefix(max(count, 0))))
    }
    var plan = plan(server, requests: 1)
    plan.connections = 1
    plan.work = .webSocket(WebSocketScript(target: "/ws", messages: [WebSocketExchange(text, expecting: .anything)]))
    let result = try plan.run()
    #expect(result.errors.byKind == [.closedEarly: 1], "\(result.failures)")
    let tail = try #require(tails.first(1).first)
    #expect(tail.count == 8 && tail.prefix(2).elementsEqual([0x88, 0x82]))
    #expect(tail.count == 8 && tail[6] ^ tail[2] == 0x03 && tail[7] ^ tail[3] == 0xF1)
  }

  @Test(
    "What breaks the protocol is answered by a close frame with the code for it",
    arguments: [
      ([0x83, 1, 1], 1002), ([0xC1, 1, 0x7B], 1002), ([0x81, 0x81, 0, 0, 0, 0, 1], 1002), ([0x81, 1, 0xFF], 1007),
      ([0x82, 1, 1], 1003), ([0x88, 1, 3], 1002), ([0x88, 2, 0x03, 0xED], 1002),
    ] as [([UInt8], UInt16)])
  func refusedWithCode(frame: [UInt8], code: UInt16) throws {
    let answers = Told<Frame?>()
    let server = ScriptedServer { peer in
      guard peer.upgrade(), peer.readFrame() != nil else { return }
      peer.write(bytes: frame)
      answers.tell(Frame(peer.readFrame()))
      answers.tell(Frame(peer.readFrame()))
    }
    var plan = plan(server, requests: 1)
    plan.connections = 1
    let result = try plan.run()
    #expect(result.measured.errors.total == 1, "\(result.failures)")
    let first = Frame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)])
    #expect(answers.first(2) == [first, nil])
  }

  @Test("A server that does not answer our close frame is an error once its time is over")
  func closeNotAnswered() throws {
    let server = ScriptedServer { peer in
      guard peer.upgrade() else { return }
      while let frame = peer.readFrame() {
        if frame.opcode == 1 { peer.write(frame: 0x81, frame.payload) }
      }
    }
    let result = try loadWebSocket(server, messagesPerConnection: 1, timeout: .milliseconds(200), requests: 6)
    #expect(result.measured.verified > 0)
    #expect(Array(result.errors.byKind.keys) == [.timeout], "\(result.failures)")
    #expect(result.failures.map(\.detail) == ["the closing handshake was not answered within 200 ms"])
  }

  @Test("A second answer to one message is malformed, whatever the first one was")
  func secondAnswer() throws {
    let server = ScriptedServer { peer in
      guard peer.upgrade() else { return }
      while let frame = peer.readFrame(), frame.opcode == 1 {
        let answer = [0x81, UInt8(frame.payload.count)] + frame.payload
        peer.write(bytes: answer + answer)
      }
    }
    let result = try loadWebSocket(server)
    #expect(Array(result.errors.byKind.keys) == [.malformed], "\(result.failures)")
  }

  @Test("A refused upgrade is a status error, and a wrong proof a malformed answer")
  func refusedUpgrade() throws {
    let refusing = ScriptedServer { peer in
      if peer.readHead() { peer.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") }
    }
    #expect(Array(try loadWebSocket(refusing, requests: nil).errors.byKind.keys) == [.status])
    let lying = ScriptedServer { peer in
      guard peer.readHead() else { return }
      peer.write(
        "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n")
    }
    #expect(Array(try loadWebSocket(lying, requests: nil).errors.byKind.keys) == [.malformed])
  }
}

/// One way to answer a message wrongly.
struct WebSocketMisbehaviour: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var kind: FailureKind
  /// Of the answer to the handshake.
  var fields = ""
  var endsConnection = false
  var play: @Sendable (ScriptedServer.Peer) -> Void

  static let all = [
    WebSocketMisbehaviour(testDescription: "another text", kind: .verification) {
      $0.write(frame: 0x81, [0x7B, 0x7D])
    },
    WebSocketMisbehaviour(testDescription: "a binary message", kind: .verification) { $0.write(frame: 0x82, [1]) },
    WebSocketMisbehaviour(testDescription: "a masked frame", kind: .malformed) {
      $0.write(bytes: [0x81, 0x81, 0, 0, 0, 0, 1])
    },
    WebSocketMisbehaviour(testDescription: "a reserved bit", kind: .malformed) { $0.write(frame: 0xC1, [0x7B]) },
    WebSocketMisbehaviour(testDescription: "invalid UTF-8", kind: .malformed) { $0.write(frame: 0x81, [0xFF]) },
    WebSocketMisbehaviour(testDescription: "a close", kind: .closedEarly) { $0.write(frame: 0x88, [0x03, 0xE9]) },
    WebSocketMisbehaviour(testDescription: "a reserved close code", kind: .malformed) {
      $0.write(frame: 0x88, [0x03, 0xED])
    },
    WebSocketMisbehaviour(testDescription: "an unknown opcode", kind: .malformed) { $0.write(frame: 0x83, [1]) },
    WebSocketMisbehaviour(testDescription: "a continuation of nothing", kind: .malformed) {
      $0.write(frame: 0x80, [0x7B])
    },
    WebSocketMisbehaviour(testDescription: "a message within a message", kind: .malformed) {
      $0.write(frame: 0x01, [0x7B])
      $0.write(frame: 0x81, [0x7B])
    },
    WebSocketMisbehaviour(testDescription: "a ping in fragments", kind: .malformed) { $0.write(frame: 0x09, [1]) },
    WebSocketMisbehaviour(testDescription: "a ping of 126 bytes", kind: .malformed) {
      $0.write(bytes: [0x89, 126, 0, 126] + [UInt8](repeating: 1, count: 126))
    },
    WebSocketMisbehaviour(testDescription: "a message of a terabyte", kind: .malformed) {
      $0.write(bytes: [0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0])
    },
    WebSocketMisbehaviour(testDescription: "fragments without end", kind: .malformed) { peer in
      let fragment = [UInt8](repeating: 0x61, count: 60_000)
      peer.write(bytes: [0x01, 126, 0xEA, 0x60] + fragment)
      for _ in 0..<2000 { peer.write(bytes: [0x00, 126, 0xEA, 0x60] + fragment) }
    },
    WebSocketMisbehaviour(testDescription: "a reset", kind: .reset, endsConnection: true) { $0.reset() },
    WebSocketMisbehaviour(testDescription: "an end without a close frame", kind: .closedEarly, endsConnection: true) {
      _ in
    },
    WebSocketMisbehaviour(testDescription: "no answer", kind: .timeout) { _ in },
    WebSocketMisbehaviour(
      testDescription: "an extension that was not offered", kind: .malformed,
      fields: "Sec-WebSocket-Extensions: permessage-deflate\r\n"
    ) { _ in },
    WebSocketMisbehaviour(
      testDescription: "a subprotocol that was not offered", kind: .malformed,
      fields: "Sec-WebSocket-Protocol: chat\r\n"
    ) { _ in },
  ]
}

/// What a script tells its test.
private final class Told<Value: Sendable>: Sendable {
  private let values = Mutex<[Value]>([])

  func tell(_ value: Value) { values.withLock { $0.append(value) } }

  /// So many of them, or fewer where they have not come in ten seconds: the load may end before the script.
  func first(_ count: Int) -> [Value] {
    let end = Instant.now() + .seconds(10)
    while values.withLock({ $0.count }) < count, Instant.now() < end { usleep(1000) }
    return values.withLock { Array($0.prefix(count)) }
  }
}

/// A frame as the server read it; nil at the end of the connection.
private struct Frame: Equatable {
  var opcode: UInt8
  var payload: [UInt8]

  init(opcode: UInt8, payload: [UInt8]) {
    self.opcode = opcode
    self.payload = payload
  }

  init?(_ frame: (opcode: UInt8, payload: [UInt8])?) {
    guard let frame else { return nil }
    self.init(opcode: frame.opcode, payload: frame.payload)
  }
}

private func loadWebSocket(
  _ server: ScriptedServer, messagesPerConnection: Int? = nil, timeout: Duration = .seconds(5), requests: Int? = 2
) throws -> LoadResult {
  try plan(server, messagesPerConnection: messagesPerConnection, timeout: timeout, requests: requests).run()
}

private func plan(
  _ server: ScriptedServer, messagesPerConnection: Int? = nil, timeout: Duration = .seconds(5), requests: Int? = 2
) -> LoadPlan {
  let text = Array(#"{"n":1}"#.utf8)
  let script = WebSocketScript(
    target: "/ws", messages: [WebSocketExchange(text, expecting: .json(text))],
    messagesPerConnection: messagesPerConnection)
  var plan = LoadPlan(endpoint: server.endpoint, work: .webSocket(script))
  plan.connections = 2
  plan.warmUp = .zero
  // Connections that do not come about are none of so many requests.
  plan.window = requests == nil ? .milliseconds(100) : .seconds(60)
  plan.requests = requests
  plan.timeout = timeout
  return plan
}

private func loadEvents(
  _ events: [ServerSentEvent], from text: String
) throws -> LoadResult {
  let server = ScriptedServer { peer in
    if peer.readHead() { peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + text) }
  }
  let exchange = HTTPExchange(HTTPRequest("GET", "/sse"), expecting: Expectation(body: .events(events)))
  var plan = LoadPlan(endpoint: server.endpoint, work: .http([exchange]))
  plan.connections = 1
  plan.warmUp = .zero
  plan.window = .seconds(60)
  plan.requests = 2
  return try plan.run()
}
