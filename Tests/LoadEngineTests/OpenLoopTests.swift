import Foundation
import Synchronization
import Testing
import WireFormats

@testable import LoadEngine

/// Schedules over exchanges of every kind, and over connections that mostly idle.
@Suite struct OpenLoopTests {
  private static let rate = Pacing.openLoop(perSecond: 400, arrivals: .poisson)

  @Test("Messages of WebSockets keep to a schedule, also over connections that close after some of them")
  func webSocket() throws {
    let server = ScriptedServer { peer in
      guard peer.upgrade() else { return }
      while let (opcode, payload) = peer.readFrame() { peer.write(frame: 0x80 | opcode, payload) }
    }
    let text = Array(#"{"n":1}"#.utf8)
    for messages in [nil, 3] {
      var plan = LoadPlan(
        endpoint: server.endpoint,
        work: .webSocket(
          WebSocketScript(
            target: "/ws", messages: [WebSocketExchange(text, expecting: .exactly(text))],
            messagesPerConnection: messages)))
      plan.connections = 4
      plan.pacing = Self.rate
      plan.requests = 40
      plan.warmUp = .zero
      plan.window = .seconds(60)
      plan.closingTime = .seconds(10)
      let result = try plan.run()
      #expect(result.errors.total == 0 && result.drain.errors.total == 0, "\(result.failures)")
      #expect(result.measured.verified == 40 && result.schedule?.due == 40 && result.imbalance == nil)
      #expect(result.times.intendedLatency.count == 40)
      #expect(messages == nil ? result.connectionsOpened == 4 : result.connectionsOpened > 4)
    }
  }

  @Test("Lateness counts from 5 ms on, and only what of it lies in the window")
  func lateness() {
    var recorder = Recorder(sliceLength: .seconds(1), isWatched: false)
    func at(_ milliseconds: Int) -> Instant { Instant(nanoseconds: UInt64(milliseconds) * 1_000_000) }
    recorder.came(at: at(900), planned: at(100))
    (recorder.windowStart, recorder.windowEnd) = (at(1000), at(2000))
    recorder.came(at: at(1010), planned: at(950))
    recorder.came(at: at(1104), planned: at(1100))
    recorder.came(at: at(1205), planned: at(1200))
    recorder.came(at: at(1300), planned: at(1310))
    recorder.came(at: at(2100), planned: at(1990))
    recorder.came(at: at(2300), planned: at(2200))
    recorder.used(GeneratorFigures())
    var result = recorder.finished(isOpenLoop: true)
    result.window = .seconds(1)
    #expect(abs(result.lateShare - 0.025) < 1e-9 && result.isBehindSchedule && result.isLimitedByGenerator)
    // In a closed loop nothing is due.
    result.schedule = nil
    #expect(!result.isLimitedByGenerator)
  }

  @Test("Large uploads keep to a schedule, and each counts when every byte of it was sent")
  func uploads() throws {
    let body = [UInt8](repeating: UInt8(ascii: "u"), count: 3_000_001)
    let server = ScriptedServer { peer in
      while peer.readHead() {
        guard peer.read(body.count) else { return }
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      }
    }
    let request = HTTPRequest("POST", "/upload", body: .bytes(body))
    var plan = LoadPlan(
      endpoint: server.endpoint,
      work: .http([HTTPExchange(request, expecting: Expectation(body: .exactly(Array("ok".utf8))))]))
    plan.connections = 3
    plan.pacing = Self.rate
    plan.requests = 30
    plan.warmUp = .zero
    plan.window = .seconds(60)
    plan.timeout = .seconds(60)
    let result = try plan.run()
    #expect(result.errors.total == 0, "\(result.failures)")
    #expect(result.measured.verified == 30 && result.schedule?.unsent == 0 && result.imbalance == nil)
    #expect(result.measured.bytesSent >= 30 * body.count)
  }

  /// Says of each request on which connection it came.
  private final class Places: Sendable {
    let connections = Atomic<Int>(0)
    let requests = Mutex<[Int]>([])
  }

  private func server(_ places: Places) -> ScriptedServer {
    ScriptedServer { peer in
      let own = places.connections.add(1, ordering: .relaxed).newValue
      while peer.readHead() {
        places.requests.withLock { $0.append(own) }
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
      }
    }
  }

  private func plan(_ server: ScriptedServer, connections: Int) -> LoadPlan {
    var plan = makePlan(server.endpoint, expecting: .exactly(Array("hello".utf8)))
    plan.connections = connections
    // So slow that a connection is free before the next request is due.
    plan.pacing = .openLoop(perSecond: 100, arrivals: .constant)
    plan.requests = 20
    plan.window = .seconds(60)
    return plan
  }

  @Test("Connections that take turns are all used")
  func turns() throws {
    let places = Places()
    let server = server(places)
    var plan = plan(server, connections: 20)
    plan.takesTurns = true
    let result = try plan.run()
    #expect(result.measured.verified == 20, "\(result.failures)")
    #expect(places.requests.withLock { Set($0).count } == 20)
    withExtendedLifetime(server) {}
  }

  @Test("Of idle connections the last is taken, or in turn the first, and all that are left at once")
  func idle() {
    var last = IdleConnections(takeTurns: false)
    var turns = IdleConnections(takeTurns: true)
    for place in 1...5 {
      last.append(place)
      turns.append(place)
    }
    #expect([last.take(), last.take()] == [5, 4])
    #expect([turns.take(), turns.take(), turns.take()] == [1, 2, 3])
    turns.append(1)
    #expect(turns.take() == 4 && !turns.isEmpty)
    #expect(turns.takeAll() == [5, 1] && turns.isEmpty && turns.take() == nil)
    #expect(last.takeAll() == [1, 2, 3] && last.take() == nil)
  }

  @Test("A connection that begins with an exchange carries one before the window, and then idles")
  func beginsWithExchange() throws {
    let places = Places()
    let server = server(places)
    var plan = plan(server, connections: 8)
    plan.beginsWithExchange = true
    plan.takesTurns = true
    plan.requests = 4
    let result = try plan.run()
    #expect(result.errors.total == 0, "\(result.failures)")
    #expect(result.measured.verified == 4 && result.warmUp.verified == 8 && result.imbalance == nil)
    #expect(places.requests.withLock { Set($0).count } == 8)
    #expect(result.standing == 8)
    withExtendedLifetime(server) {}
  }

  @Test("A connection that the server has closed for good does not stand")
  func standing() throws {
    let opened = Atomic<Int>(0)
    let server = ScriptedServer { peer in
      let own = opened.add(1, ordering: .relaxed).newValue
      // The first two are hung up on, and nobody who comes again is let in.
      guard own <= 4, peer.upgrade(), own > 2 else { return }
      while let (opcode, payload) = peer.readFrame() { peer.write(frame: 0x80 | opcode, payload) }
    }
    let text = Array("{}".utf8)
    var plan = LoadPlan(
      endpoint: server.endpoint,
      work: .webSocket(
        WebSocketScript(target: "/ws", messages: [WebSocketExchange(text, expecting: .exactly(text))])))
    plan.connections = 4
    plan.pacing = .openLoop(perSecond: 10, arrivals: .constant)
    plan.requests = 8
    plan.warmUp = .zero
    plan.window = .seconds(60)
    let result = try plan.run()
    #expect(result.standing == 2)
    withExtendedLifetime(server) {}
  }
}
