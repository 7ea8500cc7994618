/// A line of `/proc/stat`: what all processors, or one of them, did since the machine started, in clock ticks.
/// Source: proc_stat(5).
public struct SystemStat: Equatable, Sendable {
  /// Time in programs and in the kernel on their behalf, with interrupts.
  public var busyTicks: UInt64
  /// Time in which this machine wanted to run and the hypervisor ran another.
  public var stealTicks: UInt64

  public init(busyTicks: UInt64, stealTicks: UInt64) {
    self.busyTicks = busyTicks
    self.stealTicks = stealTicks
  }

  /// nil where there is no such line, or one that is cut short.
  ///
  /// - Parameter core: the number of a processor; nil for all together.
  public init?(_ text: some StringProtocol, core: Int? = nil) {
    let prefix = "cpu\(core.map(String.init) ?? "") "
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(prefix) }) else { return nil }
    // user, nice, system, idle, iowait, irq, softirq, steal, and guest times that user and nice hold already.
    let ticks = line.split(separator: " ", omittingEmptySubsequences: true).dropFirst().map { UInt64($0) }
    guard ticks.count >= 8, let user = ticks[0], let nice = ticks[1], let system = ticks[2], let interrupts = ticks[5],
      let softInterrupts = ticks[6], let steal = ticks[7]
    else { return nil }
    self.init(busyTicks: user + nice + system + interrupts + softInterrupts, stealTicks: steal)
  }

  public static func read(core: Int? = nil) -> SystemStat? {
    ProcFile.text("/proc/stat").flatMap { SystemStat($0, core: core) }
  }
}
