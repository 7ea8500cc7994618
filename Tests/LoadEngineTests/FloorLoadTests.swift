import BenchTesting
import EngineBenchmark
import Foundation
import LoadEngine
import Synchronization
import Testing
import WireFormats

/// The load that the engine benchmark takes for the floor: the engine's bytes, and nothing done with them.
@Suite struct FloorLoadTests {
  /// What clients sent first on a connection.
  private final class Heads: Sendable {
    private let heads = Mutex<Set<String>>([])
    func add(_ head: String) { _ = heads.withLock { $0.insert(head) } }
    var seen: Set<String> { heads.withLock { $0 } }
  }

  private func exchange(_ body: HTTPBody = .none) -> Work {
    let request = HTTPRequest(
      body.byteCount == nil ? "GET" : "POST", "/a?b=c", fields: [HTTPField("x", "y")], body: body)
    return .http([HTTPExchange(request, expecting: Expectation(body: .exactly(Array("hello".utf8))))])
  }

  private func floor(_ work: Work, _ server: ScriptedServer, connections: Int = 3) throws -> FloorLoad.Result {
    try withExtendedLifetime(server) {
      try FloorLoad(work, to: server.endpoint, connections: connections, duration: .milliseconds(50)).run()
    }
  }

  private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

  @Test("The floor sends byte for byte what the engine sends", arguments: [HTTPBody.none, .bytes(Array("body".utf8))])
  func sameBytes(body: HTTPBody) throws {
    let heads = Heads()
    let server = ScriptedServer { peer in
      while let head = peer.headText() {
        heads.add(head + (body.byteCount.flatMap(peer.text) ?? ""))
        peer.write(Self.answer)
      }
    }
    var plan = LoadPlan(endpoint: server.endpoint, work: exchange(body))
    plan.connections = 1
    plan.requests = 2
    #expect(try plan.run().measured.verified == 2)
    #expect(heads.seen.count == 1)
    let result = try floor(exchange(body), server)
    #expect(heads.seen.count == 1, "\(heads.seen)")
    #expect(result.answers > 0)
    #expect(result.answerBytes == Self.answer.utf8.count)
  }

  @Test("Answers are counted by their bytes, however the server cuts them")
  func inPieces() throws {
    let asked = RequestCounter()
    let body = String(repeating: "x", count: 300_000)
    let server = ScriptedServer { peer in
      while peer.readHead() {
        asked.count()
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
        peer.write(body)
      }
    }
    let result = try floor(exchange(), server, connections: 2)
    #expect(result.answerBytes > body.utf8.count)
    // The first one is for learning, and the last one of each connection is in flight.
    #expect((1...3).contains(asked.number - result.answers))
  }

  @Test("A WebSocket is opened once for each connection, and its frames are echoed")
  func webSocket() throws {
    let upgrades = RequestCounter()
    let server = ScriptedServer { peer in
      guard peer.upgrade() else { return }
      upgrades.count()
      while let frame = peer.readFrame() { peer.write(frame: 0x81, frame.payload) }
    }
    let message = Array(#"{"n":1}"#.utf8)
    let script = WebSocketScript(
      target: "/ws", messages: [WebSocketExchange(message, expecting: .exactly(message))])
    let result = try floor(.webSocket(script), server)
    #expect(upgrades.number == 3)
    #expect(result.answerBytes == message.count + 2)
    #expect(result.answers > 0)
  }

  @Test("What the floor cannot measure is an error, and no figure")
  func errors() throws {
    let longer = ScriptedServer { peer in
      var extra = ""
      while peer.readHead() {
        peer.write(Self.answer + extra)
        extra = "!"
      }
    }
    #expect(throws: FloorLoadError.otherLength(first: Self.answer.utf8.count)) {
      try floor(exchange(), longer, connections: 1)
    }
    let closing = ScriptedServer { peer in
      if peer.readHead() { peer.write(Self.answer) }
    }
    #expect(throws: FloorLoadError.closed) { try floor(exchange(), closing, connections: 1) }
    let elsewhere = Endpoint(host: "192.0.2.1", port: 80)
    #expect(throws: FloorLoadError.notLoopback("192.0.2.1")) {
      try FloorLoad(exchange(), to: elsewhere, connections: 1, duration: .seconds(1))
    }
  }

  @Test("shootout floor says in JSON what was answered")
  func command() throws {
    let server = slow(0)
    let run = try withExtendedLifetime(server) {
      try ProgramRun([
        "floor", "--connections", "2", "--duration", "50ms", "http://127.0.0.1:\(server.endpoint.port)/",
      ])
    }
    #expect(run.status == 0, "\(run.errors)")
    let json = try parsed(run.output)
    #expect((json["requests"] as? Int ?? 0) > 0)
    #expect(json["answer_bytes"] as? Int == Self.answer.utf8.count)
    #expect((json["duration_s"] as? Double ?? 0) >= 0.05)
  }
}
