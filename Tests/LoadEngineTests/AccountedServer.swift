import Foundation
import Histogram
import LoadEngine
import Testing
import WireFormats

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

/// A server that counts what it reads, and the loads for it.
struct AccountedServer {
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
