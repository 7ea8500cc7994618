import LoadEngine
import Testing

@Suite struct RequestCountTests {
  @Test("The counts of a load that adds up wrongly say so")
  func imbalance() {
    var result = LoadResult()
    #expect(result.imbalance == nil)
    result.sent = 2
    result.measured.verified = 1
    #expect(result.imbalance == "2 requests were sent, and 1 verified, 0 failed and 0 cut off")
    result.cutOff = 1
    #expect(result.imbalance == "the latency holds 0 requests instead of 1")
    result.times.latency.record(5)
    #expect(result.imbalance == nil)
    var schedule = ScheduleFigures()
    schedule.due = 3
    schedule.sent = 2
    result.schedule = schedule
    #expect(result.imbalance == "3 requests were due, and 2 sent and 0 unsent")
  }

  @Test("A load of so many requests sends exactly as many", arguments: Wire.allCases)
  func exactNumber(_ wire: Wire) throws {
    for pacing in [Pacing.closedLoop, .openLoop(perSecond: 1000, arrivals: .poisson)] {
      for threads in [1, 3] {
        let server = AccountedServer(wire, .healthy)
        var plan = server.plan
        plan.threads = threads
        plan.pacing = pacing
        plan.requests = 41
        plan.window = .seconds(60)
        let result = try plan.run()
        #expect(result.measured.verified == 41, "\(result.failures)")
        #expect(result.sent == 41 && result.imbalance == nil)
        #expect(result.window < .seconds(60))
        #expect(server.received(atLeast: 41) == 41)
      }
    }
  }

  @Test("A warm-up before so many requests is not among them")
  func exactNumberAfterWarmUp() throws {
    let server = AccountedServer(.http, .healthy)
    var plan = server.plan
    plan.requests = 41
    plan.warmUp = .milliseconds(100)
    plan.window = .seconds(60)
    let result = try plan.run()
    #expect(result.measured.verified == 41 && result.warmUp.verified > 0)
    #expect(server.received(atLeast: result.sent) == result.warmUp.verified + 41)
  }

  @Test("Where no request can be sent a load of so many is given up after the timeout", arguments: [2, 7])
  func nobodyToSendTo(requests: Int) throws {
    var server: ScriptedServer? = ScriptedServer { _ in }
    let endpoint = try #require(server?.endpoint)
    server = nil
    for pacing in [Pacing.closedLoop, .openLoop(perSecond: 100, arrivals: .constant)] {
      var plan = makePlan(endpoint, expecting: .anything)
      plan.connections = 3
      plan.pacing = pacing
      plan.requests = requests
      plan.window = .seconds(3600)
      plan.timeout = .milliseconds(300)
      let result = try plan.run()
      #expect(Array(result.errors.byKind.keys) == [.connect])
      #expect(result.sent == 0 && result.imbalance == nil)
      #expect(pacing == .closedLoop || result.schedule?.unsent == requests)
    }
  }

  @Test("Connections that fail are none of so many requests")
  func failingConnections() throws {
    let connections = RequestCounter()
    let requests = RequestCounter()
    let server = ScriptedServer { peer in
      guard connections.count() > 4 else { return peer.write("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n") }
      guard peer.upgrade() else { return }
      while let frame = peer.readFrame(), frame.opcode == 1 {
        requests.count()
        peer.write(frame: 0x81, frame.payload)
      }
    }
    let message = WebSocketExchange(Array("hello".utf8), expecting: .exactly(Array("hello".utf8)))
    for threads in [1, 2] {
      var plan = LoadPlan(
        endpoint: server.endpoint, work: .webSocket(WebSocketScript(target: "/", messages: [message])))
      plan.connections = 3
      plan.threads = threads
      plan.warmUp = .zero
      plan.requests = 20
      plan.window = .seconds(60)
      let before = requests.number
      let result = try plan.run()
      #expect(result.measured.verified == 20 && result.imbalance == nil, "\(result.failures)")
      #expect(requests.number - before == 20)
    }
  }
}
