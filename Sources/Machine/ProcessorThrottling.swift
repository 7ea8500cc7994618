/// How the processors were held back until one moment. Two of them make the figures of a window.
public struct ProcessorThrottling: Equatable, Sendable {
  /// How often a processor was slowed down for heat, its own or that of its package, summed over all of them; nil where
  /// that is not counted: only Intel's are, and seldom those of a virtual machine.
  public var heatEvents: Int?
  /// Nanoseconds for which the CPU quota of this process's control group, or of one above it, kept it from running, summed
  /// over processors; nil where no group has a quota.
  public var quotaNanoseconds: UInt64?

  public init(heatEvents: Int? = nil, quotaNanoseconds: UInt64? = nil) {
    self.heatEvents = heatEvents
    self.quotaNanoseconds = quotaNanoseconds
  }
}

/// Where the machine counts how it holds its processors back.
///
/// Sources: Linux `drivers/thermal/intel/therm_throt.c`, and those of `ControlGroup`.
package struct ThrottlingCounters: Sendable {
  /// They are looked for once, and not in every round.
  package static let ofThisMachine = ThrottlingCounters()

  private let heat: [String]
  private let group: ControlGroup?

  package init(processors folder: String = "/sys/devices/system/cpu", group: ControlGroup? = .ofThisProcess()) {
    heat = ProcFile.entries(folder).filter { $0.wholeMatch(of: /cpu\d+/) != nil }.flatMap { processor in
      ["core_throttle_count", "package_throttle_count"].map { "\(folder)/\(processor)/thermal_throttle/\($0)" }
    }.filter { ProcFile.number($0) != nil }
    self.group = group
  }

  package func read() -> ProcessorThrottling {
    ProcessorThrottling(
      heatEvents: heat.isEmpty ? nil : heat.compactMap(ProcFile.number).reduce(0, +),
      quotaNanoseconds: group?.throttledNanoseconds())
  }
}
