import BenchTesting
import Foundation
import LoadEngine
import Machine
import Results
import Stack
import Statistics
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportSpecification {
  @Suite struct ResourceSpecification {
    private let line = """
      4242 (uvicorn: (w) 1) S 4200 4201 4202 0 -1 4194560 9421 77 3 0 1234 567 89 10 20 0 3 0 987654 25000000 6200 \
      18446744073709551615 1 1 0 0 0 0 0 16781312 17642 0 0 0 17 1 0 0 0 0 0
      """

    @Test("A process is read from its line, whatever is in its name")
    func processStat() throws {
      let stat = try #require(ProcessStat(line))
      #expect(stat.pid == 4242)
      #expect(stat.command == "uvicorn: (w) 1")
      #expect(stat.state == "S")
      #expect([stat.parent, stat.group, stat.session] == [4200, 4201, 4202])
      #expect([stat.userTicks, stat.systemTicks, stat.reapedUserTicks, stat.reapedSystemTicks] == [1234, 567, 89, 10])
      #expect(stat.startTime == 987_654)
      #expect(!stat.isZombie)
    }

    @Test(
      "A line that is cut short is no process", arguments: ["", "1", "1 (a", "1 (a)", "1 (a) S 2 3", "x (a) S 1 1 1"])
    func cutShort(text: String) {
      #expect(ProcessStat(text) == nil)
    }

    @Test("No beginning of a line is taken for the whole of it")
    func everyPrefix() {
      let complete = line.split(separator: " ").count
      for count in 0..<line.count {
        let text = line.prefix(count)
        let stat = ProcessStat(text)
        #expect(stat == nil || text.split(separator: " ").count >= 24, "\(count) of \(complete)")
      }
    }

    @Test("This process is among all processes, alive and the same at the second look")
    func ourselves() throws {
      let stat = try #require(ProcessStat.readAll().first { $0.pid == getpid() })
      let identity = try #require(ProcessIdentity(pid: getpid()))
      #expect(identity.startTime == stat.startTime)
      #expect(identity.isAlive)
      #expect(!ProcessIdentity(pid: getpid(), startTime: stat.startTime - 1).isAlive)
    }

    @Test("Busy and stolen time come from the first line")
    func systemStat() {
      let text = "cpu  100 20 30 4000 50 6 7 8 9 10\ncpu0 1 1 1 1 1 1 1 1 0 0\n"
      #expect(SystemStat(text) == SystemStat(busyTicks: 163, stealTicks: 8))
      #expect(SystemStat(text, core: 0) == SystemStat(busyTicks: 5, stealTicks: 1))
      #expect(SystemStat(text, core: 1) == nil)
      #expect(SystemStat("cpu  100 20 30 4000 50") == nil)
      #expect(SystemStat("cpu0 1 2 3 4 5 6 7 8 9 10") == nil)
      #expect(SystemStat("") == nil)
    }

    @Test("Proportional memory is the line Pss, in bytes")
    func memory() {
      let text = "559d-7ffc ---p 00000000 00:00 0 [rollup]\nRss:  1672 kB\nPss:   400 kB\nPss_Dirty: 112 kB\n"
      #expect(ProportionalMemory.bytes(text) == 409_600)
      #expect(ProportionalMemory.bytes("Rss: 1672 kB\n") == nil)
      #expect(ProportionalMemory.bytes("Pss: much kB\n") == nil)
    }

    private func process(
      _ pid: Int32, parent: Int32, session: Int32, start: UInt64 = 10, state: String = "S", user: Int = 0,
      system: Int = 0, reapedUser: Int = 0, reapedSystem: Int = 0
    ) -> ProcessStat {
      ProcessStat(
        "\(pid) (x) \(state) \(parent) \(session) \(session) 0 -1 0 0 0 0 0 \(user) \(system) \(reapedUser) "
          + "\(reapedSystem) 20 0 1 0 \(start) 0 0")!
    }

    @Test("A tree is the leader's session and all descendants, also those with a session of their own")
    func tree() {
      let all = [
        process(1, parent: 0, session: 1), process(10, parent: 1, session: 10), process(11, parent: 10, session: 10),
        process(12, parent: 1, session: 10), process(13, parent: 11, session: 13), process(20, parent: 1, session: 20),
      ]
      let tree = ProcessTree(leader: ProcessIdentity(pid: 10, startTime: 10))
      #expect(tree.members(of: all)?.map(\.pid) == [10, 11, 12, 13])
    }

    @Test("A tree whose leader is gone, has ended, or is another process by now has no members")
    func noTree() {
      let tree = ProcessTree(leader: ProcessIdentity(pid: 10, startTime: 10))
      #expect(tree.members(of: [process(11, parent: 1, session: 10)]) == nil)
      #expect(tree.members(of: [process(10, parent: 1, session: 10, start: 11)]) == nil)
      #expect(tree.members(of: [process(10, parent: 1, session: 10, state: "Z")]) == nil)
    }

    @Test("The CPU time of a replaced worker stays in the sum")
    func replacedWorker() throws {
      let clocks: [Int32: UInt64] = [10: 1_000_000_000, 11: 2_000_000_000, 12: 100_000_000]
      let before = TreeUsage(
        [
          process(10, parent: 1, session: 10, user: 80, system: 20),
          process(11, parent: 10, session: 10, user: 150, system: 50),
        ], ticksPerSecond: 100, clock: { clocks[$0] })
      let after = TreeUsage(
        [
          process(10, parent: 1, session: 10, user: 80, system: 20, reapedUser: 190, reapedSystem: 60),
          process(12, parent: 10, session: 10, user: 10, system: 0),
        ], ticksPerSecond: 100, clock: { clocks[$0] })
      #expect(before.nanoseconds == 3_000_000_000)
      #expect(after.nanoseconds == 3_600_000_000)
      let figures = try #require(after.figures(since: before, memoryBytes: 7))
      #expect(figures.processes == 2)
      #expect(abs(figures.cpuS - 0.6) < 1e-9)
      #expect(abs(figures.cpuUserS - 0.5) < 1e-9)
      #expect(figures.memoryBytes == 7)
    }

    @Test("The busiest process has its share of what all used in the window")
    func busiestShare() throws {
      func usage(_ clocks: [Int32: UInt64]) -> TreeUsage {
        TreeUsage(
          clocks.keys.sorted().map { process($0, parent: 1, session: 10, user: 0, system: 0) }, ticksPerSecond: 100,
          clock: { clocks[$0] })
      }
      let before = usage([10: 5_000, 11: 900_000, 12: 100_000, 13: 100_000])
      let after = usage([10: 5_000, 11: 1_000_000, 12: 200_000, 13: 900_000])
      #expect(try #require(after.figures(since: before, memoryBytes: nil)?.busiestShare) == 0.8)
      #expect(before.figures(since: before, memoryBytes: nil)?.busiestShare == nil)
      let sumOnly = TreeUsage(processes: 4, nanoseconds: 5, userTicks: 0, systemTicks: 0)
      #expect(sumOnly.figures(since: sumOnly, memoryBytes: nil)?.busiestShare == nil)
    }

    @Test("Lost time is missing and not negative")
    func lostTime() {
      let before = TreeUsage(processes: 2, nanoseconds: 5, userTicks: 0, systemTicks: 0)
      let after = TreeUsage(processes: 1, nanoseconds: 4, userTicks: 0, systemTicks: 0)
      #expect(after.figures(since: before, memoryBytes: nil) == nil)
    }

    @Test("A tree without a CPU clock is counted in ticks")
    func ticksOnly() {
      let usage = TreeUsage(
        [process(10, parent: 1, session: 10, user: 3, system: 2)], ticksPerSecond: 100, clock: { _ in nil })
      #expect(usage.nanoseconds == 50_000_000)
    }

    @Test("What a contestant, the idle ones, Postgres and others used is told apart")
    func difference() throws {
      let sampler = ResourceSampler(Stack(deployment: .process, python: "3"), underLoad: "a")
      func usage(_ milliseconds: UInt64) -> TreeUsage {
        TreeUsage(processes: 1, nanoseconds: milliseconds * 1_000_000, userTicks: 0, systemTicks: 0)
      }
      let start = ResourceSample(
        servers: ["a": usage(100), "b": usage(100)], postgres: usage(100), generator: usage(100),
        system: SystemStat(busyTicks: 1000, stealTicks: 5),
        throttling: ProcessorThrottling(heatEvents: 4, quotaNanoseconds: 1_000_000_000))
      var end = ResourceSample(
        servers: ["a": usage(600), "b": usage(101), "c": usage(3)], postgres: usage(200), generator: usage(300),
        system: SystemStat(busyTicks: 1100, stealTicks: 7),
        throttling: ProcessorThrottling(heatEvents: 7, quotaNanoseconds: 1_250_000_000))
      end.serverMemoryBytes = 1024
      let figures = sampler.difference(from: start, to: end)
      #expect(abs(try #require(figures.server?.cpuS) - 0.5) < 1e-9)
      #expect(figures.server?.memoryBytes == 1024)
      #expect(abs(try #require(figures.postgres?.cpuS) - 0.1) < 1e-9)
      #expect(abs(try #require(figures.generator?.cpuS) - 0.2) < 1e-9)
      #expect(figures.idleCPUS.keys.sorted() == ["b"])
      #expect(abs(try #require(figures.otherCPUS) - 0.199) < 1e-9)
      #expect(abs(try #require(figures.stealCPUS) - 0.02) < 1e-9)
      #expect(figures.quotaThrottledS == 0.25)
      #expect(figures.heatThrottlings == 3)
    }

    @Test("Closing handshakes that fail after the window, and counts that do not add up, fail the cell by name")
    func failedChecks() {
      var load = LoadResult()
      load.sent = 50
      load.drain.verified = 50
      #expect(load.failedChecks() == [])
      load.drain.errors[.timeout] = 2
      load.connectionErrors[.timeout] = 2
      #expect(
        load.failedChecks() == [
          CheckFigure(
            name: "closing", passed: false, detail: "closing handshakes failed after the window: 2 × timeout")
        ])
      load.isCancelled = true
      #expect(load.failedChecks() == [])
      load.sent = 51
      #expect(
        load.failedChecks() == [
          CheckFigure(
            name: "accounting", passed: false,
            detail: "51 requests were sent, and 50 verified, 0 failed and 0 cut off")
        ])
    }

    @Test("A processor has a name, or on ARM the numbers of its maker and part")
    func processorName() {
      #expect(Manifest.Environment.cpuModel("processor : 0\nmodel name\t: AMD EPYC\n") == "AMD EPYC")
      #expect(
        Manifest.Environment.cpuModel("CPU implementer\t: 0x41\nCPU part\t: 0xd0c\n") == "ARM maker 0x41 part 0xd0c")
      #expect(Manifest.Environment.cpuModel("") == "unknown")
    }

    /// All have used so many milliseconds until then.
    private func sample(_ milliseconds: UInt64, at instant: UInt64) -> ResourceSample {
      let usage = TreeUsage(processes: 1, nanoseconds: milliseconds * 1_000_000, userTicks: 0, systemTicks: 0)
      return ResourceSample(
        instant: Instant(nanoseconds: instant * 1_000_000), servers: ["a": usage], postgres: usage, generator: usage)
    }

    @Test("CPU time is brought to the length of the window, also where a sample came late")
    func lateSamples() throws {
      let sampler = ResourceSampler(Stack(deployment: .process, python: "3"), underLoad: "a")
      func cpu(_ start: ResourceSample, _ end: ResourceSample, loadEnded: UInt64) throws -> Double {
        let figures = sampler.difference(
          from: start, to: end, window: .milliseconds(300), loadEnded: Instant(nanoseconds: loadEnded * 1_000_000))
        #expect(figures.server?.cpuS == figures.postgres?.cpuS)
        return try #require(figures.server?.cpuS)
      }
      // One core of load, from 1,000 ms to 1,310 ms with the drain.
      #expect(abs(try cpu(sample(0, at: 1000), sample(300, at: 1300), loadEnded: 1310) - 0.3) < 1e-9)
      #expect(abs(try cpu(sample(100, at: 1100), sample(300, at: 1300), loadEnded: 1310) - 0.3) < 1e-9)
      #expect(abs(try cpu(sample(0, at: 1000), sample(310, at: 1500), loadEnded: 1310) - 0.3) < 1e-9)
    }

    @Test("A few milliseconds say nothing of a window")
    func tooLateASample() throws {
      let sampler = ResourceSampler(Stack(deployment: .process, python: "3"), underLoad: "a")
      let figures = sampler.difference(
        from: sample(1, at: 1296), to: sample(1, at: 1300), window: .milliseconds(300),
        loadEnded: Instant(nanoseconds: 1_310_000_000))
      #expect(figures.server == nil && figures.postgres == nil && figures.otherCPUS == nil)
      #expect(figures.generator != nil)
    }

    @Test("Work of this process shows in its figures")
    func ownWork() throws {
      let sampler = ResourceSampler(Stack(deployment: .process, python: "3"), underLoad: "a")
      let start = sampler.sample()
      var sum: UInt64 = 0
      let end = clock() + 30 * CLOCKS_PER_SEC / 1000
      while clock() < end {
        for number in 0..<10_000 { sum &+= UInt64(number) }
      }
      let figures = sampler.difference(from: start, to: sampler.sample(withMemory: true))
      #expect(try #require(figures.generator?.cpuS) >= 0.025, "\(sum)")
      #expect(try #require(figures.generator?.memoryBytes) > 1 << 20)
      #expect(figures.server == nil)
      #expect(figures.otherCPUS == nil)
    }
  }
}
