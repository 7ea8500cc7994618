import BenchSupport
import BenchTesting
import Gate
import Testing

extension Exclusive {
  /// One measurement for each scenario. It fails on an error, on a response that is not verified, on a failed check, and
  /// where the gate shows that a framework got worse than it tolerates.
  ///
  /// `atLeast` is a share of the reference's throughput in the same rounds, about half of the least that any framework
  /// reached when it was set. p99 costs a second window in every round.
  @Suite(.measurable) struct PerfTests {
    /// What every scenario tolerates of a change since the stored baseline, or since the version that it is compared with.
    private let usual: [Threshold] = [.throughput(downAtMost: 0.10), .cpuPerRequest(upAtMost: 0.10)]

    @Test(.selected(.ping)) func ping() async throws {
      try await PerfRun.measure(.ping, tolerating: usual + [.throughput(atLeast: 0.15), .p99(upAtMost: 0.25)])
    }

    @Test(.selected(.json)) func json() async throws {
      try await PerfRun.measure(.json, tolerating: usual + [.throughput(atLeast: 0.15)])
    }

    @Test(.selected(.jsonLarge)) func jsonLarge() async throws {
      try await PerfRun.measure(.jsonLarge, tolerating: usual + [.throughput(atLeast: 0.04)])
    }

    @Test(.selected(.html)) func html() async throws {
      try await PerfRun.measure(.html, tolerating: usual + [.throughput(atLeast: 0.3)])
    }

    @Test(.selected(.path)) func path() async throws {
      try await PerfRun.measure(.path, tolerating: usual + [.throughput(atLeast: 0.15)])
    }

    @Test(.selected(.query)) func query() async throws {
      try await PerfRun.measure(.query, tolerating: usual + [.throughput(atLeast: 0.1)])
    }

    @Test(.selected(.dbRead)) func dbRead() async throws {
      try await PerfRun.measure(.dbRead, tolerating: usual + [.throughput(atLeast: 0.2)])
    }

    @Test(.selected(.dbWrite)) func dbWrite() async throws {
      try await PerfRun.measure(.dbWrite, tolerating: usual + [.throughput(atLeast: 0.2)])
    }

    @Test(.selected(.upload)) func upload() async throws {
      try await PerfRun.measure(.upload, tolerating: usual + [.throughput(atLeast: 0.1)])
    }

    @Test(.selected(.stream)) func stream() async throws {
      try await PerfRun.measure(.stream, tolerating: usual + [.throughput(atLeast: 0.3)])
    }

    @Test(.selected(.sse)) func sse() async throws {
      try await PerfRun.measure(.sse, tolerating: usual + [.throughput(atLeast: 0.05)])
    }

    @Test(.selected(.webSocket)) func webSocket() async throws {
      try await PerfRun.measure(.webSocket, tolerating: usual + [.throughput(atLeast: 0.2)])
    }

    @Test(.selected(.staticFile)) func `static`() async throws {
      try await PerfRun.measure(.staticFile, tolerating: usual + [.throughput(atLeast: 0.04)])
    }

    @Test(.selected(.background)) func background() async throws {
      try await PerfRun.measure(.background, tolerating: usual + [.throughput(atLeast: 0.1)])
    }
  }
}
