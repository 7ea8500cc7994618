import BenchTesting
import Foundation
import Histogram
import LoadEngine
import Synchronization
import Testing
import WireFormats

extension Exclusive.LoadEngineSpecification {
  /// Every request ends in exactly one count, whatever the server does and however the load ends.
  @Suite struct AccountingTests {
    @Test(
      "What was sent was verified, failed or was cut off, and what was due was sent or was not",
      arguments: Wire.allCases, Ending.together)
    func law(_ wire: Wire, _ endings: [Ending]) throws {
      let loads = endings.flatMap { ending in
        [Pacing.closedLoop, .openLoop(perSecond: 400, arrivals: .constant)].flatMap { pacing in
          [1, 3].map { AccountedLoad(server: AccountedServer(wire, ending), pacing: pacing, threads: $0) }
        }
      }
      for (load, result) in zip(loads, runTogether(loads.map { load in { try load.run() } })) {
        let result = try result.get()
        let (ending, place) = (load.server.ending, "\(load): \(result.failures)" as Comment)
        #expect(result.imbalance == nil, place)
        #expect(result.sent > 0, place)
        if ending.readsAll { #expect(load.server.received(atLeast: result.sent) == result.sent, place) }
        try ending.check(result, load.pacing, place)
      }
    }

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

    @Test("On a schedule a stall costs the same wherever in the window it falls", arguments: [4, 400])
    func stall(connections: Int) throws {
      let servers = StallPlace.allCases.map { AccountedServer(.http, stall: $0.seconds) }
      let results = runTogether(
        servers.map { server in
          {
            var plan = server.plan
            plan.connections = connections
            plan.rampUp = .zero
            plan.pacing = .openLoop(perSecond: 200, arrivals: .constant)
            plan.window = .milliseconds(1500)
            plan.timeout = .seconds(1)
            return try plan.run()
          }
        })
      for (place, result) in zip(StallPlace.allCases, results) {
        let result = try result.get()
        #expect(result.imbalance == nil)
        #expect(result.schedule?.dueInWindow == 300)
        // A third of all requests fall due in the half second: they wait between none of it and all.
        let latency = result.times.intendedLatency
        #expect(latency.count == 300)
        #expect(try #require(latency.percentile(99)) >= 450_000_000, "\(place)")
        #expect(try #require(latency.percentile(85)) >= 200_000_000, "\(place)")
        #expect(result.errors.total == 0 || place == .atTheEndForGood, "\(place): \(result.failures)")
      }
    }

    @Test(
      "In a closed loop a stall that lasts beyond the window is in its latency, also after a slow request",
      arguments: [1, 3])
    func closedLoopStall(threads: Int) throws {
      let requests = RequestCounter()
      let first = Mutex<Instant?>(nil)
      let server = ScriptedServer { peer in
        while peer.readHead() {
          let begun = first.withLock { first in
            first = first ?? .now()
            return first!
          }
          let now = Double(Instant.now().nanoseconds(since: begun)) * 1e-9
          if requests.count() == 100 { Thread.sleep(forTimeInterval: 0.6) }
          if (0.6...1.3).contains(now) { Thread.sleep(forTimeInterval: 1.3 - now) }
          peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        }
      }
      var plan = makePlan(server.endpoint, expecting: .exactly(Array("hello".utf8)))
      plan.connections = 3
      plan.threads = threads
      plan.window = .seconds(1)
      plan.timeout = .seconds(10)
      let result = try plan.run()
      #expect(result.errors.total == 0, "\(result.failures)")
      #expect(result.drain.verified == 3 && result.unfinished.drained == 3)
      #expect(try #require(result.times.latency.maximum) >= 600_000_000)
      #expect(try #require(result.longestDrain) >= 600_000_000)
      #expect(result.imbalance == nil)
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

    @Test("In a closed loop nothing is sent after the end of the window", arguments: [1, 3])
    func nothingAfterTheEnd(threads: Int) throws {
      let server = AccountedServer(.http, .healthy)
      var plan = server.plan
      plan.threads = threads
      plan.window = .milliseconds(20)
      for _ in 0..<20 {
        let result = try plan.run()
        #expect(result.drain.verified <= plan.connections)
        #expect(result.imbalance == nil)
      }
    }

    @Test("So many requests far apart, or after a long ramp-up, are not given up while a connection stands")
    func patience() throws {
      for pacing in [Pacing.openLoop(perSecond: 2, arrivals: .constant), .closedLoop] {
        let server = AccountedServer(.http, .healthy)
        var plan = server.plan
        plan.pacing = pacing
        plan.requests = 3
        plan.rampUp = pacing == .closedLoop ? .seconds(1) : .zero
        plan.timeout = .milliseconds(200)
        plan.window = .seconds(60)
        let result = try plan.run()
        #expect(result.measured.verified == 3, "\(pacing): \(result.failures)")
      }
    }

    @Test("Nothing is sent before the schedule begins, however long the connections take")
    func rampUpOfSchedule() throws {
      let server = AccountedServer(.http, .healthy)
      var plan = server.plan
      plan.connections = 20
      plan.rampUp = .milliseconds(200)
      plan.pacing = .openLoop(perSecond: 100, arrivals: .constant)
      plan.window = .milliseconds(500)
      let result = try plan.run()
      #expect(result.measured.verified == 50 && result.sent == 50)
      #expect(result.times.intendedLatency.count == 50)
      #expect(server.received(atLeast: 50) == 50)
    }
  }
}

/// A protocol that the engine speaks, as a scripted server answers it.
enum Wire: String, CaseIterable, Sendable {
  case http, upload, events, webSocket
}

/// What a server does in the course of a load, or what ends the load.
enum Ending: String, CaseIterable, Sendable {
  case healthy, hangs, neverAnswers, recoversInTheDrain, cancelled, cancelledWhileItHangs, fails

  /// Those that mostly wait can do so at the same time.
  static let together: [[Ending]] = [
    [.hangs, .neverAnswers, .recoversInTheDrain, .cancelledWhileItHangs], [.healthy], [.cancelled], [.fails],
  ]

  /// Whether the server reads all that is sent to it.
  var readsAll: Bool { self != .fails }

  func check(_ result: LoadResult, _ pacing: Pacing, _ place: Comment) throws {
    let isOpen = pacing != .closedLoop
    switch self {
    case .healthy:
      #expect(result.errors.total == 0 && result.cutOff == 0, place)
      #expect(!isOpen || result.measured.verified == 120, place)
    case .hangs, .neverAnswers:
      #expect(Array(result.errors.byKind.keys) == [.timeout], place)
      #expect((1...6).contains(result.unfinished.timedOut), place)
      #expect(result.unfinished.timedOut == result.measured.errors[.timeout], place)
      #expect(try #require(result.times.latency.maximum) >= 1_000_000_000, place)
      #expect(!isOpen || result.unfinished.unsent > 0, place)
    case .recoversInTheDrain:
      #expect(result.errors.total == 0, place)
      #expect(isOpen || result.drain.verified > 0, place)
      #expect(try #require(result.latency.maximum) >= 200_000_000, place)
    case .cancelled, .cancelledWhileItHangs:
      #expect(result.isCancelled && result.errors.total == 0, place)
      #expect(result.cutOff == (self == .cancelled ? 0 : 6), place)
      #expect(result.window < .seconds(600), place)
    case .fails:
      #expect(result.errors.total > 0 && result.measured.verified > 0, place)
    }
  }
}

extension LoadResult {
  fileprivate var latency: Histogram { schedule == nil ? times.latency : times.intendedLatency }
}

enum StallPlace: CaseIterable, Sendable {
  case inTheMiddle, atTheEnd, beyondTheEnd, atTheEndForGood

  var seconds: ClosedRange<Double> {
    switch self {
    case .inTheMiddle: 0.5...1
    case .atTheEnd: 1...1.5
    case .beyondTheEnd: 1...1.7
    case .atTheEndForGood: 1...1_000_000
    }
  }
}

/// A server that counts what it reads, and the loads for it.
private struct AccountedServer {
  private let script: AccountedScript
  private let server: ScriptedServer

  var ending: Ending { script.ending }

  init(_ wire: Wire, _ ending: Ending) {
    let stall: ClosedRange<Double>? =
      switch ending {
      case .hangs: 0.1...1_000_000
      case .neverAnswers, .cancelledWhileItHangs: 0...1_000_000
      case .recoversInTheDrain: 0.1...0.5
      case .healthy, .cancelled, .fails: nil
      }
    self.init(AccountedScript(wire, ending, stall: stall))
  }

  init(_ wire: Wire, stall: ClosedRange<Double>) {
    self.init(AccountedScript(wire, .healthy, stall: stall))
  }

  private init(_ script: AccountedScript) {
    self.script = script
    server = ScriptedServer { script.serve($0) }
  }

  func received(atLeast count: Int) -> Int { script.received(atLeast: count) }

  var plan: LoadPlan {
    var plan = LoadPlan(endpoint: server.endpoint, work: script.work)
    plan.connections = 6
    plan.warmUp = .zero
    plan.window = .milliseconds(300)
    plan.timeout = .seconds(5)
    return plan
  }

  func load(_ pacing: Pacing, threads: Int) throws -> LoadResult {
    var plan = plan
    plan.pacing = pacing
    plan.threads = threads
    let (script, monitor) = (script, LoadMonitor())
    switch script.ending {
    case .hangs, .neverAnswers: plan.timeout = .seconds(1)
    case .cancelled, .cancelledWhileItHangs:
      plan.window = .seconds(600)
      plan.timeout = .seconds(600)
      Thread.detachNewThread {
        _ = script.received(atLeast: 6)
        monitor.cancel()
      }
    case .healthy, .recoversInTheDrain, .fails: break
    }
    return try plan.run(monitor: monitor)
  }
}

/// One load of several that run at the same time.
private struct AccountedLoad: CustomStringConvertible {
  var server: AccountedServer
  var pacing: Pacing
  var threads: Int

  var description: String { "\(server.ending), \(pacing), \(threads) threads" }

  func run() throws -> LoadResult { try server.load(pacing, threads: threads) }
}

/// Runs loads that mostly wait at the same time, each on a thread of its own.
private func runTogether(_ loads: [@Sendable () throws -> LoadResult]) -> [Result<LoadResult, any Error>] {
  let results = Mutex([Result<LoadResult, any Error>?](repeating: nil, count: loads.count))
  let ended = DispatchSemaphore(value: 0)
  for (index, load) in loads.enumerated() {
    Thread.detachNewThread {
      let result = Result { try load() }
      results.withLock { $0[index] = result }
      ended.signal()
    }
  }
  for _ in loads { ended.wait() }
  return results.withLock { $0.compactMap { $0 } }
}

/// Counts what it reads, and answers as a case says.
private final class AccountedScript: @unchecked Sendable {
  private let wire: Wire
  let ending: Ending
  /// When nothing is answered, in seconds from the first request on.
  private let stall: ClosedRange<Double>?
  private let condition = NSCondition()
  private var requests = 0
  private var firstRequest: Instant?

  private static let fileBytes = 10_000
  private static let answer = "hello"

  init(_ wire: Wire, _ ending: Ending, stall: ClosedRange<Double>?) {
    self.wire = wire
    self.ending = ending
    self.stall = stall
  }

  /// The requests that it has read; waits for so many, ten seconds at the most.
  func received(atLeast count: Int) -> Int {
    let deadline = Date(timeIntervalSinceNow: 10)
    condition.lock()
    defer { condition.unlock() }
    while requests < count, condition.wait(until: deadline) {}
    return requests
  }

  var work: Work {
    let answer = BodyExpectation.exactly(Array(AccountedScript.answer.utf8))
    switch wire {
    case .http: return .http([HTTPExchange(HTTPRequest("GET", "/"), expecting: Expectation(body: answer))])
    case .upload:
      let body = HTTPBody.bytes(Array(repeating: 7, count: AccountedScript.fileBytes))
      return .http([HTTPExchange(HTTPRequest("POST", "/", body: body), expecting: Expectation(body: answer))])
    case .events:
      let events = [ServerSentEvent(id: "1", type: "tick", data: "x")]
      return .http([HTTPExchange(HTTPRequest("GET", "/"), expecting: Expectation(body: .events(events)))])
    case .webSocket:
      return .webSocket(
        WebSocketScript(
          target: "/", messages: [WebSocketExchange(Array("hello".utf8), expecting: answer)], messagesPerConnection: 50)
      )
    }
  }

  func serve(_ peer: ScriptedServer.Peer) {
    guard wire != .webSocket || peer.upgrade() else { return }
    while read(peer) {
      let number = count()
      waitForEndOfStall(peer)
      guard ending != .fails || number % 4 != 0 else { return fail(peer, number) }
      write(peer, AccountedScript.answer)
    }
  }

  private func read(_ peer: ScriptedServer.Peer) -> Bool {
    switch wire {
    case .http, .events: return peer.readHead()
    case .upload: return peer.readHead() && peer.read(AccountedScript.fileBytes)
    case .webSocket:
      guard let frame = peer.readFrame() else { return false }
      guard frame.opcode == 8 else { return true }
      peer.write(frame: 0x88, [])
      return false
    }
  }

  private func count() -> Int {
    condition.withLock {
      if firstRequest == nil { firstRequest = .now() }
      requests += 1
      condition.broadcast()
      return requests
    }
  }

  private func waitForEndOfStall(_ peer: ScriptedServer.Peer) {
    guard let stall, let first = condition.withLock({ firstRequest }) else { return }
    let now = Double(Instant.now().nanoseconds(since: first)) * 1e-9
    guard stall.contains(now) else { return }
    guard stall.upperBound < 1000 else { return peer.waitForClose() }
    Thread.sleep(forTimeInterval: stall.upperBound - now)
  }

  private func write(_ peer: ScriptedServer.Peer, _ text: String) {
    switch wire {
    case .http, .upload: peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
    case .events:
      let event = "id: 1\nevent: tick\ndata: x\n\n"
      peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: \(event.count)\r\n\r\n\(event)")
    case .webSocket: peer.write(frame: 0x81, Array(text.utf8))
    }
  }

  /// Fails in another way each time; the connection then ends.
  private func fail(_ peer: ScriptedServer.Peer, _ number: Int) {
    switch number / 4 % 4 {
    case 0: peer.reset()
    case 1: break
    case 2: write(peer, "hullo!")
    default: peer.write("SSH-2.0-OpenSSH_9.2\r\n")
    }
  }
}
