/// One run of a client: what it did, and what that took.
struct ClientRun: Equatable {
  var report: ClientReport
  /// Of the whole process: user and system time, and the most memory it held.
  var usage: ProcessUsage
  /// The share of the run for which the servers' core was busy, from 0 to 1.
  var serverBusy: Double

  var cpuMicroseconds: Double { usage.cpuSeconds * 1e6 / Double(report.counted + report.others) }
  /// The kernel's part of it.
  var systemMicroseconds: Double { usage.systemSeconds * 1e6 / Double(report.counted + report.others) }
  var perSecond: Double { Double(report.counted) / report.seconds }
  var peakMiB: Double { Double(usage.peakBytes) / 1_048_576 }
}
