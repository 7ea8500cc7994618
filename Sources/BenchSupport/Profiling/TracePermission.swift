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

  /// One line: why not, and what mends it. Nil where tracing is allowed.
  public var obstacle: String? {
    let scope = scope ?? 0
    switch scope {
    case ..<1: return nil
    case 1, 2:
      guard !hasCapability else { return nil }
      return "kernel.yama.ptrace_scope is \(scope), so only root may trace the servers: "
        + "sudo sysctl kernel.yama.ptrace_scope=0"
    default:
      return "kernel.yama.ptrace_scope is \(scope), so nobody may trace "
        + "until the machine is started again with a lower one"
    }
  }

  static func read() -> TracePermission {
    TracePermission(
      hasCapability: capability(in: ProcFile.text("/proc/self/status") ?? ""),
      scope: ProcFile.text("/proc/sys/kernel/yama/ptrace_scope").flatMap { Int($0.prefix { $0.isNumber }) })
  }

  /// Whether bit 19 of the line `CapEff:` is set. Source: capabilities(7), proc_pid_status(5).
  static func capability(in status: String) -> Bool {
    let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    guard let digits = line?.split(whereSeparator: \.isWhitespace).last, let bits = UInt64(digits, radix: 16) else {
      return false
    }
    return bits >> 19 & 1 == 1
  }
}
