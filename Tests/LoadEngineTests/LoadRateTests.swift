import BenchTesting
import Foundation
import Testing

extension Exclusive.LoadEngineTests {
  /// What `shootout load` says of the rate of a load, and of how it went over time.
  @Suite struct LoadRateTests {
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

    @Test("A generator that stood still meanwhile says that it fell behind, and that latencies hold it")
    func behindSchedule() throws {
      let counter = RequestCounter()
      let server = slow(0, counting: counter)
      let run = try ProgramRun(
        ["load", "--rate", "200", "--connections", "2", "--duration", "2s", "--json", "-"]
          + ["http://\(server.endpoint.host):\(server.endpoint.port)/"]
      ) { process in
        counter.wait(for: 40)
        kill(process, SIGSTOP)
        usleep(200_000)
        kill(process, SIGCONT)
      }
      #expect(run.status == 0, "\(run.errors)")
      let json = try parsed(run.output)
      #expect(json["generator_limited"] as? Bool == true)
      let warnings = try #require(json["warnings"] as? [String])
      #expect(warnings.contains { $0.contains("the generator fell behind its schedule, late for ") }, "\(warnings)")
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
      #expect(try load(["--requests", "10", "--rate", "20", "--strict-rate"], on: slow(0)).status == 0)
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

    @Test("A server that hangs up on everybody is not stormed")
    func hangsUp() throws {
      let connections = RequestCounter()
      let server = ScriptedServer { _ in connections.count() }
      let json = try json(["--rate", "20", "--connections", "4", "--duration", "1s"], on: server, status: 1)
      #expect((json["schedule"] as? [String: Any])?["due"] as? Int == 20)
      // Each waits a tenth of a second before it comes again.
      #expect(connections.number <= 4 * 13, "\(connections.number) connections")
    }

    @Test("A line of JSON a second tells how a load is going")
    func progress() throws {
      let path = FileManager.default.temporaryDirectory.appending(path: "shootout-progress-\(UUID())").path
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
  }
}
