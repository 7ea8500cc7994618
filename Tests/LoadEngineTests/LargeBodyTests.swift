import Foundation
import LoadEngine
import Testing

/// Bodies for which the engine asks to be woken at their end, or for much.
@Suite struct LargeBodyTests {
  @Test(
    "A large body of known length and a small one in turn on one connection are both verified, and cut ones found")
  func largeAndSmall() throws {
    let large = Array(repeating: UInt8(ascii: "x"), count: 300_001)
    let server = ScriptedServer { peer in
      while let head = peer.headText() {
        let body = head.hasPrefix("GET /large") ? large : Array("hello".utf8)
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n")
        // The last bytes come late and alone: less than what the engine may wait for at other times.
        peer.write(bytes: Array(body.dropLast(2)))
        Thread.sleep(forTimeInterval: 0.01)
        peer.write(bytes: Array(body.suffix(2)))
      }
    }
    var plan = LoadPlan(
      endpoint: server.endpoint,
      work: .http([
        exchange, HTTPExchange(HTTPRequest("GET", "/large"), expecting: Expectation(body: .exactly(large))),
      ]))
    plan.connections = 2
    plan.warmUp = .zero
    plan.window = .seconds(60)
    plan.requests = 20
    let result = try plan.run()
    #expect(result.errors.total == 0, "\(result.failures)")
    #expect(result.measured.verified == 20)
    #expect(try #require(result.times.latency.maximum) < 4_000_000_000)

    let cut = ScriptedServer { peer in
      guard peer.readHead() else { return }
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 300001\r\n\r\n")
      peer.write(bytes: Array(large.dropLast()))
    }
    plan.endpoint = cut.endpoint
    let failures = try plan.run()
    #expect(failures.measured.verified == 0)
    #expect(Array(failures.errors.byKind.keys) == [.closedEarly], "\(failures.failures)")
  }

  @Test(
    "A chunked body that is timed as a whole is verified to its last byte, and a short one found before the timeout")
  func chunksAsAWhole() throws {
    let large = Array(repeating: UInt8(ascii: "x"), count: 300_001)
    @Sendable func chunked(_ body: [UInt8]) -> [UInt8] {
      Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String(body.count - 2, radix: 16))\r\n".utf8)
        + body.dropLast(2) + Array("\r\n2\r\n".utf8) + body.suffix(2) + Array("\r\n".utf8)
    }
    func result(answering body: [UInt8]) throws -> LoadResult {
      let server = ScriptedServer { peer in
        while peer.readHead() {
          peer.write(bytes: chunked(body))
          // The end comes late and alone.
          Thread.sleep(forTimeInterval: 0.01)
          peer.write("0\r\n\r\n")
        }
      }
      var exchange = HTTPExchange(HTTPRequest("GET", "/"), expecting: Expectation(body: .exactly(large)))
      exchange.timesChunks = false
      var plan = LoadPlan(endpoint: server.endpoint, work: .http([exchange]))
      plan.connections = 2
      plan.warmUp = .zero
      plan.window = .seconds(60)
      plan.requests = 20
      return try plan.run()
    }
    let whole = try result(answering: large)
    #expect(whole.errors.total == 0, "\(whole.failures)")
    #expect(whole.measured.verified == 20)
    #expect(try #require(whole.times.latency.minimum) >= 10_000_000)
    #expect(whole.times.firstUnit.isEmpty && whole.times.gap.isEmpty)
    let short = try result(answering: Array(large.dropLast(100_000)))
    #expect(short.measured.verified == 0)
    #expect(Array(short.errors.byKind.keys) == [.verification], "\(short.failures)")
    // Every exchange ended long before the ten seconds of the timeout.
    #expect(short.measured.errors.total == 20 && short.window < .seconds(10))
  }

  @Test(
    "A body that may be one of two is verified as either, and a third one is an error",
    arguments: [(["old", "the new one"], 20), (["older"], 0)])
  func eitherOfTwo(bodies: [String], verified: Int) throws {
    let server = ScriptedServer { peer in
      var count = 0
      while peer.readHead() {
        let body = bodies[count % bodies.count]
        count += 1
        peer.write(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n")
        peer.write("0\r\n\r\n")
      }
    }
    var expectation = LoadEngine.Expectation(body: .exactly(Array("old".utf8)))
    expectation.otherBody = .exactly(Array("the new one".utf8))
    var exchange = HTTPExchange(HTTPRequest("GET", "/"), expecting: expectation)
    exchange.timesChunks = false
    var plan = LoadPlan(endpoint: server.endpoint, work: .http([exchange]))
    plan.connections = 1
    plan.warmUp = .zero
    plan.window = .seconds(60)
    plan.requests = 20
    let result = try plan.run()
    #expect(result.measured.verified == verified, "\(result.failures)")
    #expect(result.errors.byKind == (verified == 20 ? [:] : [.verification: 20]), "\(result.failures)")
  }

  private var exchange: HTTPExchange {
    HTTPExchange(HTTPRequest("GET", "/"), expecting: Expectation(body: .exactly(Array("hello".utf8))))
  }
}
