import BenchSupport
import BenchTesting
import Testing

extension Exclusive {
  /// One measurement for each scenario. It fails on an error, on a response that is not verified and on a failed check.
  @Suite struct Perf {
    @Test(.selected(.ping)) func ping() async throws {
      try await PerfRun.measure(.ping)
    }

    @Test(.selected(.json)) func json() async throws {
      try await PerfRun.measure(.json)
    }

    @Test(.selected(.jsonLarge)) func jsonLarge() async throws {
      try await PerfRun.measure(.jsonLarge)
    }

    @Test(.selected(.html)) func html() async throws {
      try await PerfRun.measure(.html)
    }

    @Test(.selected(.path)) func path() async throws {
      try await PerfRun.measure(.path)
    }

    @Test(.selected(.query)) func query() async throws {
      try await PerfRun.measure(.query)
    }

    @Test(.selected(.dbRead)) func dbRead() async throws {
      try await PerfRun.measure(.dbRead)
    }

    @Test(.selected(.dbWrite)) func dbWrite() async throws {
      try await PerfRun.measure(.dbWrite)
    }

    @Test(.selected(.upload)) func upload() async throws {
      try await PerfRun.measure(.upload)
    }

    @Test(.selected(.stream)) func stream() async throws {
      try await PerfRun.measure(.stream)
    }

    @Test(.selected(.sse)) func sse() async throws {
      try await PerfRun.measure(.sse)
    }

    @Test(.selected(.webSocket)) func webSocket() async throws {
      try await PerfRun.measure(.webSocket)
    }

    @Test(.selected(.staticFile)) func staticFile() async throws {
      try await PerfRun.measure(.staticFile)
    }

    @Test(.selected(.background)) func background() async throws {
      try await PerfRun.measure(.background)
    }
  }
}
