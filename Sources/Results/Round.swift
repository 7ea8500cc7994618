/// What one round of one cell showed: one attachment, and one file `raw/<framework>/<scenario>/run<k>.json`.
///
/// A cell is one scenario on one framework. Everything a report says is computed from these values,
/// so that a report can be rebuilt later without measuring again.
public struct Round: Codable, Equatable, Sendable {
  /// The version of this format. A reader refuses what it does not know.
  public static let currentSchema = 3

  public var schema = Round.currentSchema
  public var scenario: String
  public var framework: String
  /// Counted from 1.
  public var round: Int
  /// The place of this framework in the order of the round, counted from 1.
  public var position: Int
  /// Which start of the servers it was measured on, counted from 1; absent where they are started once for all rounds.
  public var start: Int?
  /// ISO 8601, UTC.
  public var started: String
  /// The seed of the load, as text because JSON numbers end at 2^53.
  public var seed: String
  public var load: LoadFigures
  /// By name: `latency` always; `first_byte`, `first_unit`, `connect`, `gap`, `intended_latency` where they were measured.
  public var histograms: [String: HistogramRecord]
  /// The window at a fixed rate that followed; absent where the profile has none.
  public var fixedRate: FixedRateFigures?
  /// How the target was warmed up before its rounds; only in the first of them, and of each start of the servers.
  public var warmUp: WarmUpFigures?
  public var resources: ResourceFigures
  public var checks: [CheckFigure]
  /// The part that this generator had among several; absent where it was alone, and in what was merged.
  public var distributedRun: DistributedFigures?
  public var warnings: [RoundWarning]

  public init(
    scenario: String, framework: String, round: Int, position: Int, started: String, seed: String,
    load: LoadFigures, histograms: [String: HistogramRecord], fixedRate: FixedRateFigures? = nil,
    resources: ResourceFigures, checks: [CheckFigure] = [], warnings: [RoundWarning] = []
  ) {
    self.scenario = scenario
    self.framework = framework
    self.round = round
    self.position = position
    self.started = started
    self.seed = seed
    self.load = load
    self.histograms = histograms
    self.fixedRate = fixedRate
    self.resources = resources
    self.checks = checks
    self.warnings = warnings
  }
}

extension Round {
  /// Of its attachment, without what a retest puts before it.
  package var fileName: String { "\(scenario)--\(framework)--round\(round).json" }

  /// Whether the generator was at its limit or fell behind its schedule.
  package var isLimitedByGenerator: Bool {
    warnings.contains {
      switch $0.kind {
      case .limitedByGenerator, .behindSchedule: true
      default: false
      }
    }
  }
}

/// What went before the rounds of a cell, or of one start of its server.
public struct WarmUpFigures: Codable, Equatable, Sendable {
  public var lengthS: Double
  /// Whether the throughput was steady in the end.
  public var isSteady: Bool
  /// The anonymous memory of the target before any load of this run reached this start of it; absent where that is not known.
  public var memoryAtRestBytes: Int?

  public init(lengthS: Double, isSteady: Bool, memoryAtRestBytes: Int? = nil) {
    self.lengthS = lengthS
    self.isSteady = isSteady
    self.memoryAtRestBytes = memoryAtRestBytes
  }
}

/// An open loop at a share of the throughput that the round had just shown: latency without the queue that a closed loop
/// makes for itself.
public struct FixedRateFigures: Codable, Equatable, Sendable {
  /// Exchanges that fell due per second.
  public var offeredPerSecond: Double
  public var windowS: Double
  public var verified: Int
  /// Due in the window, and not sent before its end.
  public var unsent: Int
  /// Latency from the intended instant.
  public var histogram: HistogramRecord
  public var p99Ms: Double?
  /// true where the generator was the limit: what was late may be its own lateness.
  public var limitedByGenerator: Bool?

  public init(
    offeredPerSecond: Double, windowS: Double, verified: Int, unsent: Int, histogram: HistogramRecord, p99Ms: Double?,
    limitedByGenerator: Bool? = nil
  ) {
    self.offeredPerSecond = offeredPerSecond
    self.windowS = windowS
    self.verified = verified
    self.unsent = unsent
    self.histogram = histogram
    self.p99Ms = p99Ms
    self.limitedByGenerator = limitedByGenerator
  }
}

/// What the load engine counted in the window of one round.
public struct LoadFigures: Codable, Equatable, Sendable {
  /// The length of the measured window in seconds.
  public var windowS: Double
  /// Exchanges that ended in the window with every byte as expected. Nothing else counts as a result.
  public var verified: Int
  /// Failed exchanges by kind (`connect`, `timeout`, `reset`, `closed_early`, `malformed`, `status`,
  /// `verification`), from warm-up and window. Kinds that did not occur are absent.
  public var errors: [String: Int]
  /// The first failures in words.
  public var failures: [String]
  public var bytesSent: Int
  public var bytesReceived: Int
  public var connections: Int
  public var connectionsOpened: Int
  public var perSecond: [SecondFigures]
  /// What became of every request; absent in files of earlier versions.
  public var accounting: AccountingFigures?

  public init(
    windowS: Double, verified: Int, errors: [String: Int] = [:], failures: [String] = [],
    bytesSent: Int = 0, bytesReceived: Int = 0, connections: Int, connectionsOpened: Int = 0,
    perSecond: [SecondFigures] = [], accounting: AccountingFigures? = nil
  ) {
    self.accounting = accounting
    self.windowS = windowS
    self.verified = verified
    self.errors = errors
    self.failures = failures
    self.bytesSent = bytesSent
    self.bytesReceived = bytesReceived
    self.connections = connections
    self.connectionsOpened = connectionsOpened
    self.perSecond = perSecond
  }

  public var verifiedPerSecond: Double { windowS > 0 ? Double(verified) / windowS : 0 }
  public var errorCount: Int { errors.values.reduce(0, +) }
}

/// What became of every request of a load, in all its phases: `sent = verified + failed + cutOff`.
public struct AccountingFigures: Codable, Equatable, Sendable {
  public var sent: Int
  public var verified: Int
  public var failed: Int
  /// In flight and given up because the run was interrupted.
  public var cutOff: Int
  /// Verified after the window, in flight at its end.
  public var drained: Int
  /// Requests that are in the latency at their age beside the verified ones: they timed out, were cut off, or stalled beyond
  /// the end of the window.
  public var unfinished: Int

  public init(sent: Int, verified: Int, failed: Int, cutOff: Int, drained: Int, unfinished: Int) {
    self.sent = sent
    self.verified = verified
    self.failed = failed
    self.cutOff = cutOff
    self.drained = drained
    self.unfinished = unfinished
  }

  package static func + (left: AccountingFigures, right: AccountingFigures) -> AccountingFigures {
    AccountingFigures(
      sent: left.sent + right.sent, verified: left.verified + right.verified, failed: left.failed + right.failed,
      cutOff: left.cutOff + right.cutOff, drained: left.drained + right.drained,
      unfinished: left.unfinished + right.unfinished)
  }
}

/// One second of the window (the last one may be shorter).
public struct SecondFigures: Codable, Equatable, Sendable {
  public var verified: Int
  public var errors: Int
  /// Absent in a second in which nothing was verified.
  public var p50Ms: Double?
  public var p99Ms: Double?

  public init(verified: Int, errors: Int, p50Ms: Double?, p99Ms: Double?) {
    self.verified = verified
    self.errors = errors
    self.p50Ms = p50Ms
    self.p99Ms = p99Ms
  }
}

/// CPU time and memory used while the window was open.
public struct ResourceFigures: Codable, Equatable, Sendable {
  /// The target's whole process tree, or its container. Absent where the suite cannot see it (external servers).
  public var server: ProcessFigures?
  public var postgres: ProcessFigures?
  /// CPU seconds of the container engine's proxy for the target's port. Absent without containers.
  public var proxyCpuS: Double?
  public var generator: ProcessFigures?
  /// CPU seconds that the targets which were not under load used in the window, by framework.
  public var idleCpuS: [String: Double]
  /// CPU seconds that nobody above accounts for: other work on the machine.
  public var otherCpuS: Double?
  /// CPU seconds that the hypervisor gave to others (steal time).
  public var stealCpuS: Double?
  /// Seconds for which the CPU quota of the suite's control group kept it from running, summed over processors. Absent
  /// where there is no quota.
  public var quotaThrottledS: Double?
  /// How often a processor was slowed down for heat. Absent where the machine does not count it.
  public var heatThrottlings: Int?
  /// Nanoseconds of CPU time that the speed probe took in the window: the smaller, the faster the machine was. Absent
  /// where the servers run elsewhere, and where the window was too short for it.
  public var speedProbeNs: Double?

  public init(
    server: ProcessFigures? = nil, postgres: ProcessFigures? = nil, proxyCpuS: Double? = nil,
    generator: ProcessFigures? = nil, idleCpuS: [String: Double] = [:], otherCpuS: Double? = nil,
    stealCpuS: Double? = nil, quotaThrottledS: Double? = nil, heatThrottlings: Int? = nil, speedProbeNs: Double? = nil
  ) {
    self.server = server
    self.postgres = postgres
    self.proxyCpuS = proxyCpuS
    self.generator = generator
    self.idleCpuS = idleCpuS
    self.otherCpuS = otherCpuS
    self.stealCpuS = stealCpuS
    self.quotaThrottledS = quotaThrottledS
    self.heatThrottlings = heatThrottlings
    self.speedProbeNs = speedProbeNs
  }
}

public struct ProcessFigures: Codable, Equatable, Sendable {
  public var processes: Int
  public var cpuUserS: Double
  public var cpuSystemS: Double
  /// At the end of the window, in bytes: the proportional set size; of a container what counts against its limit and
  /// cannot be taken back. Absent where the kernel does not tell.
  public var memoryBytes: Int?
  /// Of it the memory behind which there is no file: who else uses the same programs and libraries does not change it. Absent
  /// where the kernel does not tell, and in files of earlier versions.
  public var anonymousMemoryBytes: Int?
  /// Open file descriptors at the beginning of the window, when all connections stand. Absent where they cannot be seen, and in files of earlier versions.
  public var descriptors: Int?
  /// Of the CPU time: the part of the process that used most. Absent where only the sum is known, as of a container.
  public var busiestShare: Double?

  public init(processes: Int, cpuUserS: Double, cpuSystemS: Double, memoryBytes: Int?) {
    self.processes = processes
    self.cpuUserS = cpuUserS
    self.cpuSystemS = cpuSystemS
    self.memoryBytes = memoryBytes
  }

  public var cpuS: Double { cpuUserS + cpuSystemS }
}

/// A check made beside the load, such as counting the inserted rows in the database.
public struct CheckFigure: Codable, Equatable, Sendable {
  public var name: String
  public var passed: Bool
  public var detail: String

  public init(name: String, passed: Bool, detail: String) {
    self.name = name
    self.passed = passed
    self.detail = detail
  }
}
