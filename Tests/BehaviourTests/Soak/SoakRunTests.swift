import BenchSupport
import BenchTesting
import Foundation
import Gate
import LoadEngine
import Reports
import Results
import Stack
import TestSupport
import Testing

@testable import Behaviour

extension Exclusive {
  @Suite struct BehaviourTests {}
}

extension Exclusive.BehaviourTests {
  /// Soaks of a server in this test, which keeps what it is told to keep.
  @Suite struct SoakRunTests {
    private let folder = TemporaryDirectory()

    private struct Soaked {
      let run: SoakRun
      let stack: MeasuredStack
      let configuration: Configuration
    }

    /// - Parameter starts: makes the server, the first time and whenever it is to be started anew.
    private func soaked(_ starts: @escaping @Sendable () throws -> LeakingServer) throws -> Soaked {
      var configuration = try Configuration.read(scenarios: nil)
      configuration.targets = configuration.known.filter { $0.role == .reference }
      configuration.scenarios = ["json"]
      configuration.connections = 4
      let name = try #require(configuration.targets.first).name
      nonisolated(unsafe) var servers = [try starts()]
      let restart = { @Sendable (names: [String]) throws -> Stack in
        #expect(names == [name])
        servers.append(try starts())
        return Stack(
          deployment: .process, python: "3", servers: [try servers[servers.count - 1].server(name)])
      }
      let stack = MeasuredStack(
        Stack(deployment: .process, python: "3", servers: [try servers[0].server(name)]), restart: restart)
      let run = try SoakRun(
        SoakSettings(scenario: "json", duration: .seconds(4), rate: 400), configuration, stack: stack, interrupts: .none
      ) { _ in }
      return Soaked(run: run, stack: stack, configuration: configuration)
    }

    /// The part of a second for a segment, so that a test does not take long.
    private func plan(_ segments: Int) -> SoakPlan {
      SoakPlan(scenario: "json", ratePerSecond: 400, durationS: 0.2 * Double(segments), segmentS: 0.2)
    }

    private func results() -> ResultsDirectory { ResultsDirectory(path: folder.path + "/results") }

    private func begin(_ soaked: Soaked, _ plan: SoakPlan) throws -> BehaviourRun {
      try BehaviourRun.begin(
        soaked.configuration, stack: soaked.stack.stack, plan: BehaviourPlan(soak: plan), in: results())
    }

    @Test func `a server that keeps something of each request is found to leak, by about as much`() throws {
      let path = folder.path
      let soaked = try soaked { try LeakingServer(keeping: 20_000, in: path) }
      let run = try begin(soaked, plan(24))
      try soaked.run.measure(plan(24), into: run, soaked.run.prepare())
      let collected = try run.directory.collect()
      #expect(collected.problems == [])
      let segments = collected.behaviour.soak
      #expect(segments.map(\.segment) == Array(1...24))
      #expect(Set(segments.map(\.start)) == [1])
      #expect(segments.allSatisfy { $0.round.load.errorCount == 0 && $0.round.load.verified > 20 })
      #expect(segments[0].round.warmUp?.memoryAtRestBytes ?? 0 > 1 << 20)
      #expect(segments.allSatisfy { ($0.round.resources.server?.descriptors ?? 0) > 4 })
      let memory = segments.memoryGrowth(.standard)
      #expect(memory.verdict == .leaks)
      // 20,000 bytes are 19,073 MiB for a million.
      #expect(try (15_000...25_000).contains(#require(memory.drift).slope))
      let report = try #require(RunSummary(collected))
      #expect(report.state == .failed)
    }

    @Test func `a server that keeps nothing does not leak`() throws {
      let path = folder.path
      let soaked = try soaked { try LeakingServer(keeping: 0, in: path) }
      let run = try begin(soaked, plan(24))
      try soaked.run.measure(plan(24), into: run, soaked.run.prepare())
      let segments = try run.directory.collect().behaviour.soak
      #expect(segments.count == 24)
      #expect(segments.memoryGrowth(.standard).verdict != .leaks)
      #expect(segments.descriptorGrowth(.standard).verdict != .leaks)
    }

    @Test func `a soak that is taken up keeps its segments, and goes on with the next start`() throws {
      let path = folder.path
      let first = try soaked { try LeakingServer(keeping: 0, in: path) }
      let begun = try begin(first, plan(6))
      try first.run.measure(plan(4), into: begun, first.run.prepare())
      let kept = try begun.directory.collect().behaviour.soak
      // This process measures into the folder until it ends, so the run is taken up in a copy of it.
      let copy = RunDirectory(path: folder.path + "/copy")
      try FileManager.default.copyItem(atPath: begun.directory.path, toPath: copy.path)

      let second = try soaked { try LeakingServer(keeping: 0, in: path) }
      let resumed = try BehaviourRun.resume(
        copy, second.configuration, stack: second.stack.stack, in: ResultsDirectory(path: folder.path + "/elsewhere"))
      #expect(resumed.earlier.soak == kept)
      try second.run.measure(plan(6), into: resumed, second.run.prepare(after: resumed.earlier.soak))
      let segments = try resumed.directory.collect().behaviour.soak
      #expect(segments.map(\.segment) == Array(1...6))
      #expect(segments.map(\.start) == [1, 1, 1, 1, 2, 2])
      #expect(Array(segments.prefix(4)) == kept)
    }

    @Test func `a server that ends is named with its segment, and started anew`() throws {
      let path = folder.path
      nonisolated(unsafe) var count = 0
      let soaked = try soaked {
        count += 1
        return try LeakingServer(keeping: 0, in: path)
      }
      let run = try begin(soaked, plan(6))
      let prepared = try soaked.run.prepare()
      let process = try #require(soaked.stack.stack.servers[0].process)
      let pid = process.pid
      #expect(kill(pid, SIGKILL) == 0)
      // A moment later it has ended; a segment that began before would find it gone at its end.
      let deadline = Instant.now() + .seconds(30)
      while process.isAlive, Instant.now() < deadline { usleep(1000) }
      #expect(!process.isAlive)
      try soaked.run.measure(plan(6), into: run, prepared)
      let segments = try run.directory.collect().behaviour.soak
      #expect(segments.count == 6)
      #expect(count == 2)
      let failed = segments.filter { $0.round.checks.contains { !$0.passed } }
      #expect(failed.map(\.segment) == [1])
      let checks = try #require(failed.first).round.checks
      #expect(checks.map(\.name) == ["server"])
      #expect(checks.map(\.detail) == ["the server of \(soaked.configuration.frameworks[0]) (pid \(pid)) ended"])
      #expect(segments.map(\.start) == Array(repeating: 2, count: 6))
      let findings = try #require(RunSummary(run.directory.collect())).state
      #expect(findings == .failed)
    }

    @Test func `the generator holds no more after many segments than after few`() throws {
      let path = folder.path
      let soaked = try soaked { try LeakingServer(keeping: 0, in: path) }
      let run = try begin(soaked, plan(24))
      try soaked.run.measure(plan(24), into: run, soaked.run.prepare())
      let segments = try run.directory.collect().behaviour.soak
      let memory = segments.compactMap { $0.round.resources.generator?.memoryBytes }.map { Double($0) / 1_048_576 }
      #expect(memory.count == 24)
      // This process runs other tests at the same time, so only what nobody could overlook counts.
      let (early, late) = (memory[4..<9].reduce(0, +) / 5, memory[19..<24].reduce(0, +) / 5)
      #expect(late - early < 30, "\(early) MiB, then \(late) MiB")
    }
  }
}
