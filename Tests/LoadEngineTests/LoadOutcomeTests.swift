import BenchTesting
import Foundation
import TestSupport
import Testing

/// What `shootout load` says of how a load went, and what it makes of it.
@Suite struct LoadOutcomeTests {
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
