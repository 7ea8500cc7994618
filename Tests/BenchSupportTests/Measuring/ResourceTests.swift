import BenchTesting
import Foundation
import LoadEngine
import Machine
import Results
import Stack
import Statistics
import Testing

@testable import BenchSupport

extension Exclusive.BenchSupportTests {
  @Suite struct ResourceTests {
    @Test("What a target, the idle ones, Postgres and others used is told apart")
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
      end.serverMemory = MemoryUse(total: 1024, anonymous: 768)
      let figures = sampler.difference(from: start, to: end)
      #expect(abs(try #require(figures.server?.cpuS) - 0.5) < 1e-9)
      #expect(figures.server?.memoryBytes == 1024 && figures.server?.anonymousMemoryBytes == 768)
      #expect(abs(try #require(figures.postgres?.cpuS) - 0.1) < 1e-9)
      #expect(abs(try #require(figures.generator?.cpuS) - 0.2) < 1e-9)
      #expect(figures.idleCpuS.keys.sorted() == ["b"])
      #expect(abs(try #require(figures.otherCpuS) - 0.199) < 1e-9)
      #expect(abs(try #require(figures.stealCpuS) - 0.02) < 1e-9)
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
      #expect(figures.server == nil && figures.postgres == nil && figures.otherCpuS == nil)
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
      #expect(figures.otherCpuS == nil)
    }
  }
}
