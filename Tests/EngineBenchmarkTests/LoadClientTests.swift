import BenchTesting
import Testing

@testable import EngineBenchmark

extension Exclusive.EngineBenchmarkTests {
  /// What each client is told, and how what it says is read.
  @Suite struct LoadClientTests {
    private func task(_ name: String) throws -> LoadClient.Task {
      let work = try #require(EngineWork.all.first { $0.name == name })
      return LoadClient.Task(
        work: work, server: "http://127.0.0.1:9", connections: 50, seconds: 3, files: PeerFiles(directory: "/f"))
    }

    @Test("The engine verifies the body of every kind of work")
    func engineVerifies() throws {
      for work in EngineWork.all where work.request != .webSocket {
        let arguments = LoadClient.engine.arguments(try task(work.name))
        #expect(arguments.contains("--expect-body"), "\(work.name): \(arguments)")
      }
      #expect(LoadClient.engine.arguments(try task("websocket")).contains("--websocket"))
    }

    @Test("Every client is told the same connections, time and address")
    func sameTask() throws {
      #expect(
        LoadClient.wrk.arguments(try task("large-get")) == ["-t1", "-c50", "-d3s", "http://127.0.0.1:9/large"])
      #expect(
        LoadClient.hey.arguments(try task("small-post")) == [
          "-c", "50", "-z", "3s", "-t", "60", "-m", "POST", "-T", "application/json", "-D", "/f/question",
          "http://127.0.0.1:9/json",
        ])
      #expect(
        LoadClient.engine.arguments(try task("chunked-get")) == [
          "load", "--connections", "50", "--duration", "3s", "--json", "-", "--expect-body", "/f/large",
          "--no-chunk-times", "http://127.0.0.1:9/chunked",
        ])
      #expect(!LoadClient.engine.arguments(try task("chunk-times")).contains("--no-chunk-times"))
      #expect(LoadClient.websockets.arguments(try task("websocket")) == ["ws://127.0.0.1:9/ws", "50", "3"])
      #expect(
        LoadClient.engine.arguments(try task("upload")) == [
          "load", "--connections", "50", "--duration", "3s", "--json", "-", "--expect-body", "/f/upload-answer",
          "--upload", "file=/f/upload", "http://127.0.0.1:9/upload",
        ])
    }

    @Test(
      "The floor is given the request as the engine is",
      arguments: ["small-get", "large-get", "small-post", "websocket"])
    func floor(name: String) throws {
      let task = try task(name)
      let floor = LoadClient.floor.arguments(task)
      #expect(Array(floor.prefix(5)) == ["floor", "--connections", "50", "--duration", "3s"])
      #expect(LoadClient.engine.arguments(task).suffix(floor.count - 5) == floor.dropFirst(5))
    }

    @Test("Wrk's summary is read, with all its kinds of errors")
    func wrk() {
      let sound = """
        Running 3s test @ http://127.0.0.1:9/small
          1 threads and 50 connections
          Thread Stats   Avg      Stdev     Max   +/- Stdev
            Latency   502.43us  110.30us   4.45ms   93.11%
            Req/Sec    97.13k     5.58k  103.22k    93.33%
          290000 requests in 3.00s, 45.08MB read
        Requests/sec:  100000.00
        Transfer/sec:     14.96MB
        """
      #expect(LoadClient.wrk.report(sound) == ClientReport(counted: 290000, others: 0, failed: 0, seconds: 2.9))
      let broken =
        sound + "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 30\n"
      #expect(LoadClient.wrk.report(broken)?.failed == 40)
      #expect(LoadClient.wrk.report("unable to connect to 127.0.0.1:9 Connection refused") == nil)
    }

    @Test("Hey's summary is read, and only status 200 counts")
    func hey() {
      let sound = """
        Summary:
          Total:	3.0024 secs
          Requests/sec:	18432.1000

        Status code distribution:
          [200]	55340 responses

        """
      #expect(LoadClient.hey.report(sound) == ClientReport(counted: 55340, others: 0, failed: 0, seconds: 3.0024))
      let broken = sound + "  [500]\t7 responses\n\nError distribution:\n  [3]\tPost \"http://[::1]/\": EOF\n"
      #expect(LoadClient.hey.report(broken)?.failed == 10)
      #expect(LoadClient.hey.report("") == nil)
    }

    @Test("The engine's requests outside its window are kept apart")
    func engine() {
      let json = """
        {"requests": 90, "warm_up_requests": 4, "drained_requests": 6, "errors": {"reset": 1, "status": 2},
         "duration_s": 3.5, "connections_opened": 50}
        """
      #expect(LoadClient.engine.report(json) == ClientReport(counted: 90, others: 10, failed: 3, seconds: 3.5))
      let floor = #"{"answer_bytes":171,"duration_s":3.001,"requests":400}"#
      #expect(LoadClient.floor.report(floor) == ClientReport(counted: 400, others: 0, failed: 0, seconds: 3.001))
      let python = #"{"requests": 12, "failed": 1, "duration_s": 2.0}"#
      #expect(LoadClient.websockets.report(python) == ClientReport(counted: 12, others: 0, failed: 1, seconds: 2))
      #expect(LoadClient.engine.report("{}") == nil)
    }
  }
}
