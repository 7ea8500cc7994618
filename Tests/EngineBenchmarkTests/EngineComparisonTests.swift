import BenchTesting
import Stack
import Testing

@testable import EngineBenchmark

extension Exclusive {
  @Suite struct EngineBenchmarkTests {}
}

extension Exclusive.EngineBenchmarkTests {
  /// How the engine and a peer are compared, and when a target is met.
  @Suite struct EngineComparisonTests {
    private func run(cpu: Double, perSecond: Double = 1000, busy: Double = 0.5, peakMiB: Int = 10) -> ClientRun {
      ClientRun(
        report: ClientReport(counted: Int(perSecond), others: 0, failed: 0, seconds: 1),
        usage: ProcessUsage(userSeconds: 0, systemSeconds: cpu * perSecond * 1e-6, peakBytes: peakMiB << 20),
        serverBusy: busy)
    }

    private func comparison(_ ours: [ClientRun], _ theirs: [ClientRun], memory: Double? = nil) -> EngineComparison {
      let peer = EngineWork.Peer(client: .wrk, cpuLimit: 0.80, throughputFloor: 1)
      let work = EngineWork(
        name: "small-get", title: "small GET", request: .get("/small", answer: .small), peers: [peer],
        memoryLimitMiB: memory)
      return EngineComparison(work: work, peer: peer, ours: ours, theirs: theirs)
    }

    @Test("The ratio is the median of those within the rounds, so that a machine that slows down is in both")
    func ratio() throws {
      let ours = [7.0, 8, 15].map { run(cpu: $0) }
      let theirs = [10.0, 10, 30].map { run(cpu: $0) }
      let ratio = try #require(comparison(ours, theirs).cpu)
      #expect(abs(ratio.value - 0.7) < 1e-9)
      #expect(abs(ratio.low - 0.5) < 1e-9)
      #expect(abs(ratio.high - 0.8) < 1e-9)
    }

    @Test("CPU time of requests outside the window is not charged to those within")
    func outsideTheWindow() {
      var outside = run(cpu: 10)
      outside.report.others = outside.report.counted
      #expect(abs(outside.cpuMicroseconds - 5) < 1e-9)
    }

    @Test("Each limit is missed by name")
    func limits() {
      let peer = [run(cpu: 10)]
      #expect(comparison([run(cpu: 7.9)], peer).missed == [])
      #expect(comparison([run(cpu: 8.1)], peer).missed == ["CPU per request"])
      #expect(comparison([run(cpu: 5, perSecond: 999)], peer).missed == ["throughput"])
      #expect(comparison([run(cpu: 5, peakMiB: 41)], peer, memory: 40).missed == ["memory"])
      #expect(comparison([], []).missed == ["not measured"])
    }

    @Test("Where the server is the limit, throughput need not be more than equal within its spread")
    func serverLimit() {
      let theirs = [run(cpu: 10, busy: 0.95), run(cpu: 10, busy: 0.95), run(cpu: 10, busy: 0.95)]
      let equal = [990.0, 995, 1001].map { run(cpu: 5, perSecond: $0, busy: 0.95) }
      let less = [980.0, 985, 990].map { run(cpu: 5, perSecond: $0, busy: 0.95) }
      let idle = [990.0, 995, 1001].map { run(cpu: 5, perSecond: $0, busy: 0.5) }
      #expect(comparison(equal, theirs).missed == [])
      #expect(comparison(less, theirs).missed == ["throughput"])
      #expect(comparison(idle, theirs).missed == ["throughput"])
    }

    @Test("A result is reached when everything in it is")
    func reached() {
      let good = comparison([run(cpu: 5)], [run(cpu: 10)])
      let bad = comparison([run(cpu: 9)], [run(cpu: 10)])
      var failed = run(cpu: 5)
      failed.report.failed = 1
      #expect(EngineBenchmarkResult(comparisons: [good], capacity: run(cpu: 5)).isReached)
      #expect(EngineBenchmarkResult(comparisons: [good], capacity: run(cpu: 5, peakMiB: 120)).isReached)
      #expect(!EngineBenchmarkResult(comparisons: [good], capacity: run(cpu: 5, peakMiB: 121)).isReached)
      #expect(!EngineBenchmarkResult(comparisons: [good, bad], capacity: nil).isReached)
      #expect(!EngineBenchmarkResult(comparisons: [good], capacity: failed).isReached)
    }

    @Test("The table says what was missed, and the file has every run")
    func tableAndFile() {
      let result = EngineBenchmarkResult(
        comparisons: [comparison([run(cpu: 9), run(cpu: 9)], [run(cpu: 10), run(cpu: 10)])], capacity: nil)
      #expect(result.text.contains("missed: CPU per request"))
      #expect(result.text.contains("0.90×"))
      let lines = result.csv.split(separator: "\n")
      #expect(lines.count == 5)
      #expect(lines[1] == "small-get,engine,50,1,1000,0,1,1000,9,9,10,0.5,")
      #expect(lines[4] == "small-get,wrk,50,2,1000,0,1,1000,10,10,10,0.5,0.8")
    }

    @Test("Beside several peers the engine's runs stand in the file once, and in the table once for each")
    func severalPeers() {
      let beside = ["floor", "wrk"].map { name in
        var comparison = comparison([run(cpu: 9)], [run(cpu: 10)])
        comparison.peer.client = LoadClient(rawValue: name)!
        return comparison
      }
      let result = EngineBenchmarkResult(comparisons: beside, capacity: nil)
      let clients = result.csv.split(separator: "\n").dropFirst().map { $0.split(separator: ",")[1] }
      #expect(clients == ["engine", "floor", "wrk"])
      #expect(result.text.split(separator: "\n").filter { $0.hasPrefix("small GET") }.count == 2)
    }

    @Test("Nginx listens on loopback only, with one worker and the chunks asked for")
    func nginx() {
      let text = NginxServer.text(
        port: 12345, directory: "/d", files: PeerFiles(directory: "/d/files"), asRoot: false)
      let listens = text.split(separator: "\n").filter { $0.contains("listen ") }
      #expect(listens.count == 1)
      #expect(listens.allSatisfy { $0.contains("127.0.0.1:12345") })
      #expect(text.contains("worker_processes 1;"))
      #expect(text.contains("output_buffers 1 10486;"))
      #expect(!text.contains("user root"))
    }
  }
}
