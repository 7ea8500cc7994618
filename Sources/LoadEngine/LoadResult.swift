import Histogram

/// What a load showed. Only what was verified counts as a result.
///
/// Every exchange ends in exactly one count: `sent = verified + failed + cutOff` over all phases and, in open loop,
/// `schedule.due = schedule.sent + schedule.unsent`. ``imbalance`` says where that does not hold.
public struct LoadResult: Sendable {
  /// The length of the measured window. Shorter than planned where the load was cancelled.
  public var window = Duration.zero
  /// When it began; absent where it never did.
  public var windowStart: Instant?
  public var isCancelled = false
  /// The exchanges that were begun, in all phases.
  public var sent = 0
  /// The tallies of the three phases. In closed loop by the instant at which each exchange ended, in open loop by the one
  /// at which it was due; of a load of so many requests, those requests are the window. What is verified in the drain, after
  /// the window, is not counted; what fails there was in flight at the end of the window, and is an error of the window.
  /// The errors of the drain are those of closing handshakes.
  public var warmUp = Tally()
  public var measured = Tally()
  public var drain = Tally()
  /// In flight when a load was cancelled, and given up: neither verified nor failed.
  public var cutOff = 0
  /// Nanoseconds, of the oldest one.
  public var longestCutOff: UInt64?
  /// Connects and opening handshakes that were under way then.
  public var connectionsCutOff = 0
  /// Nanoseconds, of the slowest verified after the window.
  public var longestDrain: UInt64?
  /// Verified after the window and counted in it, because they were due in it.
  public var verifiedLate = 0
  /// Those verified in the drain: how old they were at the end of the window, and their latency, in nanoseconds.
  var drained: [(age: UInt64, latency: UInt64)] = []
  /// The errors above that concern no exchange: connections that did not come about, bytes that nobody had asked for.
  public var connectionErrors = ErrorTally()
  /// Of verified exchanges in the window, in nanoseconds. The latencies hold what was unfinished, too.
  public var times = TimeParts()
  public var unfinished = Unfinished()
  /// By slice of the window, each as long as the plan says: a second where it says nothing.
  public var series: [SeriesSlice] = []
  public var generator = GeneratorFigures()
  /// Open loop only.
  public var schedule: ScheduleFigures?
  public var examples = FailureExamples()
  public var connections = 0
  public var connectionsOpened = 0
  /// How many connections stood at the end of the window: what a server had closed by then did not.
  public var standing = 0
  /// The address that was used, where the host is a name; and those of its addresses that did not answer at the start.
  public var address: String?
  public var failedAddresses: [AddressFailure] = []

  public init() {}

  /// Failures in words.
  public var failures: [FailureSample] { examples.all }

  /// Failures in warm-up and window: one is enough to distrust the result.
  public var errors: ErrorTally { warmUp.errors + measured.errors }

  /// Verified in all phases: what the server has said yes to, counted or not.
  public var acknowledged: Int { warmUp.verified + measured.verified + drain.verified }

  /// The exchanges that failed, by kind, in all phases.
  public var failedExchanges: ErrorTally { errors + drain.errors - connectionErrors }

  /// Whether the figures say more of the generator than of the server: it was at its limit or, on a schedule, fell behind.
  public var isLimitedByGenerator: Bool { generator.isLimited || isBehindSchedule }

  /// Whether the generator was late for so much of the window of an open loop that a p99 is its own.
  public var isBehindSchedule: Bool { schedule != nil && lateShare >= GeneratorFigures.behindAt }

  /// The part of the window for which the generator was late, from 0 to 1.
  public var lateShare: Double { window > .zero ? min(1, generator.lateSeconds / window.inSeconds) : 0 }

  /// Where the counts do not add up; nil where they do. It would be a mistake of this engine.
  public var imbalance: String? {
    let ended = acknowledged + failedExchanges.total + cutOff
    if sent != ended {
      return
        "\(sent) requests were sent, and \(acknowledged) verified, \(failedExchanges.total) failed and \(cutOff) cut off"
    }
    if let schedule, schedule.due != schedule.sent + schedule.unsent {
      return "\(schedule.due) requests were due, and \(schedule.sent) sent and \(schedule.unsent) unsent"
    }
    let held = UInt64(measured.verified + unfinished.timedOut + unfinished.cutOff + unfinished.drained)
    if times.latency.count != held {
      return "the latency holds \(times.latency.count) requests instead of \(held)"
    }
    return nil
  }

  public var verifiedPerSecond: Double {
    window > .zero ? Double(measured.verified) / window.inSeconds : 0
  }

  /// What was in flight at the end of a closed loop's window, and verified after it, is in no count. Were they older by then
  /// than 99 % of all that had ended, they stalled in the window: their latency belongs there, or a stall at its end would
  /// vanish. Whatever is not added is faster than the p99 that is told.
  mutating func addStalled() {
    let usual = times.latency.percentile(99) ?? 0
    for exchange in drained where exchange.age > usual {
      times.latency.record(exchange.latency)
      unfinished.drained += 1
    }
    drained = []
  }

  mutating func merge(_ other: LoadResult) {
    sent += other.sent
    cutOff += other.cutOff
    connectionsCutOff += other.connectionsCutOff
    longestCutOff = [longestCutOff, other.longestCutOff].compactMap { $0 }.max()
    longestDrain = [longestDrain, other.longestDrain].compactMap { $0 }.max()
    verifiedLate += other.verifiedLate
    drained += other.drained
    connectionErrors = connectionErrors + other.connectionErrors
    unfinished += other.unfinished
    warmUp += other.warmUp
    measured += other.measured
    drain += other.drain
    times.merge(other.times)
    for (index, second) in other.series.enumerated() {
      if index < series.count { series[index].merge(second) } else { series.append(second) }
    }
    generator.merge(other.generator)
    if let theirs = other.schedule {
      var ours = schedule ?? ScheduleFigures()
      ours.merge(theirs)
      schedule = ours
    }
    examples.merge(other.examples)
    connectionsOpened += other.connectionsOpened
    standing += other.standing
    address = address ?? other.address
  }
}

/// Requests that had not ended at the end of the window, or were given up in it, and are in the latency at the age that
/// they had by then: each took at least so long. Without them a stall at the end of a window would vanish.
public struct Unfinished: Equatable, Sendable {
  /// Given up when their time was over.
  public var timedOut = 0
  /// Given up because the load was cancelled.
  public var cutOff = 0
  /// Due and never sent. In the latency from the intended instant only.
  public var unsent = 0
  /// Verified after the window, and older at its end than 99 % of all that had ended. Closed loop only; at their latency.
  public var drained = 0

  public var total: Int { timedOut + cutOff + unsent + drained }

  static func += (left: inout Unfinished, right: Unfinished) {
    left.timedOut += right.timedOut
    left.cutOff += right.cutOff
    left.unsent += right.unsent
    left.drained += right.drained
  }
}

/// Counts of one phase.
public struct Tally: Equatable, Sendable {
  public var verified = 0
  public var errors = ErrorTally()
  /// Including heads and framing.
  public var bytesSent = 0
  public var bytesReceived = 0

  static func += (left: inout Tally, right: Tally) {
    left.verified += right.verified
    left.errors = left.errors + right.errors
    left.bytesSent += right.bytesSent
    left.bytesReceived += right.bytesReceived
  }
}

/// How the time of an exchange divides.
public struct TimeParts: Sendable {
  /// From the first byte handed to the kernel to the last byte received.
  public var latency = Histogram()
  /// From the first byte handed to the kernel to the first byte received.
  public var firstByte = Histogram()
  /// From the first byte handed to the kernel to the first event of a stream, or to the first chunk of a body, being
  /// complete. Empty where there are none.
  public var firstUnit = Histogram()
  /// From `connect` to a connection that can carry an exchange; of all connections of the load.
  public var connect = Histogram()
  /// Between the events of a stream, or between the chunks of a body: what arrives together has no gap.
  public var gap = Histogram()
  /// From the intended instant to the last byte received. Empty in closed loop, which has no intention.
  public var intendedLatency = Histogram()

  mutating func merge(_ other: TimeParts) {
    latency.merge(other.latency)
    firstByte.merge(other.firstByte)
    firstUnit.merge(other.firstUnit)
    connect.merge(other.connect)
    gap.merge(other.gap)
    intendedLatency.merge(other.intendedLatency)
  }
}

public struct SeriesSlice: Sendable {
  public var verified = 0
  public var errors = 0
  public var latency = Histogram()

  mutating func add(latency nanoseconds: UInt64) {
    verified += 1
    latency.record(nanoseconds)
  }

  mutating func merge(_ other: SeriesSlice) {
    verified += other.verified
    errors += other.errors
    latency.merge(other.latency)
  }
}

/// What the generator itself used in the window.
public struct GeneratorFigures: Equatable, Sendable {
  public var userSeconds = 0.0
  public var systemSeconds = 0.0
  /// The time its threads were ready to run and another had the processor; absent where the kernel does not tell.
  public var waitedSeconds: Double?
  /// The largest share of the window for which one of its threads had or wanted a processor, from 0 to 1.
  public var busiestThread = 0.0
  /// How long one of its threads did nothing of what it had planned, in stretches of at least ``lateFrom``: the machine
  /// stood still, others had its processor, or it had too much to do. Of the thread that was late for longest.
  public var lateSeconds = 0.0

  /// In nanoseconds. Being woken late belongs to every machine.
  public static let lateFrom: UInt64 = 5_000_000
  /// From this part of a window on, lateness is in its p99.
  public static let behindAt = 0.01
  /// From here on the figures say more about the generator than about the server.
  public static let limitedAt = 0.9
  public var isLimited: Bool { busiestThread >= GeneratorFigures.limitedAt }

  mutating func merge(_ other: GeneratorFigures) {
    userSeconds += other.userSeconds
    systemSeconds += other.systemSeconds
    if let waited = other.waitedSeconds { waitedSeconds = (waitedSeconds ?? 0) + waited }
    busiestThread = max(busiestThread, other.busiestThread)
    lateSeconds = max(lateSeconds, other.lateSeconds)
  }
}

/// How well an open loop kept to its schedule.
public struct ScheduleFigures: Sendable {
  /// From the intended instant to the actual send, in nanoseconds.
  public var lag = Histogram()
  /// The most requests that were due and had to wait at one time, of all threads together at the worst.
  public var largestBacklog = 0
  /// Requests that fell due, warm-up included: each was sent, or was not before the end of the window.
  public var due = 0
  public var sent = 0
  public var unsent = 0
  /// When the last one was sent.
  public var lastSend: Instant?
  /// The same of the window alone.
  public var dueInWindow = 0
  public var unsentInWindow = 0

  public init() {}

  mutating func merge(_ other: ScheduleFigures) {
    lag.merge(other.lag)
    largestBacklog += other.largestBacklog
    due += other.due
    sent += other.sent
    unsent += other.unsent
    dueInWindow += other.dueInWindow
    unsentInWindow += other.unsentInWindow
    lastSend = [lastSend, other.lastSend].compactMap { $0 }.max()
  }
}
