import Stack

/// One run of a client: what it did, and what that took.
package struct ClientRun: Equatable {
  package var report: ClientReport
  /// Of the whole process: user and system time, and the most memory it held.
  package var usage: ProcessUsage
  /// The share of the run for which the servers' core was busy, from 0 to 1.
  package var serverBusy: Double

  package var cpuMicroseconds: Double { usage.cpuSeconds * 1e6 / Double(report.counted + report.others) }
  /// The kernel's part of it.
  package var systemMicroseconds: Double { usage.systemSeconds * 1e6 / Double(report.counted + report.others) }
  package var perSecond: Double { Double(report.counted) / report.seconds }
  package var peakMiB: Double { Double(usage.peakBytes) / 1_048_576 }
}
