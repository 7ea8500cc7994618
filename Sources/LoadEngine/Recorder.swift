/// Puts what happened into the phase in which it happened. One for each thread; merged at the end.
struct Recorder {
  private(set) var result = LoadResult()
  /// Known once all connections stand; until then everything is warm-up.
  var windowStart = Instant(nanoseconds: .max)
  var windowEnd = Instant(nanoseconds: .max)
  private let sliceNanoseconds: UInt64

  init(sliceLength: Duration) {
    sliceNanoseconds = max(1, sliceLength.wholeNanoseconds)
  }

  private enum Phase {
    case warmUp, window, drain
  }

  private func phase(at instant: Instant) -> Phase {
    if instant < windowStart { return .warmUp }
    return instant < windowEnd ? .window : .drain
  }

  mutating func connectionOpened(after nanoseconds: UInt64) {
    result.connectionsOpened += 1
    result.times.connect.record(nanoseconds)
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

  /// The instants of one exchange.
  struct Times {
    var intended: Instant?
    var sent: Instant
    var firstByte: Instant
    var firstUnit: Instant?
    var lastByte: Instant
  }

  mutating func verified(_ times: Times) {
    switch phase(at: times.lastByte) {
    case .warmUp: result.warmUp.verified += 1
    case .drain: result.drain.verified += 1
    case .window:
      result.measured.verified += 1
      let latency = times.lastByte.nanoseconds(since: times.sent)
      result.times.latency.record(latency)
      result.times.firstByte.record(times.firstByte.nanoseconds(since: times.sent))
      if let firstUnit = times.firstUnit { result.times.firstUnit.record(firstUnit.nanoseconds(since: times.sent)) }
      if let intended = times.intended {
        result.times.intendedLatency.record(times.lastByte.nanoseconds(since: intended))
      }
      let slice = slice(of: times.lastByte)
      result.series[slice].verified += 1
      result.series[slice].latency.record(times.intended.map(times.lastByte.nanoseconds(since:)) ?? latency)
    }
  }

  mutating func failed(_ kind: FailureKind, at instant: Instant, sample: @autoclosure () -> FailureSample) {
    switch phase(at: instant) {
    case .warmUp: result.warmUp.errors[kind] += 1
    case .drain:
      result.drain.errors[kind] += 1
      return
    case .window:
      result.measured.errors[kind] += 1
      result.series[slice(of: instant)].errors += 1
    }
    if result.failures.count < FailureSample.limit { result.failures.append(sample()) }
  }

  private mutating func slice(of instant: Instant) -> Int {
    let slice = Int(instant.nanoseconds(since: windowStart) / sliceNanoseconds)
    while result.series.count <= slice { result.series.append(SeriesSlice()) }
    return slice
  }

  mutating func lagged(_ nanoseconds: UInt64, backlog: Int) {
    var schedule = result.schedule ?? ScheduleFigures()
    result.schedule = nil
    schedule.lag.record(nanoseconds)
    schedule.largestBacklog = max(schedule.largestBacklog, backlog)
    result.schedule = schedule
  }

  mutating func unsent(_ count: Int) {
    result.schedule = result.schedule ?? ScheduleFigures()
    result.schedule?.unsent += count
  }

  mutating func used(_ generator: GeneratorFigures) {
    result.generator = generator
  }
}
