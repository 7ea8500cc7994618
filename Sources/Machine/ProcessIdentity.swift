/// One process, told apart from a later one that got the same number by the time it started.
public struct ProcessIdentity: Codable, Hashable, Sendable {
  public var pid: Int32
  /// Clock ticks since the machine started, as in `/proc/<pid>/stat`.
  package private(set) var startTime: UInt64

  package init(pid: Int32, startTime: UInt64) { (self.pid, self.startTime) = (pid, startTime) }

  /// A process that has ended counts as gone, also while its parent has not asked for its exit status.
  public var isAlive: Bool {
    guard let stat = ProcessStat.read(pid) else { return false }
    return stat.startTime == startTime && !stat.isZombie
  }
}

extension ProcessIdentity {
  /// nil where the process is gone already.
  public init?(pid: Int32) {
    guard let stat = ProcessStat.read(pid) else { return nil }
    self.init(pid: pid, startTime: stat.startTime)
  }
}
