/// The limits beyond which a window is called disturbed.
package enum WarningLimit {
  /// Of one core, used by one target that was not under load.
  package static let idleCPU = 0.02
  /// Of the whole machine, used by nobody the suite knows.
  package static let otherCPU = 0.10
  /// Of the whole machine, given to others by the hypervisor.
  package static let stealCPU = 0.02
  /// Of the whole machine, withheld by the CPU quota of the suite's control group.
  package static let quota = 0.02
  /// Of a target's CPU time, used by one of its processes. With four workers an equal share is a quarter.
  package static let busiestWorker = 0.6
  /// A worker comes with a parent, and a parent with a helper.
  package static let processesOfOneWorker = 3
}
