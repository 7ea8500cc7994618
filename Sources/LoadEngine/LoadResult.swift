/// What a load showed. Only what was verified counts as a result.
public struct LoadResult: Sendable {
  /// The length of the measured window. Shorter than planned where the load was cancelled.
  public var window = Duration.zero
  /// When it began; absent where it never did.
  public var windowStart: Instant?
  public var isCancelled = false
  /// The tallies of the three phases by the instant at which each exchange ended. What ends in the drain, after the
  /// window, is neither counted nor an error; it is here so that a server's own count can be explained.
  public var warmUp = Tally()
  public var measured = Tally()
  public var drain = Tally()
  /// Of verified exchanges in the window, in nanoseconds.
  public var times = TimeParts()
  /// By slice of the window, each as long as the plan says: a second where it says nothing.
  public var series: [SeriesSlice] = []
  public var generator = GeneratorFigures()
  /// Open loop only.
  public var schedule: ScheduleFigures?
  /// The first failures in words, at most `FailureSample.limit` for each thread.
  public var failures: [FailureSample] = []
  public var connections = 0
  public var connectionsOpened = 0
  /// The address that was used, where the host is a name; and those of its addresses that did not answer at the start.
  public var address: String?
  public var failedAddresses: [AddressFailure] = []

  public init() {}

  /// Failures in warm-up and window: one is enough to distrust the result.
  public var errors: ErrorTally { warmUp.errors + measured.errors }

  public var verifiedPerSecond: Double {
    window > .zero ? Double(measured.verified) / window.inSeconds : 0
  }

  mutating func merge(_ other: LoadResult) {
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
    failures += other.failures
    connectionsOpened += other.connectionsOpened
    address = address ?? other.address
  }
}

/// Counts of one phase.
public struct Tally: Equatable, Sendable {
  public var verified = 0
  public var errors = ErrorTally()
  /// Including heads and framing.
  public var bytesSent = 0
  public var bytesReceived = 0

  public init() {}

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

  /// From here on the figures say more about the generator than about the server.
  public static let limitedAt = 0.9
  public var isLimited: Bool { busiestThread >= GeneratorFigures.limitedAt }

  mutating func merge(_ other: GeneratorFigures) {
    userSeconds += other.userSeconds
    systemSeconds += other.systemSeconds
    if let waited = other.waitedSeconds { waitedSeconds = (waitedSeconds ?? 0) + waited }
    busiestThread = max(busiestThread, other.busiestThread)
  }
}

/// How well an open loop kept to its schedule.
public struct ScheduleFigures: Sendable {
  /// From the intended instant to the actual send, in nanoseconds.
  public var lag = Histogram()
  /// The most requests that were due and not sent at one time, of all threads together at the worst.
  public var largestBacklog = 0
  /// Requests that were due in the window and not sent before its end.
  public var unsent = 0

  mutating func merge(_ other: ScheduleFigures) {
    lag.merge(other.lag)
    largestBacklog += other.largestBacklog
    unsent += other.unsent
  }
}
