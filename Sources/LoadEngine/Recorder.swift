/// Puts what happened into the phase in which it happened. One for each thread; merged at the end.
struct Recorder {
  private var result = LoadResult()
  private var schedule = ScheduleFigures()
  /// Known once all connections stand; until then everything is warm-up.
  var windowStart = Instant(nanoseconds: .max)
  var windowEnd = Instant(nanoseconds: .max)
  private let sliceNanoseconds: UInt64
  private var lateNanoseconds: UInt64 = 0
  /// What ended since it was last taken, for whoever watches; nil where nobody does.
  private var interval: SeriesSlice?

  init(sliceLength: Duration, isWatched: Bool) {
    sliceNanoseconds = max(1, sliceLength.wholeNanoseconds)
    interval = isWatched ? SeriesSlice() : nil
  }

  private enum Phase {
    case warmUp, window, drain
  }

  /// What decides the phase in which an exchange is counted.
  enum Belonging {
    /// The instant at which it ends, as in a closed loop that lasts for a time.
    case whereItEnds
    /// It was decided as it began: by the instant at which it was due, or by the number of requests asked for.
    case warmUp, window
  }

  /// The instants of one exchange.
  struct Times {
    var belonging = Belonging.whereItEnds
    var intended: Instant?
    var sent: Instant
    var firstByte: Instant
    var firstUnit: Instant?
    /// The last byte received, or when the exchange was given up.
    var end: Instant
  }

  private func phase(at instant: Instant) -> Phase {
    if instant < windowStart { return .warmUp }
    return instant < windowEnd ? .window : .drain
  }

  private func phase(of times: Times) -> Phase {
    switch times.belonging {
    case .whereItEnds: phase(at: times.end)
    case .warmUp: .warmUp
    case .window: .window
    }
  }

  mutating func connectionOpened(after nanoseconds: UInt64) {
    result.connectionsOpened += 1
    result.times.connect.record(nanoseconds)
  }

  mutating func begun() {
    result.sent += 1
  }

  mutating func sent(_ bytes: Int, at instant: Instant) {
    switch phase(at: instant) {
    case .warmUp: result.warmUp.bytesSent += bytes
    case .window: result.measured.bytesSent += bytes
    case .drain: result.drain.bytesSent += bytes
    }
  }

  mutating func received(_ bytes: Int, at instant: Instant) {
    switch phase(at: instant) {
    case .warmUp: result.warmUp.bytesReceived += bytes
    case .window: result.measured.bytesReceived += bytes
    case .drain: result.drain.bytesReceived += bytes
    }
  }

  /// So many events or chunks became complete at one instant, the first of them `gap` after the one before.
  mutating func arrived(_ count: Int, gap: UInt64?, at instant: Instant) {
    guard phase(at: instant) == .window else { return }
    if let gap { result.times.gap.record(gap) }
    if count > 1 { result.times.gap.record(0, count: UInt64(count - 1)) }
  }

  mutating func verified(_ times: Times) {
    let latency = times.end.nanoseconds(since: times.sent)
    interval?.add(latency: times.intended.map(times.end.nanoseconds(since:)) ?? latency)
    switch phase(of: times) {
    case .warmUp: result.warmUp.verified += 1
    case .drain:
      result.drain.verified += 1
      result.longestDrain = max(result.longestDrain ?? 0, latency)
      result.drained.append((age: windowEnd.nanoseconds(since: times.sent), latency: latency))
    case .window:
      result.measured.verified += 1
      if times.end >= windowEnd {
        result.verifiedLate += 1
        result.longestDrain = max(result.longestDrain ?? 0, latency)
      }
      result.times.latency.record(latency)
      result.times.firstByte.record(times.firstByte.nanoseconds(since: times.sent))
      if let firstUnit = times.firstUnit { result.times.firstUnit.record(firstUnit.nanoseconds(since: times.sent)) }
      if let intended = times.intended { result.times.intendedLatency.record(times.end.nanoseconds(since: intended)) }
      let slice = slice(of: times)
      result.series[slice].add(latency: times.intended.map(times.end.nanoseconds(since:)) ?? latency)
    }
  }

  /// An exchange failed. One that was in flight at the end of the window is an error of the window.
  mutating func failed(_ kind: FailureKind, _ times: Times, sample: @autoclosure () -> FailureSample) {
    interval?.errors += 1
    result.examples.add(sample())
    guard phase(of: times) != .warmUp else {
      result.warmUp.errors[kind] += 1
      return
    }
    result.measured.errors[kind] += 1
    let slice = slice(of: times)
    result.series[slice].errors += 1
    guard kind == .timeout else { return }
    recordAge(times, in: slice)
    result.unfinished.timedOut += 1
  }

  mutating func standing(_ count: Int) { result.standing += count }

  /// An exchange was given up because the load was cancelled.
  mutating func cutOff(_ times: Times) {
    result.cutOff += 1
    let age = times.end.nanoseconds(since: times.intended ?? times.sent)
    result.longestCutOff = max(result.longestCutOff ?? 0, age)
    guard phase(of: times) != .warmUp, windowStart < windowEnd else { return }
    recordAge(times, in: slice(of: times))
    result.unfinished.cutOff += 1
  }

  /// A connection that was being opened was given up because the load was cancelled.
  mutating func connectionCutOff() {
    result.connectionsCutOff += 1
  }

  /// What was given up took at least as long as it is old.
  private mutating func recordAge(_ times: Times, in slice: Int) {
    let age = times.end.nanoseconds(since: times.sent)
    result.times.latency.record(age)
    let waited = times.intended.map(times.end.nanoseconds(since:))
    if let waited { result.times.intendedLatency.record(waited) }
    result.series[slice].latency.record(waited ?? age)
  }

  /// A connection failed that had no exchange under way: it did not come about, or said what nobody had asked for.
  mutating func connectionFailed(
    _ kind: FailureKind, at instant: Instant, isClosing: Bool, sample: @autoclosure () -> FailureSample
  ) {
    interval?.errors += 1
    result.connectionErrors[kind] += 1
    result.examples.add(sample())
    switch phase(at: instant) {
    case .warmUp: result.warmUp.errors[kind] += 1
    // A closing handshake after the window concerns nothing that was counted.
    case .drain where isClosing: result.drain.errors[kind] += 1
    case .window, .drain:
      result.measured.errors[kind] += 1
      result.series[slice(at: instant)].errors += 1
    }
  }

  /// The slice of an exchange: where it ended or, on a schedule, where it was due. The last one holds what came later.
  private mutating func slice(of times: Times) -> Int {
    slice(at: times.intended ?? times.end)
  }

  private mutating func slice(at instant: Instant) -> Int {
    let last = Instant(nanoseconds: max(windowEnd.nanoseconds, 1) - 1)
    let slice = Int(min(instant, last).nanoseconds(since: windowStart) / sliceNanoseconds)
    while result.series.count <= slice { result.series.append(SeriesSlice()) }
    return slice
  }

  /// What was recorded, once nothing more will be.
  ///
  /// - Parameter isOpenLoop: whether there was a schedule.
  func finished(isOpenLoop: Bool) -> LoadResult {
    var finished = result
    finished.schedule = isOpenLoop ? schedule : nil
    return finished
  }

  /// What ended since this was last called. Nil where nobody watches.
  mutating func takeInterval() -> SeriesSlice? {
    guard let taken = interval, taken.errors > 0 || taken.verified > 0 else { return nil }
    interval = SeriesSlice()
    return taken
  }
}

// MARK: - Open loop

extension Recorder {
  mutating func due(at instant: Instant) {
    schedule.due += 1
    if instant >= windowStart { schedule.dueInWindow += 1 }
  }

  mutating func lagged(_ nanoseconds: UInt64, at now: Instant) {
    schedule.sent += 1
    schedule.lastSend = max(schedule.lastSend ?? now, now)
    schedule.lag.record(nanoseconds)
  }

  mutating func waiting(_ backlog: Int) {
    schedule.largestBacklog = max(schedule.largestBacklog, backlog)
  }

  /// A request that was due had to wait until the end of the window, and was not sent.
  mutating func unsent(_ instant: Instant, at end: Instant) {
    schedule.unsent += 1
    guard instant >= windowStart, windowStart < windowEnd else { return }
    schedule.unsentInWindow += 1
    let waited = end.nanoseconds(since: instant)
    result.times.intendedLatency.record(waited)
    result.series[slice(at: instant)].latency.record(waited)
    result.unfinished.unsent += 1
  }

  mutating func used(_ generator: GeneratorFigures) {
    result.generator = generator
    result.generator.lateSeconds = Double(lateNanoseconds) * 1e-9
  }

  /// The loop is back, and was to be at an instant before or after this one. What it is late for counts in the window.
  mutating func came(at now: Instant, planned: Instant) {
    guard now.nanoseconds(since: planned) >= GeneratorFigures.lateFrom else { return }
    lateNanoseconds += min(now, windowEnd).nanoseconds(since: max(planned, windowStart))
  }
}
