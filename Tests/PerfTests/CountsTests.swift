import BenchSupport
import BenchTesting
import Gate
import Testing

extension Exclusive {
  /// One count for each scenario: what an exchange costs, held against the stored baseline or the other version. It fails
  /// where a framework costs more than is tolerated, and on a response that is not verified.
  ///
  /// It runs before anything is timed: tests run in the order of their files' names.
  @Suite(.measurable) struct CountsTests {
    /// What every scenario tolerates. A call more or less of some hundred is a change that somebody made; half a percent of
    /// the instructions is more than what scatters.
    private let usual: [CountThreshold] = [
      .instructions(upAtMost: 0.005), .systemCalls(upAtMost: 0.05), .pythonCalls(upAtMost: 0.01),
      .databaseStatements(upAtMost: 0), .bytesSent(upAtMost: 0), .bytesReceived(upAtMost: 0.01),
    ]

    /// How many calls it takes to move a large body depends on how fast the other side reads and writes: from batch to batch
    /// the figure differs by a half and more. Where a file is read by another thread, it depends on which of them waits: from
    /// start to start it differs by a seventh. It is shown, and decides nothing.
    private var large: [CountThreshold] { usual.filter { $0.metric != .systemCalls } }

    /// A form is parsed as it arrives, and another thread may write its file: from start to start the instructions differ by
    /// 0.3 % in both directions, and on a busy machine by more.
    private var parsed: [CountThreshold] {
      large.filter { $0.metric != .instructions } + [.instructions(upAtMost: 0.01)]
    }

    @Test(.counted(.ping)) func ping() async throws {
      try await CountRun.count(.ping, tolerating: usual)
    }

    @Test(.counted(.json)) func json() async throws {
      try await CountRun.count(.json, tolerating: usual)
    }

    @Test(.counted(.jsonLarge)) func jsonLarge() async throws {
      try await CountRun.count(.jsonLarge, tolerating: large)
    }

    @Test(.counted(.html)) func html() async throws {
      try await CountRun.count(.html, tolerating: usual)
    }

    @Test(.counted(.path)) func path() async throws {
      try await CountRun.count(.path, tolerating: usual)
    }

    @Test(.counted(.query)) func query() async throws {
      try await CountRun.count(.query, tolerating: usual)
    }

    @Test(.counted(.dbRead)) func dbRead() async throws {
      try await CountRun.count(.dbRead, tolerating: usual)
    }

    @Test(.counted(.dbWrite)) func dbWrite() async throws {
      try await CountRun.count(.dbWrite, tolerating: usual)
    }

    @Test(.counted(.upload)) func upload() async throws {
      try await CountRun.count(.upload, tolerating: parsed)
    }

    @Test(.counted(.stream)) func stream() async throws {
      try await CountRun.count(.stream, tolerating: usual)
    }

    @Test(.counted(.sse)) func sse() async throws {
      try await CountRun.count(.sse, tolerating: usual)
    }

    @Test(.counted(.webSocket)) func webSocket() async throws {
      try await CountRun.count(.webSocket, tolerating: usual)
    }

    @Test(.counted(.staticFile)) func `static`() async throws {
      try await CountRun.count(.staticFile, tolerating: large)
    }

    @Test(.counted(.background)) func background() async throws {
      try await CountRun.count(.background, tolerating: usual)
    }

    /// What has no test above: a new scenario needs no line here.
    @Test func others() async throws {
      try await CountRun.countOthers(tolerating: usual)
    }
  }
}
