import Foundation
import Glibc
import LoadEngine

/// The control group of a container, or of this process: where the kernel counts what all its processes use together, and limits it.
///
/// Sources: Linux `Documentation/admin-guide/cgroup-v2.rst`, `cgroup-v1/memory.rst`, `cgroup-v1/cpuacct.rst` and
/// `scheduler/sched-bwc.rst`.
public struct ControlGroup: Codable, Equatable, Sendable {
  public var version: Version
  /// The directories with the files of each controller. In version 2 they are one and the same.
  public var processor: String
  public var accounting: String
  public var memory: String

  public enum Version: Int, Codable, Sendable {
    case v1 = 1
    case v2 = 2
  }

  /// The group of this process; nil where its files are not mounted here.
  package static func ofThisProcess() -> ControlGroup? {
    guard let membership = ProcFile.text("/proc/self/cgroup"), let mounts = ProcFile.text("/proc/self/mountinfo") else {
      return nil
    }
    return ControlGroup(membership: membership, mounts: mounts)
  }

  /// The group of a process.
  ///
  /// - Parameters:
  ///   - membership: its `/proc/<pid>/cgroup`.
  ///   - mounts: the `/proc/self/mountinfo` of the reader.
  /// - Returns: nil where the group's files are not mounted here.
  package init?(membership: String, mounts: String) {
    let mounts = mounts.split(separator: "\n").compactMap { Mount($0) }
    var groups: [Substring: Substring] = [:]
    for line in membership.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      for controller in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
        groups[controller] = parts[2]
      }
    }
    func directory(_ controller: Substring, of type: String) -> String? {
      guard let group = groups[controller] else { return nil }
      return mounts.filter { $0.type == type && (controller.isEmpty || $0.options.contains(controller)) }
        .compactMap { $0.path(of: group) }.first
    }
    // Where both versions are mounted, the controllers are those of version 1.
    if let processor = directory("cpu", of: "cgroup"), let accounting = directory("cpuacct", of: "cgroup"),
      let memory = directory("memory", of: "cgroup")
    {
      (self.processor, self.accounting, self.memory, version) = (processor, accounting, memory, .v1)
    } else if groups["memory"] == nil, let directory = directory("", of: "cgroup2") {
      (processor, accounting, memory, version) = (directory, directory, directory, .v2)
    } else {
      return nil
    }
  }

  /// A line of mountinfo. Source: proc_pid_mountinfo(5).
  private struct Mount {
    var root: Substring
    var point: Substring
    var type: Substring
    var options: [Substring]

    init?(_ line: Substring) {
      let fields = line.split(separator: " ")
      guard fields.count > 6, let dash = fields.firstIndex(of: "-"), fields.count > dash + 3 else { return nil }
      (root, point, type) = (fields[3], fields[4], fields[dash + 1])
      options = fields[dash + 3].split(separator: ",")
    }

    /// Only what lies below the mounted root can be reached through it.
    func path(of group: Substring) -> String? {
      if root == "/" { return String(point) + (group == "/" ? "" : group) }
      guard group == root || group.hasPrefix(root + "/") else { return nil }
      return String(point) + String(group.dropFirst(root.count))
    }
  }

  // MARK: What was used

  /// CPU time until now; nil where the group is gone.
  ///
  /// - Parameter processes: how many of the group's processes are the server's, where that is known: a health probe is
  ///   one of the group and none of the server.
  package func usage(processes: Int? = nil) -> TreeUsage? {
    let text = { (name: String) in ProcFile.text(accounting + "/" + name) ?? "" }
    let counted = processes ?? self.processes
    switch version {
    case .v1: return TreeUsage(cpuacctUsage: text("cpuacct.usage"), stat: text("cpuacct.stat"), processes: counted)
    case .v2: return TreeUsage(cpuStat: text("cpu.stat"), processes: counted)
    }
  }

  package var processes: Int {
    ProcFile.text(memory + "/cgroup.procs")?.split(separator: "\n").count ?? 0
  }

  /// In all what counts as used of the memory limit and cannot be taken back at once: all but the file pages that nobody used
  /// lately. Container tools show the same. Nil where the group is gone.
  package func memoryUse() -> MemoryUse? {
    let (used, idle, anonymous, shared) =
      version == .v1
      ? ("memory.usage_in_bytes", "total_inactive_file", "total_rss", "total_shmem")
      : ("memory.current", "inactive_file", "anon", "shmem")
    guard let used = ProcFile.number(memory + "/" + used), let stat = ProcFile.text(memory + "/memory.stat"),
      let idle = Self.value(of: idle, in: stat)
    else { return nil }
    let own = Self.value(of: anonymous, in: stat).flatMap { bytes in
      Self.value(of: shared, in: stat).map { bytes + $0 }
    }
    return MemoryUse(total: max(0, used - idle), anonymous: own)
  }

  /// How many of its processes the kernel has killed because the memory limit was reached; nil where that is not told.
  package func memoryKills() -> Int? {
    let file = version == .v1 ? "memory.oom_control" : "memory.events"
    return ProcFile.text(memory + "/" + file).flatMap { Self.value(of: "oom_kill", in: $0) }
  }

  // MARK: Limits

  /// How many processors it may use: the least of what it and the groups above it allow; nil where all.
  package func processorLimit() -> Double? {
    processorPath.compactMap { directory in
      switch version {
      case .v1:
        guard let quota = ProcFile.number(directory + "/cpu.cfs_quota_us"),
          let period = ProcFile.number(directory + "/cpu.cfs_period_us"), quota > 0, period > 0
        else { return nil }
        return Double(quota) / Double(period)
      case .v2:
        return ProcFile.text(directory + "/cpu.max").flatMap(Self.processors)
      }
    }.min()
  }

  /// For how long that limit has kept it from running until now, summed over processors; nil where there is none.
  func throttledNanoseconds() -> UInt64? {
    guard processorLimit() != nil else { return nil }
    let (name, unit) = version == .v1 ? ("throttled_time", 1) : ("throttled_usec", 1000)
    return processorPath.compactMap { directory in
      ProcFile.text(directory + "/cpu.stat").flatMap { Self.value(of: name, in: $0) }
    }.map { UInt64(max(0, $0)) * UInt64(unit) }.reduce(0, +)
  }

  /// Its directory for processors and those of the groups above it, as far as they are mounted here.
  private var processorPath: [String] {
    var directories = [processor]
    while true {
      let above = (directories[directories.count - 1] as NSString).deletingLastPathComponent
      guard access(above + "/cgroup.procs", F_OK) == 0 else { return directories }
      directories.append(above)
    }
  }

  /// The most memory in bytes; nil where all of the machine.
  package func memoryLimit() -> Int? {
    switch version {
    // Without a limit it is the highest number of pages.
    case .v1: ProcFile.number(memory + "/memory.limit_in_bytes").flatMap { $0 < 1 << 60 ? $0 : nil }
    case .v2: ProcFile.number(memory + "/memory.max")
    }
  }

  /// The two words of `cpu.max`: `150000 100000` is one processor and a half, `max 100000` is no limit.
  package static func processors(_ text: some StringProtocol) -> Double? {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), period > 0 else { return nil }
    return quota / period
  }

  /// The number beside a name in a file of lines such as `oom_kill 1`.
  package static func value(of name: String, in text: some StringProtocol) -> Int? {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2, words[0] == name { return Int(words[1]) }
    }
    return nil
  }
}

extension TreeUsage {
  /// From version 1's `cpuacct.usage` (nanoseconds) and `cpuacct.stat` (clock ticks).
  package init?(cpuacctUsage usage: some StringProtocol, stat: some StringProtocol, processes: Int) {
    guard let nanoseconds = UInt64(String(usage.filter { !$0.isWhitespace })),
      let user = ControlGroup.value(of: "user", in: stat), let system = ControlGroup.value(of: "system", in: stat)
    else { return nil }
    self.init(
      processes: processes, nanoseconds: nanoseconds, userTicks: UInt64(user), systemTicks: UInt64(system))
  }

  /// From version 2's `cpu.stat` (microseconds). What divides user from system time is finer than ticks there.
  package init?(cpuStat stat: some StringProtocol, processes: Int) {
    guard let all = ControlGroup.value(of: "usage_usec", in: stat),
      let user = ControlGroup.value(of: "user_usec", in: stat),
      let system = ControlGroup.value(of: "system_usec", in: stat)
    else { return nil }
    self.init(
      processes: processes, nanoseconds: UInt64(all) * 1000, userTicks: UInt64(user), systemTicks: UInt64(system))
  }
}
