import CLinux
import Glibc
import Results

/// A process with its children, theirs, and all others of its session: what a server's leader started.
public struct ProcessTree: Equatable, Sendable {
  public var leader: ProcessIdentity

  public init(leader: ProcessIdentity) {
    self.leader = leader
  }

  /// The members among the processes of one moment; nil where the leader is gone, or its number is another's.
  public func members(of processes: [ProcessStat]) -> [ProcessStat]? {
    guard let top = processes.first(where: { $0.pid == leader.pid }), top.startTime == leader.startTime, !top.isZombie
    else { return nil }
    let children = Dictionary(grouping: processes, by: \.parent)
    // Only a session of its own is wholly the tree's.
    let ownSession = top.session == top.pid
    var members: [Int32: ProcessStat] = [:]
    var next = ownSession ? processes.filter { $0.session == top.pid } : [top]
    while let process = next.popLast() {
      guard members.updateValue(process, forKey: process.pid) == nil else { continue }
      next += children[process.pid] ?? []
    }
    return members.values.sorted { $0.pid < $1.pid }
  }
}

/// CPU time that a process tree used until one moment.
///
/// The clock ticks of `/proc` are 10 ms long, too coarse for short windows: the sum comes from the processes'
/// CPU clocks in nanoseconds, and the ticks only tell how it divides into user and system time. Children that
/// ended stay in the sum through the parent that waited for them, so that a worker that is replaced is not lost.
public struct TreeUsage: Equatable, Sendable {
  public var processes: Int
  public var nanoseconds: UInt64
  public var userTicks: UInt64
  public var systemTicks: UInt64
  /// Nanoseconds by process, of those that run; empty where only the sum is known.
  var byProcess: [Int32: UInt64] = [:]

  public init(processes: Int, nanoseconds: UInt64, userTicks: UInt64, systemTicks: UInt64) {
    self.processes = processes
    self.nanoseconds = nanoseconds
    self.userTicks = userTicks
    self.systemTicks = systemTicks
  }

  /// - Parameter clock: the CPU time of a process in nanoseconds; nil where it has ended in between, or tells nothing.
  package init(_ members: [ProcessStat], ticksPerSecond: UInt64, clock: (Int32) -> UInt64? = Self.clock) {
    let nanosecondsPerTick = 1_000_000_000 / ticksPerSecond
    self.init(processes: 0, nanoseconds: 0, userTicks: 0, systemTicks: 0)
    for process in members {
      let reaped = process.reapedUserTicks + process.reapedSystemTicks
      let running = process.isZombie ? nil : clock(process.pid)
      byProcess[process.pid] = running
      let own =
        running ?? (process.userTicks + process.systemTicks) * nanosecondsPerTick
      processes += process.isZombie ? 0 : 1
      nanoseconds += own + reaped * nanosecondsPerTick
      userTicks += process.userTicks + process.reapedUserTicks
      systemTicks += process.systemTicks + process.reapedSystemTicks
    }
  }

  /// What was used since `earlier`; nil where the tree lost members whose time nobody kept.
  package func figures(since earlier: TreeUsage, memory: MemoryUse?) -> ProcessFigures? {
    guard nanoseconds >= earlier.nanoseconds else { return nil }
    let seconds = Double(nanoseconds - earlier.nanoseconds) / 1e9
    let user = userTicks > earlier.userTicks ? Double(userTicks - earlier.userTicks) : 0
    let system = systemTicks > earlier.systemTicks ? Double(systemTicks - earlier.systemTicks) : 0
    let userShare = user + system > 0 ? user / (user + system) : 1
    var figures = ProcessFigures(
      processes: processes, cpuUserS: seconds * userShare, cpuSystemS: seconds * (1 - userShare),
      memoryBytes: memory?.total)
    figures.anonymousMemoryBytes = memory?.anonymous
    figures.busiestShare = busiestShare(since: earlier)
    return figures
  }

  /// nil where nothing was used, or only the sum is known.
  private func busiestShare(since earlier: TreeUsage) -> Double? {
    let used = byProcess.compactMap { process, now in
      earlier.byProcess[process].flatMap { now >= $0 ? Double(now - $0) : nil }
    }
    let sum = used.reduce(0, +)
    return sum > 0 ? used.max().map { $0 / sum } : nil
  }

  private static func clock(_ pid: Int32) -> UInt64? {
    var nanoseconds: UInt64 = 0
    return clinux_process_cpu_time(pid, &nanoseconds) == 0 ? nanoseconds : nil
  }
}

/// What processes hold in memory, in bytes.
package struct MemoryUse: Equatable, Sendable {
  /// Of processes what they have to themselves and their share of what others have too; of a container what counts against
  /// its limit and cannot be taken back.
  package var total: Int
  /// Of it the memory behind which there is no file: anonymous and shared memory. It does not change where others come or go who
  /// use the same programs and libraries. nil where the kernel does not tell.
  package var anonymous: Int?

  package init(total: Int, anonymous: Int?) {
    self.total = total
    self.anonymous = anonymous
  }

  /// The text of a `/proc/<pid>/smaps_rollup`; nil where it does not say. Source: Linux `Documentation/filesystems/proc.rst`.
  package init?(rollup text: some StringProtocol) {
    func bytes(_ name: String) -> Int? {
      guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name + ":") }) else { return nil }
      let fields = line.split(separator: " ", omittingEmptySubsequences: true)
      guard fields.count == 3, fields[2] == "kB" else { return nil }
      return Int(fields[1]).map { $0 * 1024 }
    }
    guard let total = bytes("Pss") else { return nil }
    self.init(
      total: total, anonymous: bytes("Pss_Anon").flatMap { anonymous in bytes("Pss_Shmem").map { anonymous + $0 } })
  }

  package static func + (one: MemoryUse, other: MemoryUse) -> MemoryUse {
    MemoryUse(
      total: one.total + other.total, anonymous: one.anonymous.flatMap { own in other.anonymous.map { own + $0 } })
  }

  /// The sum; nil where the kernel does not tell for one that still runs.
  package static func read(_ members: [ProcessStat]) -> MemoryUse? {
    var sum = MemoryUse(total: 0, anonymous: 0)
    for process in members where !process.isZombie {
      if let use = MemoryUse(rollup: ProcFile.text("/proc/\(process.pid)/smaps_rollup") ?? "") {
        sum = sum + use
      } else if process.identity.isAlive {
        return nil
      }
    }
    return sum
  }
}
