import BenchTesting
import Foundation
import Machine
import Reports
import Stack
import TestSupport
import Testing

@testable import Profiling

extension Exclusive {
  @Suite struct ProfilingTests {}
}

extension Exclusive.ProfilingTests {
  @Suite struct ProfileTests {
    // MARK: Permission

    @Test(
      "Tracing is allowed without Yama, and where it is told to allow it",
      arguments: [
        TracePermission(hasCapability: false, scope: nil), TracePermission(hasCapability: false, scope: 0),
        TracePermission(hasCapability: true, scope: 1), TracePermission(hasCapability: true, scope: 2),
      ])
    func allowed(permission: TracePermission) {
      #expect(permission.obstacle == nil)
    }

    @Test("Where it is not, one line says why and what fixes it")
    func refused() {
      let obstacle = TracePermission(hasCapability: false, scope: 1).obstacle
      #expect(obstacle?.fix == "sudo sysctl kernel.yama.ptrace_scope=0")
      #expect(
        obstacle?.description
          == "kernel.yama.ptrace_scope is 1, so only root may trace the servers: sudo sysctl kernel.yama.ptrace_scope=0"
      )
      #expect(TracePermission(hasCapability: false, scope: 2).obstacle?.reason.contains("only root") == true)
      for hasCapability in [false, true] {
        let obstacle = TracePermission(hasCapability: hasCapability, scope: 3).obstacle
        #expect(obstacle?.description.contains("nobody may trace until the machine is started again") == true)
      }
    }

    @Test(
      "The capability to trace is bit 19 of what is in effect",
      arguments: [
        ("CapPrm:\t000001ffffffffff\nCapEff:\t0000000000080000\n", true), ("CapEff:\t000001fffff7ffff\n", false),
        ("CapPrm:\t0000000000080000\n", false), ("CapEff:\tx\n", false), ("", false),
      ])
    func capability(status: String, expected: Bool) {
      #expect(TracePermission.capability(in: status) == expected)
    }

    @Test(
      "What py-spy says of missing permission becomes one line",
      arguments: ["Permission Denied: Try running again", "Error: Operation not permitted (os error 1)", "EPERM"])
    func refusal(output: String) {
      let obstacle = FlameGraphRecorder.refusal(in: output)
      #expect(obstacle?.fix?.contains("--cap-add SYS_PTRACE") == true && obstacle?.description.contains("\n") == false)
      #expect(FlameGraphRecorder.refusal(in: "Error: No child process") == nil)
    }

    @Test("Whether a process may be traced is asked of the kernel: one of our own may, if tracing is allowed at all")
    func probe() throws {
      let child = try ChildProcess.start(
        ProgramLaunch(command: ["/bin/sleep", "60"], environment: [:], directory: "/"), output: 2)
      defer { child.kill() }
      #expect(TracePermission.obstacle(to: child.pid) == TracePermission.read().obstacle)
    }

    @Test("What a program says last is why it failed")
    func lastLine() {
      #expect(
        FlameGraphRecorder.lastLine("py-spy ended with 1:\n  Sampling\n  Error: no symbols  \n\n")
          == "Error: no symbols")
      #expect(FlameGraphRecorder.lastLine("\n") == "it said nothing")
    }

    @Test("py-spy is told to record the leader and all its workers")
    func arguments() {
      let words = FlameGraphRecorder.arguments(
        pid: 42, seconds: 5, samplesPerSecond: 100, isNative: true, path: "/r/a.txt")
      #expect(
        words.joined(separator: " ")
          == "record --pid 42 --subprocesses --function --rate 100 --duration 5 --format raw --output /r/a.txt --native"
      )
    }

    // MARK: Resources

    private static let leader = ResourceTimeline.Process(group: .server, pid: 10, name: "leader")
    private static let worker = ResourceTimeline.Process(group: .server, pid: 11, name: "worker")
    private static let late = ResourceTimeline.Process(group: .server, pid: 12, name: "worker")
    private static let backend = ResourceTimeline.Process(group: .postgres, pid: 20, name: "backend")
    private static let walwriter = ResourceTimeline.Process(group: .postgres, pid: 21, name: "walwriter")
    private static let generator = ResourceTimeline.Process(group: .generator, pid: 30, name: "generator")

    private static let timeline = ResourceTimeline(
      scenario: "json",
      moments: [
        .init(
          seconds: 0,
          processes: [
            .init(process: leader, nanoseconds: 5_000_000, memoryBytes: 20 << 20),
            .init(process: worker, nanoseconds: 1_000_000_000, memoryBytes: 40 << 20),
            .init(process: backend, nanoseconds: 100_000_000, memoryBytes: 3 << 20),
            .init(process: walwriter, nanoseconds: 0, memoryBytes: nil),
            .init(process: generator, nanoseconds: 0, memoryBytes: 30 << 20),
          ]),
        .init(
          seconds: 0.5,
          processes: [
            .init(process: leader, nanoseconds: 5_000_000, memoryBytes: 20 << 20),
            .init(process: worker, nanoseconds: 1_400_000_000, memoryBytes: 41 << 20),
            .init(process: late, nanoseconds: 10_000_000, memoryBytes: 12_582_912 + 524_288),
            .init(process: backend, nanoseconds: 150_000_000, memoryBytes: 3 << 20),
            .init(process: walwriter, nanoseconds: 1_000_000, memoryBytes: nil),
            .init(process: generator, nanoseconds: 250_000_000, memoryBytes: 30 << 20),
          ]),
        .init(
          seconds: 1,
          processes: [
            .init(process: worker, nanoseconds: 1_850_000_000, memoryBytes: 42 << 20),
            .init(process: late, nanoseconds: 260_000_000, memoryBytes: 14 << 20),
            .init(process: backend, nanoseconds: 210_000_000, memoryBytes: 3 << 20),
            .init(process: generator, nanoseconds: 510_000_000, memoryBytes: 30 << 20),
          ]),
      ])

    @Test("A row holds what a process used since the moment before; one that was not there has no CPU time yet")
    func rows() {
      let rows = Self.timeline.rows
      #expect(rows.count == 10)
      #expect(rows[1] == .init(seconds: 0.5, process: Self.worker, cpuPercent: 80, memoryBytes: 41 << 20))
      #expect(rows[2].cpuPercent == nil)
      #expect(rows[7].cpuPercent == 50)
    }

    @Test("Resources as a table: every process, missing is empty")
    func csv() {
      #expect(
        (ResourceTimeline.csvHeader + Self.timeline.csv).split(separator: "\n").prefix(7) == [
          "scenario,time_s,group,pid,process,cpu_pct,mem_mib",
          "json,0.5,server,10,leader,0,20",
          "json,0.5,server,11,worker,80,41",
          "json,0.5,server,12,worker,,12.5",
          "json,0.5,postgres,20,backend,10,3",
          "json,0.5,postgres,21,walwriter,0.2,",
          "json,0.5,generator,30,generator,50,30",
        ])
    }

    @Test("The chart of resources is as agreed")
    func chart() throws {
      try expectGolden(ResourceChart.svg(title: "Alpha <1.2>", [Self.timeline]).text, "resources.svg")
    }

    @Test("A chart has a line for each worker, and one for all of PostgreSQL")
    func series() {
      let series = ResourceChart.series(Self.timeline)
      #expect(series.map(\.label) == ["leader", "worker 1", "worker 2", "PostgreSQL", "load generator"])
      #expect(series[3].cpu.map(\.value) == [10.2, 12])
      #expect(series[3].memory.map(\.value) == [3, 3])
    }

    @Test("A load that was too short for two moments has a chart without lines")
    func tooShort() {
      var timeline = Self.timeline
      timeline.moments.removeLast(2)
      #expect(timeline.rows.isEmpty)
      #expect(ResourceChart.series(timeline).isEmpty)
      #expect(ResourceChart.svg(title: "Alpha", [timeline]).text.contains("json"))
    }

    @Test(
      "A process is called by what it does",
      arguments: [
        (ResourceTimeline.Group.server, ["python", "serve.py"], true, "leader"),
        (.server, ["python", "-c", "from multiprocessing.spawn import spawn_main"], false, "worker"),
        (
          .server, ["python", "-c", "from multiprocessing.resource_tracker import main;main(6)"], false,
          "resource tracker"
        ),
        (.postgres, ["/usr/lib/postgresql/15/bin/postgres", "-D", "/x"], true, "postmaster"),
        (.postgres, ["postgres: checkpointer "], false, "checkpointer"),
        (.postgres, ["postgres: bench bench 127.0.0.1(4711) idle"], false, "backend"),
        (.generator, ["shootout", "profile"], true, "generator"),
      ])
    func name(group: ResourceTimeline.Group, words: [String], isLeader: Bool, expected: String) {
      #expect(ResourceTimeline.Process.name(group, words: words, isLeader: isLeader) == expected)
    }

    @Test("The recorder sees this process as generator and its child as server")
    func recorder() throws {
      let child = try ChildProcess.start(
        ProgramLaunch(command: ["/bin/sleep", "60"], environment: [:], directory: "/"), output: 2)
      defer { child.kill() }
      let leader = try #require(ProcessIdentity(pid: child.pid))
      let recorder = ResourceRecorder(scenario: "ping", server: leader, postgres: nil)
      let timeline = recorder.end()
      #expect(timeline.moments.count >= 2)
      for moment in timeline.moments {
        #expect(moment.processes.map(\.process.name) == ["leader", "generator"])
      }
    }

    // MARK: The database

    private static func profile(_ framework: String, _ scenario: String, statements: [DatabaseProfile.Statement]?)
      -> DatabaseProfile
    {
      DatabaseProfile(
        framework: framework, scenario: scenario, verified: 20_000,
        before: .init(
          seconds: 0, committed: 100, rolledBack: 1, blocksHit: 1000, blocksRead: 10, rowsInserted: 0, deadlocks: 0),
        after: .init(
          seconds: 5, committed: 20_100, rolledBack: 3, blocksHit: 60_990, blocksRead: 20, rowsInserted: 7,
          deadlocks: 0),
        connections: [
          .init(application: "alpha", state: "active", count: 3), .init(application: "alpha", state: "idle", count: 13),
        ],
        statements: statements)
    }

    @Test("What the database did is told with transactions, cache hits, connections and the slowest statements")
    func database() {
      let profile = Self.profile(
        "alpha", "db-read",
        statements: [
          .init(
            calls: 20_000, totalMs: 512.3, meanMs: 0.0256, longestMs: 3.2, rows: 20_000,
            text: "SELECT id,\n  name FROM bench_users WHERE id = $1")
        ])
      #expect(
        profile.text == """
          db-read: 5.00 s under load, 20,000 verified
            transactions    20,000 committed (4,000 a second), 2 rolled back, 0 deadlocks
            cache hits      99.983 % of 60,000 blocks, 10 read from outside
            rows inserted   7
            connections     3 alpha active, 13 alpha idle
            statements, by the time that they took together
               total ms      calls    mean ms     max ms       rows  statement
                    512     20,000     0.0256       3.20     20,000  SELECT id, name FROM bench_users WHERE id = $1

          """)
    }

    @Test("Where PostgreSQL keeps no statistics of statements, the file says so")
    func noStatements() {
      #expect(
        Self.profile("a", "ping", statements: nil).text.contains("statements      not available: pg_stat_statements"))
      #expect(Self.profile("a", "ping", statements: []).text.contains("took together\n    none\n"))
    }

    @Test("A profile of one framework leaves the parts of the others in the file")
    func parts() {
      let first = DatabaseProfileFile.text(
        [Self.profile("beta", "json", statements: nil), Self.profile("alpha", "json", statements: nil)], keeping: "")
      #expect(first.hasPrefix("== alpha ==\n\njson: ") && first.contains("\n== beta ==\n\njson: "))
      let second = DatabaseProfileFile.text([Self.profile("alpha", "sse", statements: nil)], keeping: first)
      #expect(second.contains("== alpha ==\n\nsse: ") && second.contains("== beta ==\n\njson: "))
      #expect(second.components(separatedBy: "== ").count == first.components(separatedBy: "== ").count)
      #expect(DatabaseProfileFile.text([Self.profile("beta", "json", statements: nil)], keeping: first) == first)
    }
  }
}
