import Machine
import Stack

/// Where it is read what a server uses: the control group of its container, or its tree of processes.
package struct UsageSource: Equatable, Sendable {
  private var tree: ProcessTree?
  private var group: ControlGroup?

  /// nil where neither is on this machine.
  package init?(_ process: ProcessIdentity?, _ container: Stack.Container?) {
    tree = process.map(ProcessTree.init)
    group = container?.controlGroup
    if tree == nil && group == nil { return nil }
  }

  /// - Parameter processes: all of this moment.
  package func usage(_ processes: [ProcessStat], _ ticksPerSecond: UInt64) -> TreeUsage? {
    let members = tree?.members(of: processes)
    if let group { return group.usage(processes: members?.count { !$0.isZombie }) }
    return members.map { TreeUsage($0, ticksPerSecond: ticksPerSecond) }
  }

  package func memory(_ processes: [ProcessStat]) -> MemoryUse? {
    if let group { return group.memoryUse() }
    return tree?.members(of: processes).flatMap(MemoryUse.read)
  }

  /// Of its processes, where they are seen one by one.
  package func descriptors(_ processes: [ProcessStat]) -> Int? {
    tree?.members(of: processes).flatMap(OpenDescriptors.count)
  }
}
