import Testing

@testable import LoadEngine

@Suite struct TimelineTests {
  private static let hour = Duration.seconds(3600)

  @Test("The window begins at the instant that was agreed on, once all connections stand")
  func agreed() {
    let agreed = Instant.now() + Self.hour
    let timeline = Timeline(connections: 2, warmUp: .seconds(1), window: .seconds(2), agreedStart: agreed)
    timeline.connectionSettled()
    #expect(!timeline.hasBegun)
    timeline.connectionSettled()
    #expect(timeline.windowStart == agreed)
    #expect(timeline.windowEnd == agreed + .seconds(2))
    #expect(timeline.warmUpStart + .seconds(1) == agreed)
  }

  @Test("Connections that stand too late make the window begin after their warm-up")
  func late() {
    let before = Instant.now()
    let timeline = Timeline(connections: 1, warmUp: Self.hour, window: .seconds(2), agreedStart: before + .seconds(1))
    timeline.connectionSettled()
    #expect(timeline.windowStart >= before + Self.hour)
    #expect(timeline.windowEnd == timeline.windowStart + .seconds(2))
  }

  @Test("A schedule begins when all connections stand and every thread has come to rest")
  func rest() {
    let timeline = Timeline(connections: 2, warmUp: .zero, window: Self.hour, restOf: 2)
    timeline.connectionSettled()
    #expect(!timeline.isComingToRest)
    timeline.connectionSettled()
    #expect(timeline.isComingToRest && !timeline.hasBegun)
    timeline.threadRests()
    #expect(!timeline.hasBegun)
    timeline.threadRests()
    #expect(timeline.hasBegun && timeline.windowStart <= .now())
  }

  @Test("A load that ends before its connections stand stays ended, and its window has no length")
  func endedBeforeItBegan() {
    let timeline = Timeline(connections: 1, warmUp: .zero, window: Self.hour)
    let now = Instant.now()
    timeline.end(at: now)
    #expect(timeline.windowEnd == now && timeline.hasEndedEarly(at: now))
    timeline.connectionSettled()
    #expect(timeline.windowEnd == now && timeline.hasBegun && !timeline.hasEndedEarly(at: now))
    timeline.end(at: now + .seconds(1))
    #expect(timeline.windowEnd == now)
  }

  @Test("A load says when its window began")
  func told() throws {
    let server = ScriptedServer { peer in
      while peer.readHead() { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
    }
    var plan = LoadPlan(
      endpoint: server.endpoint,
      work: .http([HTTPExchange(HTTPRequest("GET", "/"), expecting: Expectation(body: .anything))]))
    plan.connections = 2
    plan.warmUp = .zero
    plan.window = .milliseconds(20)
    let agreed = Instant.now() + .milliseconds(200)
    plan.agreedStart = agreed
    let result = try plan.run()
    #expect(try #require(result.windowStart) >= agreed)
    #expect(result.window == .milliseconds(20))
    #expect(result.warmUp.verified > 0)
  }
}
