import BenchSupport
import BenchTesting
import Gate
import Testing

extension Exclusive {
  /// One measurement for each scenario. It fails on an error, on a response that is not verified, on a failed check, and
  /// where the gate shows that a framework got worse than it tolerates.
  ///
  /// `atLeast` is a share of the reference's throughput in the same rounds, about half of the least that any framework
  /// reached when it was set. p99 costs a second window in every round. What memory may do is generous: no more than a mistake
  /// that nobody wants to ship.
  @Suite(.measurable) struct PerfTests {
    /// Measures a scenario with what all of them tolerate of a change since the stored baseline, or since the version that it
    /// is compared with.
    private func measure(
      _ scenario: Scenario, atLeast share: Double, and more: [Threshold] = [],
      sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      let usual: [Threshold] = [
        .throughput(downAtMost: 0.10), .cpuPerRequest(upAtMost: 0.10), .memory(upAtMost: 0.25),
        .memoryAtRest(upAtMost: 0.25), .memorySlope(atMost: 50),
      ]
      try await PerfRun.measure(
        scenario, tolerating: usual + [.throughput(atLeast: share)] + more, sourceLocation: sourceLocation)
    }

    @Test(.timed(.ping)) func ping() async throws {
      try await measure(.ping, atLeast: 0.15, and: [.p99(upAtMost: 0.25)])
    }

    @Test(.timed(.json)) func json() async throws {
      try await measure(.json, atLeast: 0.15)
    }

    @Test(.timed(.jsonLarge)) func jsonLarge() async throws {
      try await measure(.jsonLarge, atLeast: 0.04)
    }

    @Test(.timed(.html)) func html() async throws {
      try await measure(.html, atLeast: 0.3)
    }

    @Test(.timed(.path)) func path() async throws {
      try await measure(.path, atLeast: 0.15)
    }

    @Test(.timed(.query)) func query() async throws {
      try await measure(.query, atLeast: 0.1)
    }

    @Test(.timed(.dbRead)) func dbRead() async throws {
      try await measure(.dbRead, atLeast: 0.2)
    }

    @Test(.timed(.dbWrite)) func dbWrite() async throws {
      try await measure(.dbWrite, atLeast: 0.2)
    }

    @Test(.timed(.upload)) func upload() async throws {
      try await measure(.upload, atLeast: 0.1)
    }

    @Test(.timed(.stream)) func stream() async throws {
      try await measure(.stream, atLeast: 0.3)
    }

    @Test(.timed(.sse)) func sse() async throws {
      try await measure(.sse, atLeast: 0.05)
    }

    @Test(.timed(.webSocket)) func webSocket() async throws {
      try await measure(.webSocket, atLeast: 0.2)
    }

    @Test(.timed(.staticFile)) func `static`() async throws {
      try await measure(.staticFile, atLeast: 0.04)
    }

    @Test(.timed(.background)) func background() async throws {
      try await measure(.background, atLeast: 0.1)
    }
  }
}
