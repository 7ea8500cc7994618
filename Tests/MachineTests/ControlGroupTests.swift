import BenchSupport
import BenchTesting
import Results
import TestSupport
import Testing

@testable import Machine
@testable import Stack

@Suite struct ControlGroupTests {
  private let folder = TemporaryDirectory()

  private func mount(_ root: String, _ point: String, _ type: String, _ options: String) -> String {
    "36 25 0:31 \(root) \(point) rw,nosuid shared:12 - \(type) \(type) \(options)"
  }

  @Test("Version 1: each controller has its directory, also where two share a mount")
  func version1() {
    let membership = """
      9:name=systemd:/docker/abc
      4:memory:/docker/abc
      3:cpu,cpuacct:/docker/abc
      0::/docker/abc
      """
    let mounts = [
      mount("/", "/sys/fs/cgroup/systemd", "cgroup", "rw,name=systemd"),
      mount("/", "/sys/fs/cgroup/cpu,cpuacct", "cgroup", "rw,cpu,cpuacct"),
      mount("/", "/sys/fs/cgroup/memory", "cgroup", "rw,memory"),
      mount("/", "/sys/fs/cgroup/unified", "cgroup2", "rw"),
    ].joined(separator: "\n")
    let group = ControlGroup(membership: membership, mounts: mounts)
    #expect(group?.version == .v1)
    #expect(group?.processor == "/sys/fs/cgroup/cpu,cpuacct/docker/abc")
    #expect(group?.accounting == "/sys/fs/cgroup/cpu,cpuacct/docker/abc")
    #expect(group?.memory == "/sys/fs/cgroup/memory/docker/abc")
  }

  @Test("A neighbour's container is found by the first digits of its id, whoever named its group")
  func neighbours() throws {
    let (one, other) = (String(repeating: "0123456789ab", count: 5) + "cdef", String(repeating: "f", count: 64))
    for path in [
      "docker/\(one)", "system.slice/docker-\(one).scope", "machine.slice/libpod-\(one).scope", "a/b/c/\(one)",
    ] {
      let folder = TemporaryDirectory()
      folder.write("cgroup.controllers", "cpu memory")
      folder.write("docker/\(other)/cpu.stat", "")
      folder.write("machine.slice/libpod-conmon-\(one).scope/cpu.stat", "")
      folder.write(path + "/cpu.stat", "usage_usec 7\nuser_usec 4\nsystem_usec 3\n")
      let found = try #require(ControlGroup.ofContainer("0123456789ab", under: folder.path))
      #expect(found.id == one && found.group.version == .v2)
      #expect(found.group.memory == folder.path + "/" + path)
      #expect(found.group.usage()?.nanoseconds == 7000)
      #expect(ControlGroup.ofContainer("0123456789ac", under: folder.path) == nil)
      // Too short to tell one from another.
      #expect(ControlGroup.ofContainer("0123", under: folder.path) == nil)
    }
    for controller in ["cpu", "cpuacct", "memory"] { folder.write("\(controller)/docker/\(one)/cgroup.procs", "") }
    let group = try #require(ControlGroup.ofContainer("0123456789ab", under: folder.path)?.group)
    #expect(group.version == .v1)
    #expect(group.processor == "\(folder.path)/cpu/docker/\(one)")
    #expect(group.accounting == "\(folder.path)/cpuacct/docker/\(one)")
    #expect(ControlGroup.ofContainer("0123456789ab", under: "/nowhere") == nil)
  }

  @Test("Version 2: one directory for all")
  func version2() {
    let group = ControlGroup(
      membership: "0::/system.slice/docker-abc.scope\n", mounts: mount("/", "/sys/fs/cgroup", "cgroup2", "rw"))
    #expect(group?.version == .v2)
    #expect(group?.memory == "/sys/fs/cgroup/system.slice/docker-abc.scope")
    #expect(group?.accounting == group?.memory && group?.processor == group?.memory)
  }

  @Test("A mount that shows only a part of the groups shows what lies below it")
  func partlyMounted() {
    let mounts = mount("/docker", "/groups", "cgroup2", "rw")
    #expect(ControlGroup(membership: "0::/docker/abc", mounts: mounts)?.memory == "/groups/abc")
    #expect(ControlGroup(membership: "0::/docker", mounts: mounts)?.memory == "/groups")
    #expect(ControlGroup(membership: "0::/docker2/abc", mounts: mounts) == nil)
  }

  @Test(
    "What is not mounted, or cannot be read, is no group",
    arguments: ["", "0::", "nonsense", "4:memory:/docker/abc", "0:/x"])
  func noGroup(membership: String) {
    let mounts = "\n36 25\n" + mount("/", "/sys/fs/cgroup/pids", "cgroup", "rw,pids")
    #expect(ControlGroup(membership: membership, mounts: mounts) == nil)
  }

  @Test("CPU time is read in nanoseconds and divided as the kernel divides it")
  func usage() {
    let first = TreeUsage(cpuacctUsage: "2500000000\n", stat: "user 200\nsystem 50\n", processes: 5)
    #expect(first == TreeUsage(processes: 5, nanoseconds: 2_500_000_000, userTicks: 200, systemTicks: 50))
    let stat = "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\nnr_periods 7\n"
    let second = TreeUsage(cpuStat: stat, processes: 5)
    #expect(second?.nanoseconds == 2_500_000_000)
    let zero = TreeUsage(processes: 5, nanoseconds: 0, userTicks: 0, systemTicks: 0)
    for usage in [first, second] {
      let figures = usage?.figures(since: zero, memory: MemoryUse(total: 9, anonymous: 5))
      let milliseconds = [figures?.cpuUserS, figures?.cpuSystemS].map { Int((($0 ?? -1) * 1000).rounded()) }
      #expect(milliseconds == [2000, 500])
      #expect(figures?.memoryBytes == 9 && figures?.anonymousMemoryBytes == 5)
    }
    #expect(TreeUsage(cpuacctUsage: "", stat: "user 1\nsystem 1\n", processes: 1) == nil)
    #expect(TreeUsage(cpuStat: "usage_usec 1\nuser_usec 1\n", processes: 1) == nil)
  }

  private func made(_ version: ControlGroup.Version) -> ControlGroup? {
    let place = folder.path
    return version == .v1
      ? ControlGroup(
        membership: "1:cpu,cpuacct,memory:/g", mounts: mount("/", place, "cgroup", "rw,cpu,cpuacct,memory"))
      : ControlGroup(membership: "0::/g", mounts: mount("/", place, "cgroup2", "rw"))
  }

  @Test("Version 1: memory without idle file pages, kills and limits")
  func files1() throws {
    folder.write("g/memory.usage_in_bytes", "200000000\n")
    folder.write(
      "g/memory.stat",
      "cache 1\ninactive_file 5\ntotal_cache 9\ntotal_rss 90000000\ntotal_shmem 4000000\ntotal_inactive_file 50000000\n"
    )
    folder.write("g/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
    folder.write("g/memory.limit_in_bytes", "536870912\n")
    folder.write("g/cpu.cfs_quota_us", "200000\n")
    folder.write("g/cpu.cfs_period_us", "100000\n")
    folder.write("g/cgroup.procs", "11\n12\n")
    let group = try #require(made(.v1))
    #expect(group.memoryUse() == MemoryUse(total: 150_000_000, anonymous: 94_000_000))
    #expect(group.memoryKills() == 2)
    #expect(group.memoryLimit() == 536_870_912)
    #expect(group.processorLimit() == 2)
    #expect(group.processes == 2)
    folder.write("g/memory.limit_in_bytes", "9223372036854771712\n")
    folder.write("g/cpu.cfs_quota_us", "-1\n")
    #expect(group.memoryLimit() == nil)
    #expect(group.processorLimit() == nil)
  }

  @Test("Version 2: memory without idle file pages, kills and limits")
  func files2() throws {
    folder.write("g/memory.current", "200000000\n")
    folder.write("g/memory.stat", "anon 90000000\nfile 60000000\nshmem 4000000\ninactive_file 50000000\n")
    folder.write("g/memory.events", "low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\noom_group_kill 0\n")
    folder.write("g/memory.max", "536870912\n")
    folder.write("g/cpu.max", "150000 100000\n")
    let group = try #require(made(.v2))
    #expect(group.memoryUse() == MemoryUse(total: 150_000_000, anonymous: 94_000_000))
    #expect(group.memoryKills() == 1)
    #expect(group.memoryLimit() == 536_870_912)
    #expect(group.processorLimit() == 1.5)
    folder.write("g/memory.max", "max\n")
    folder.write("g/cpu.max", "max 100000\n")
    #expect(group.memoryLimit() == nil)
    #expect(group.processorLimit() == nil)
  }

  @Test("The limit of processors is the least of those of the group and of the groups above it")
  func limitAbove() throws {
    for name in ["cgroup.procs", "a/cgroup.procs", "a/g/cgroup.procs"] { folder.write(name, "") }
    let group = try #require(
      ControlGroup(membership: "0::/a/g", mounts: mount("/", folder.path, "cgroup2", "rw")))
    #expect(group.processorLimit() == nil)
    folder.write("a/g/cpu.max", "150000 100000\n")
    #expect(group.processorLimit() == 1.5)
    folder.write("a/cpu.max", "50000 100000\n")
    #expect(group.processorLimit() == 0.5)
    folder.write("cpu.max", "1 0\n")
    #expect(group.processorLimit() == 0.5)
  }

  @Test("What its limits of processors have withheld is counted in nanoseconds, in both versions")
  func throttled() throws {
    for name in ["cgroup.procs", "g/cgroup.procs"] { folder.write(name, "") }
    folder.write("cpu.stat", "nr_periods 0\nnr_throttled 1\nthrottled_time 400\nthrottled_usec 3\n")
    folder.write("g/cpu.stat", "nr_periods 9\nnr_throttled 4\nthrottled_time 1500\nthrottled_usec 7\n")
    let (first, second) = (try #require(made(.v1)), try #require(made(.v2)))
    #expect(first.throttledNanoseconds() == nil && second.throttledNanoseconds() == nil)
    folder.write("g/cpu.cfs_quota_us", "50000\n")
    folder.write("g/cpu.cfs_period_us", "100000\n")
    folder.write("g/cpu.max", "50000 100000\n")
    #expect(first.throttledNanoseconds() == 1900)
    #expect(second.throttledNanoseconds() == 10_000)
  }

  @Test("What slows processors down for heat is counted over all of them, where it is counted")
  func heat() {
    let counters = { ThrottlingCounters(processors: folder.path, group: nil).read() }
    folder.write("cpu0/topology", "")
    folder.write("cpufreq/thermal_throttle/core_throttle_count", "9\n")
    #expect(counters() == ProcessorThrottling())
    folder.write("cpu0/thermal_throttle/core_throttle_count", "2\n")
    folder.write("cpu0/thermal_throttle/package_throttle_count", "1\n")
    folder.write("cpu11/thermal_throttle/core_throttle_count", "4\n")
    #expect(counters() == ProcessorThrottling(heatEvents: 7))
  }

  @Test("A group that is gone tells nothing")
  func gone() throws {
    for version in [ControlGroup.Version.v1, .v2] {
      let group = try #require(made(version))
      #expect(group.usage() == nil && group.memoryUse() == nil && group.memoryKills() == nil)
      #expect(group.processorLimit() == nil && group.throttledNanoseconds() == nil)
    }
  }

  @Test("A process killed for memory under load fails the cell by that name")
  func killedUnderLoad() {
    let container = Stack.Container(id: "1", name: "stack-sanic-1", memoryBytes: 512 << 20)
    #expect(MemoryWatch.check("sanic", container, killsBefore: 0, killsAfter: 0) == nil)
    #expect(
      MemoryWatch.check("sanic", container, killsBefore: 1, killsAfter: 1)?.detail
        == "killed for memory before this round: 1 process of sanic, at its container's limit of 512 MiB")
    #expect(
      MemoryWatch.check("sanic", container, killsBefore: 1, killsAfter: 3)
        == CheckFigure(
          name: "memory", passed: false,
          detail: "killed for memory: 2 processes of sanic, at its container's limit of 512 MiB"))
    #expect(
      MemoryWatch.check("sanic", container, killsBefore: 0, killsAfter: nil)?.detail
        == "the container of sanic has ended under load; docker logs stack-sanic-1 has its last words")
  }
}
