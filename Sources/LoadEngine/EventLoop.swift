import CLinux
import Glibc
import SeededRandom
import Text
import WireFormats

/// The load of one thread: its connections, its part of the schedule, its record.
///
/// Everything that happens to a connection happens here, on one thread and without locks. Bytes are
/// read into one buffer for all connections and are parsed and compared where they lie.
final class EventLoop {
  let plan: LoadPlan
  let load: CompiledLoad
  var route: Route
  let timeline: Timeline
  let monitor: LoadMonitor
  let thread: Int
  let poller: Poller

  let connections: UnsafeMutablePointer<Connection>
  let count: Int
  /// Small enough to be in the processor's cache still when its bytes are compared.
  let buffer: UnsafeMutableRawBufferPointer
  /// Room for the largest frame that is sent.
  let frame: UnsafeMutableRawBufferPointer
  let script: WebSocketScript?
  var random: SplitMix64
  var recorder: Recorder
  let timeout: UInt64

  /// Open loop only, once all connections stand.
  var due: DueRequests?
  var idle: IdleConnections

  /// How many connections were opened for the first time, and when the next one is.
  var opened = 0
  var nextOpening = Instant(nanoseconds: 0)

  var isDraining = false
  /// When what is still in flight is cut off; known where the load was cancelled.
  var cutOffAt: Instant?
  var nextSweep = Instant(nanoseconds: 0)
  var usageAtStart: ThreadUsage?
  /// Whether the timeline knows that nothing is under way here before the schedule begins.
  var hasRested = false

  init(
    plan: LoadPlan, load: CompiledLoad, route: Route, timeline: Timeline, monitor: LoadMonitor,
    thread: Int, connections count: Int
  ) throws(SystemError) {
    self.plan = plan
    self.load = load
    self.route = route
    self.timeline = timeline
    self.monitor = monitor
    self.thread = thread
    self.count = count
    timeout = plan.timeout.wholeNanoseconds
    idle = IdleConnections(takeTurns: plan.takesTurns)
    recorder = Recorder(sliceLength: plan.sliceLength, isWatched: monitor.isWatched)
    poller = try Poller()
    // Every thread draws its own numbers from the seed of the plan.
    random = SplitMix64(seed: plan.seed &+ UInt64(thread) &* 0x9E37_79B9_7F4A_7C15)
    buffer = .allocate(byteCount: 64 * 1024, alignment: 4096)
    connections = .allocate(capacity: count)
    if case .webSocket(let script) = plan.work { self.script = script } else { script = nil }
    let longest = load.exchanges.lazy.map(\.head.count).max() ?? 0
    frame = .allocate(byteCount: WebSocketFrame.encodedLength(payloadLength: longest), alignment: 16)
    for index in 0..<count {
      (connections + index).initialize(to: Connection(limits: plan.limits, collectsFields: script != nil))
    }
  }

  deinit {
    connections.deinitialize(count: count)
    connections.deallocate()
    buffer.deallocate()
    frame.deallocate()
  }

  /// Runs all phases to their end.
  func run() {
    clinux_sharpen_timers()
    nextOpening = .now() + plan.openingPause * thread
    var planned = Instant.now()
    while true {
      let now = Instant.now()
      recorder.came(at: now, planned: planned)
      rampUp(at: now)
      enterPhases(at: now)
      if isDraining, isDrained { break }
      if let end = cutOffAt, now >= end || monitor.isCutOff {
        cutOff(at: now)
        break
      }
      if now >= nextSweep { sweep(at: now) }
      sendWhatIsDue(at: now)
      // On a schedule the time that sending took counts; in a closed loop nothing is due to the microsecond.
      let before = due == nil ? now : Instant.now()
      planned = nextDeadline
      let events = poller.wait(nanoseconds: planned.nanoseconds(since: before))
      for index in 0..<events { handle(poller.event(at: index)) }
    }
    for index in 0..<count { close(index) }
    publish()
  }

  /// What was recorded, once all phases have ended.
  var result: LoadResult {
    var result = recorder.finished(isOpenLoop: plan.pacing != .closedLoop)
    result.address = route.used
    return result
  }
}
