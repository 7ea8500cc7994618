import BenchTesting
import Foundation
import TestSupport
import Testing

extension Exclusive.LoadEngineTests {
  /// What `shootout load` says of how a load went, and what it makes of it.
  @Suite struct LoadOutcomeTests {
    @Test("A rate that was not held is in text and JSON with what was offered, and is a warning")
    func rate() throws {
      let words = ["--rate", "400", "--connections", "2", "--duration", "500ms"]
      let run = try load(words, on: slow(0.05))
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.contains("rate         offered 400.0 a second, achieved "), "\(run.output)")
      #expect(run.output.contains("the rate was not held"), "\(run.output)")
      #expect(run.output.contains("never sent: in the latency at their age"), "\(run.output)")
      let json = try json(words, on: slow(0.05))
      let schedule = try #require(json["schedule"] as? [String: Any])
      #expect(schedule["offered_per_second"] as? Double == 400)
      #expect(try #require(schedule["achieved_per_second"] as? Double) < 100)
      #expect(try #require(schedule["achieved_share"] as? Double) < 0.25)
      #expect((json["settings"] as? [String: Any])?["rate_per_second"] as? Double == 400)
      #expect((json["warnings"] as? [String])?.isEmpty == false)
    }

    @Test("With --strict-rate a rate that was not held makes the exit code 1, and one that was does not")
    func strictRate() throws {
      let words = ["--connections", "2", "--duration", "300ms", "--strict-rate", "--rate"]
      let late = try load(words + ["400"], on: slow(0.05))
      #expect(late.status == 1)
      #expect(late.errors.contains("--strict-rate: "), "\(late.errors)")
      #expect(try load(words + ["20"], on: slow(0)).status == 0)
    }

    @Test("So many requests at a rate that was not held are a warning, and with --strict-rate exit code 1")
    func strictRateOfRequests() throws {
      let words = ["--requests", "12", "--rate", "1000", "--connections", "1"]
      let late = try load(words + ["--strict-rate"], on: slow(0.02))
      #expect(late.status == 1)
      #expect(late.output.contains("offered 1000.0 a second"), "\(late.output)")
      #expect(late.output.contains("the rate was not held"), "\(late.output)")
      let json = try json(words, on: slow(0.02))
      #expect(json["requests"] as? Int == 12)
      #expect(try #require((json["schedule"] as? [String: Any])?["achieved_share"] as? Double) < 0.2)
      #expect(try load(["--requests", "4", "--rate", "20", "--strict-rate"], on: slow(0)).status == 0)
    }

    @Test("Fewer requests than were asked for, and nothing verified at all, say so and are exit code 1")
    func shortfall() throws {
      let few = try load(["--requests", "100", "--connections", "1", "--duration", "200ms"], on: slow(0.03))
      #expect(few.status == 1)
      #expect(few.output.contains(/warning      only \d of 100 requests were sent/), "\(few.output)")
      let none = try load(["--connections", "1", "--duration", "50ms"], on: slow(0.3))
      #expect(none.status == 1)
      #expect(none.output.contains("nothing was verified in the window"), "\(none.output)")
    }

    @Test("What an open loop verifies after the window is told as met in the drain")
    func openLoopDrain() throws {
      let json = try json(["--rate", "20", "--duration", "200ms"], on: slow(0.4))
      #expect(json["requests"] as? Int == 4 && json["drained_requests"] as? Int == 0)
      #expect((json["drain"] as? [String: Any])?["verified"] as? Int == 4)
    }

    @Test("A rate of 100 for a second is 100 requests, and 100 in the histogram")
    func exactRate() throws {
      let json = try json(["--rate", "100", "--duration", "1s"], on: slow(0))
      #expect(json["requests"] as? Int == 100)
      #expect((json["accounting"] as? [String: Any])?["sent"] as? Int == 100)
      let seconds = try #require(json["per_second"] as? [[String: Any]])
      #expect(seconds.compactMap { $0["requests"] as? Int } == [100])
    }

    @Test(
      "A limit that is missed is one clear line and exit code 1",
      arguments: [
        (["--max-p99", "10ms"], "--max-p99: p99 was ", "allowed is 10 ms"),
        (["--max-p50", "1ms"], "--max-p50: p50 was ", "allowed is 1 ms"),
        (["--max-latency", "20ms"], "--max-latency: latency was ", "allowed is 20 ms"),
        (["--min-rate", "100000"], "--min-rate: ", "wanted are at least 100000"),
        (["--max-error-rate", "1%", "--expect-status", "201"], "--max-error-rate: ", "allowed are 1 %"),
      ])
    func missed(words: [String], what: String, allowed: String) throws {
      let run = try load(["--connections", "1", "--requests", "3"] + words, on: slow(0.05))
      #expect(run.status == 1)
      #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
      #expect(run.errors.contains(what) && run.errors.contains(allowed), "\(run.errors)")
    }

    @Test("Limits that are met leave the exit code 0, and the JSON tells of each")
    func met() throws {
      let words = ["--connections", "1", "--requests", "3", "--max-p99", "1m", "--min-rate", "0.001"]
      let limits = try #require(try json(words, on: slow(0))["limits"] as? [[String: Any]])
      #expect(limits.map { $0["name"] as? String } == ["max-p99", "min-rate"])
      #expect(limits.allSatisfy { $0["is_met"] as? Bool == true })
    }

    @Test("A share of errors that is allowed leaves the exit code 0")
    func allowedErrors() throws {
      let words = ["--connections", "1", "--requests", "8", "--max-error-rate"]
      #expect(try load(words + ["0.5"], on: everyFourthWrong()).status == 0)
      #expect(try load(words + ["20%"], on: everyFourthWrong()).status == 1)
    }

    @Test("A request that nobody answers is a timeout with its reason, though the window ended long before")
    func neverAnswered() throws {
      let server = ScriptedServer { $0.waitForClose() }
      let run = try load(["--connections", "5", "--duration", "200ms", "--timeout", "400ms"], on: server)
      #expect(run.status == 1)
      #expect(run.output.contains("timeout: 5"), "\(run.output)")
      #expect(run.output.contains("no complete response within 400 ms (5 times)"), "\(run.output)")
      #expect(run.output.contains("5 timed out: in the latency at their age"), "\(run.output)")
    }

    @Test(
      "Ctrl-C does not wait for answers that do not come, and says what was in flight; nor do other ends",
      arguments: [(SIGINT, 1), (SIGINT, 2), (SIGTERM, 1), (SIGHUP, 1)])
    func interrupted(signal: Int32, times: Int) throws {
      let (seen, server) = silent()
      let run = try ProgramRun(
        ["load", "--connections", "4", "--duration", "1h", "--timeout", "1h", "--json", "-"]
          + ["http://\(server.endpoint.host):\(server.endpoint.port)/"]
      ) { process in
        seen.wait(for: 4)
        for _ in 0..<times {
          kill(process, signal)
          usleep(50_000)
        }
      }
      #expect(run.status == 130, "\(run.errors)")
      let json = try parsed(run.output)
      let accounting = try #require(json["accounting"] as? [String: Any])
      #expect(accounting["sent"] as? Int == 4 && accounting["cut_off"] as? Int == 4)
      #expect(try #require((json["drain"] as? [String: Any])?["longest_cut_off_us"] as? Double) > 0)
      #expect((json["unfinished"] as? [String: Any])?["cut_off"] as? Int == 4)
    }

    @Test("Ctrl-C while handshakes are not answered says how many were open")
    func interruptedHandshakes() throws {
      let (seen, server) = silent()
      let run = try ProgramRun(
        ["load", "--websocket", "--connections", "4", "--rampup", "0s", "--timeout", "1h"]
          + ["http://\(server.endpoint.host):\(server.endpoint.port)/"]
      ) { process in
        seen.wait(for: 4)
        kill(process, SIGINT)
      }
      #expect(run.status == 130, "\(run.errors)")
      #expect(run.output.contains("4 connections were being opened"), "\(run.output)")
    }

    @Test("Each kind of failure keeps examples of its own, however many came before")
    func examplesByKind() throws {
      let json = try json(["--connections", "1", "--requests", "200"], on: oneBadAmongMany(), status: 1)
      let examples = try #require(json["failure_examples"] as? [[String: Any]])
      #expect(Set(examples.compactMap { $0["kind"] as? String }) == ["status", "malformed"])
      let details = examples.compactMap { $0["detail"] as? String }
      #expect(details.contains("status 500, expected 200") && details.contains("status 503, expected 200"))
      #expect(examples.compactMap { $0["count"] as? Int }.reduce(0, +) == 200)
    }

    @Test("A server that hangs up on everybody is not stormed")
    func hangsUp() throws {
      let connections = RequestCounter()
      let server = ScriptedServer { _ in connections.count() }
      let json = try json(["--rate", "20", "--connections", "4", "--duration", "1s"], on: server, status: 1)
      #expect((json["schedule"] as? [String: Any])?["due"] as? Int == 20)
      // Each waits a tenth of a second before it comes again.
      #expect(connections.number <= 4 * 13, "\(connections.number) connections")
    }

    @Test(
      "The JSON conforms to the schema in docs, whatever came of the load",
      arguments: [
        [], ["--rate", "50", "--max-p99", "1s"], ["--rate", "400", "--strict-rate", "--min-rate", "9"],
        ["--requests", "5", "--expect-status", "201"], ["--timeout", "10ms", "--poisson", "--rate", "100"],
        ["--websocket", "--rampup", "0s", "--warmup", "100ms"],
      ])
    func schema(words: [String]) throws {
      let schema = try JSONSchema(ofCheckout: "docs/load.schema.json")
      let run = try load(
        ["--json", "-", "--connections", "2", "--duration", "200ms"] + words, on: slow(0.03))
      #expect(try schema.faults(Data(run.output.utf8)) == [])
      #expect(try schema.faults(Data(run.output.replacing("\"sent\"", with: "\"send\"").utf8)) != [])
    }

    @Test("A line of JSON a second tells how a load is going")
    func progress() throws {
      let path = FileManager.default.temporaryDirectory.appending(path: "shootout-progress-\(getpid())").path
      defer { try? FileManager.default.removeItem(atPath: path) }
      let words = ["--connections", "1", "--rate", "50", "--duration", "1100ms", "--progress-json", path]
      let run = try load(words, on: slow(0))
      #expect(run.status == 0, "\(run.errors)")
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
        try parsed(String($0))
      }
      #expect(lines.count == 2)
      #expect(lines.compactMap { $0["requests"] as? Int }.reduce(0, +) == 55)
      #expect(lines.last?["verified_in_all"] as? Int == 55)
      #expect(lines.first?["phase"] as? String == "window")
      #expect(lines.allSatisfy { $0["schema"] as? Int == 1 && $0["latency_us"] is [String: Any] })
    }

    private func load(_ words: [String], on server: ScriptedServer) throws -> ProgramRun {
      let url = "http://\(server.endpoint.host):\(server.endpoint.port)/"
      return try withExtendedLifetime(server) { try ProgramRun(["load"] + words + [url]) }
    }

    private func json(_ words: [String], on server: ScriptedServer, status: Int32 = 0) throws -> [String: Any] {
      let run = try load(["--json", "-"] + words, on: server)
      #expect(run.status == status, "\(run.errors)")
      return try parsed(run.output)
    }

    private func parsed(_ text: String) throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    private func slow(_ seconds: Double) -> ScriptedServer {
      ScriptedServer { peer in
        while peer.readHead() {
          if seconds > 0 { Thread.sleep(forTimeInterval: seconds) }
          peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        }
      }
    }

    private func everyFourthWrong() -> ScriptedServer {
      let requests = RequestCounter()
      return ScriptedServer { peer in
        while peer.readHead() {
          let status = requests.count() % 4 == 0 ? 500 : 200
          peer.write("HTTP/1.1 \(status) OK\r\nContent-Length: 5\r\n\r\nhello")
        }
      }
    }

    /// Answers 500 again and again, 503 once, and once more than it said.
    private func oneBadAmongMany() -> ScriptedServer {
      let requests = RequestCounter()
      return ScriptedServer { peer in
        while peer.readHead() {
          let number = requests.count()
          guard number != 150 else { return peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello!") }
          peer.write("HTTP/1.1 \(number == 100 ? 503 : 500) Oops\r\nContent-Length: 0\r\n\r\n")
        }
      }
    }

    private func silent() -> (RequestCounter, ScriptedServer) {
      let requests = RequestCounter()
      return (
        requests,
        ScriptedServer { peer in
          while peer.readHead() { requests.count() }
        }
      )
    }
  }
}

/// Counts across threads, and can be waited for.
final class RequestCounter: @unchecked Sendable {
  private let condition = NSCondition()
  private var counted = 0

  var number: Int { condition.withLock { counted } }

  @discardableResult
  func count() -> Int {
    condition.withLock {
      counted += 1
      condition.broadcast()
      return counted
    }
  }

  /// Waits half a minute at most; what comes after shows that it was in vain.
  func wait(for target: Int) {
    let deadline = Date(timeIntervalSinceNow: 30)
    condition.lock()
    defer { condition.unlock() }
    while counted < target, condition.wait(until: deadline) {}
  }
}
