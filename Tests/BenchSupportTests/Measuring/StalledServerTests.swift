import BenchSupport
import BenchTesting
import Foundation
import Glibc
import LoadEngine
import Machine
import Results
import Stack
import Testing

extension Exclusive.BenchSupportTests {
  /// What a round shows of a server that stood still.
  @Suite struct StalledServerTests {
    private static let stall = 3.0

    @Test("A server that stands still for three seconds shows in a window of half a second")
    func stopped() async throws {
      let configuration = try Configuration.read(scenarios: nil)
      let stack = try await StackUnderTest.shared(configuration)
      let server = try #require(stack.servers.first)
      guard server.container == nil, let leader = server.process,
        let members = ProcessTree(leader: leader).members(of: ProcessStat.readAll())
      else {
        print("not tested: the processes of \(server.name) are not on this machine")
        return
      }
      let monitor = LoadMonitor()
      let stopper = Thread {
        let deadline = Instant.now() + .seconds(20)
        while monitor.window.map({ $0.start > .now() }) ?? true, Instant.now() < deadline { usleep(1000) }
        for process in members { kill(process.pid, SIGSTOP) }
        usleep(UInt32(Self.stall * 1e6))
        for process in members { kill(process.pid, SIGCONT) }
      }
      stopper.start()
      let work = try Scenario.ping.work(ScenarioMaterial(configuration, stack, for: .ping))
      let round = try RoundMeasurement(
        scenario: .ping, server: server, stack: stack, work: work, connections: 50, seed: configuration.seed
      ).run(1, position: 1, warmUp: .milliseconds(50), window: .milliseconds(500), monitor: monitor)
      while !stopper.isFinished { usleep(10_000) }

      let latency = try #require(round.histograms["latency"]).histogram()
      #expect(try #require(latency.maximum) >= 2_000_000_000)
      // Whether the window was prolonged for those that stood still, or they ended behind it, the counts agree.
      #expect(round.contradiction(nil) == nil)
    }
  }
}
