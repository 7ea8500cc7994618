import BenchTesting
import Foundation
import Testing

@testable import Machine

extension Exclusive.MachineTests {
  @Suite struct ProcessTests {
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

    @Test("Memory is proportional, and what of it is anonymous or shared memory is told beside, in bytes")
    func memory() {
      let text = """
        559d-7ffc ---p 00000000 00:00 0 [rollup]
        Rss:  1672 kB
        Pss:   400 kB
        Pss_Dirty: 112 kB
        Pss_Anon:  150 kB
        Pss_File:  248 kB
        Pss_Shmem: 2 kB

        """
      #expect(MemoryUse(rollup: text) == MemoryUse(total: 409_600, anonymous: 155_648))
      #expect(MemoryUse(rollup: "Pss: 400 kB\n") == MemoryUse(total: 409_600, anonymous: nil))
      #expect(MemoryUse(rollup: "Rss: 1672 kB\n") == nil)
      #expect(MemoryUse(rollup: "Pss: much kB\n") == nil)
    }

    @Test("The anonymous memory of several is known where each of them tells it")
    func sumOfMemory() {
      let one = MemoryUse(total: 5, anonymous: 3)
      #expect(one + one == MemoryUse(total: 10, anonymous: 6))
      #expect(one + MemoryUse(total: 5, anonymous: nil) == MemoryUse(total: 10, anonymous: nil))
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
      let figures = try #require(after.figures(since: before, memory: MemoryUse(total: 7, anonymous: nil)))
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
      #expect(try #require(after.figures(since: before, memory: nil)?.busiestShare) == 0.8)
      #expect(before.figures(since: before, memory: nil)?.busiestShare == nil)
      let sumOnly = TreeUsage(processes: 4, nanoseconds: 5, userTicks: 0, systemTicks: 0)
      #expect(sumOnly.figures(since: sumOnly, memory: nil)?.busiestShare == nil)
    }

    @Test("Lost time is missing and not negative")
    func lostTime() {
      let before = TreeUsage(processes: 2, nanoseconds: 5, userTicks: 0, systemTicks: 0)
      let after = TreeUsage(processes: 1, nanoseconds: 4, userTicks: 0, systemTicks: 0)
      #expect(after.figures(since: before, memory: nil) == nil)
    }

    @Test("A tree without a CPU clock is counted in ticks")
    func ticksOnly() {
      let usage = TreeUsage(
        [process(10, parent: 1, session: 10, user: 3, system: 2)], ticksPerSecond: 100, clock: { _ in nil })
      #expect(usage.nanoseconds == 50_000_000)
    }
  }
}
