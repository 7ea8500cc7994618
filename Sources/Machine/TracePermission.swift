import Glibc

/// Whether this process may look into the memory of servers that it did not start itself, as a profiler has to.
///
/// Source: ptrace(2), "Ptrace access mode checking"; Linux `Documentation/admin-guide/LSM/Yama.rst`.
public struct TracePermission: Equatable, Sendable {
  /// Whether the process has `CAP_SYS_PTRACE`, as root usually does.
  public var hasCapability: Bool
  /// `kernel.yama.ptrace_scope`; nil where the kernel does not have it.
  public var scope: Int?

  public init(hasCapability: Bool, scope: Int?) {
    self.hasCapability = hasCapability
    self.scope = scope
  }

  /// Why servers may not be traced.
  public struct Obstacle: Equatable, Sendable, CustomStringConvertible {
    public var reason: String
    /// The command that fixes it, or what to do where no command does; nil where nothing is known.
    public var fix: String?

    /// One line.
    public var description: String { [reason, fix].compactMap(\.self).joined(separator: ": ") }
  }

  /// nil where tracing is allowed.
  public var obstacle: Obstacle? {
    let scope = scope ?? 0
    switch scope {
    case ..<1: return nil
    case 1, 2:
      guard !hasCapability else { return nil }
      return Obstacle(
        reason: "kernel.yama.ptrace_scope is \(scope), so only root may trace the servers",
        fix: "sudo sysctl kernel.yama.ptrace_scope=0")
    default:
      return Obstacle(
        reason: "kernel.yama.ptrace_scope is \(scope), so nobody may trace "
          + "until the machine is started again with a lower one")
    }
  }

  /// Where a process may not be traced for another reason, such as capabilities that it has and this one lacks.
  package static let refusal = Obstacle(
    reason: "this account or container may not trace the servers",
    fix: "run as root, in a container with --cap-add SYS_PTRACE")

  /// Why a process may not be traced; nil where it may. The kernel lets nobody else open the memory of a process.
  ///
  /// Source: proc_pid_mem(5).
  package static func obstacle(to pid: Int32) -> Obstacle? {
    if let obstacle = read().obstacle { return obstacle }
    let descriptor = open("/proc/\(pid)/mem", O_RDONLY | O_CLOEXEC)
    guard descriptor < 0 else {
      close(descriptor)
      return nil
    }
    return errno == EACCES || errno == EPERM ? refusal : nil
  }

  package static func read() -> TracePermission {
    TracePermission(
      hasCapability: capability(in: ProcFile.text("/proc/self/status") ?? ""),
      scope: ProcFile.text("/proc/sys/kernel/yama/ptrace_scope").flatMap { Int($0.prefix { $0.isNumber }) })
  }

  /// Whether bit 19 of the line `CapEff:` is set. Source: capabilities(7), proc_pid_status(5).
  package static func capability(in status: String) -> Bool {
    let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    guard let digits = line?.split(whereSeparator: \.isWhitespace).last, let bits = UInt64(digits, radix: 16) else {
      return false
    }
    return bits >> 19 & 1 == 1
  }
}
