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
  private(set) var route: Route
  private let timeline: Timeline
  let monitor: LoadMonitor
  private let thread: Int
  private let poller: Poller

  let connections: UnsafeMutablePointer<Connection>
  private let count: Int
  private let buffer: UnsafeMutableRawBufferPointer
  /// Room for the largest frame that is sent.
  let frame: UnsafeMutableRawBufferPointer
  let script: WebSocketScript?
  var random: SplitMix64
  var recorder: Recorder
  private let timeout: UInt64

  /// Open loop: where the schedule has come to by the clock, and by what was sent.
  private var due: ArrivalSchedule?
  private var unsent: ArrivalSchedule?
  private var backlog = 0
  private var idle: [Int] = []
  /// Of a load of so many requests in open loop: how many this thread may still have fall due.
  private var dueLimit: Int?

  /// How many connections were opened for the first time, and when the next one is.
  private var opened = 0
  private var nextOpening = Instant(nanoseconds: 0)

  var isDraining = false
  /// When what is still in flight is cut off; known where the load was cancelled.
  private var cutOffAt: Instant?
  private var nextSweep = Instant(nanoseconds: 0)
  private var usageAtStart: ThreadUsage?

  /// Small enough to be in the processor's cache still when its bytes are compared.
  private static let bufferBytes = 64 * 1024
  /// More spares wake-ups, and has the server wait longer for room
  /// (docs/lab-notes/2026-11-25-engine-beside-other-clients.md has both in figures).
  private static let muchBytes: UInt64 = 96 * 1024
  private static let sweepInterval = Duration.milliseconds(20)
  private static let reconnectPause = Duration.milliseconds(100)
  /// What is in flight when a load is cancelled has so long to end.
  private static let patienceOfCancelled = Duration.milliseconds(500)

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
    recorder = Recorder(sliceLength: plan.sliceLength, isWatched: monitor.isWatched)
    dueLimit = plan.requests.map { $0 / plan.threads + (thread < $0 % plan.threads ? 1 : 0) }
    poller = try Poller()
    // Every thread draws its own numbers from the seed of the plan.
    random = SplitMix64(seed: plan.seed &+ UInt64(thread) &* 0x9E37_79B9_7F4A_7C15)
    buffer = .allocate(byteCount: EventLoop.bufferBytes, alignment: 4096)
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
  func run() -> LoadResult {
    clinux_sharpen_timers()
    nextOpening = .now() + plan.openingPause * thread
    while true {
      let now = Instant.now()
      rampUp(at: now)
      enterPhases(at: now)
      if isDraining, isDrained { break }
      if let end = cutOffAt, now >= end || monitor.isCutOff {
        cutOff(at: now)
        break
      }
      if now >= nextSweep { sweep(at: now) }
      if due != nil { sendWhatIsDue(at: now) }
      let events = poller.wait(nanoseconds: nextDeadline.nanoseconds(since: Instant.now()))
      for index in 0..<events { handle(poller.event(at: index)) }
    }
    for index in 0..<count { close(index) }
    publish()
    return recorder.finished(isOpenLoop: plan.pacing != .closedLoop)
  }
}

// MARK: - Phases

extension EventLoop {
  private func enterPhases(at now: Instant) {
    let isCancelled = monitor.isCancelled
    if isCancelled, cutOffAt == nil {
      cutOffAt = now + EventLoop.patienceOfCancelled
      // A window that has ended already stays as it is.
      timeline.end(at: now)
    }
    // Where no connection comes to stand, so many requests would never have been sent.
    if plan.requests != nil, !isDraining, now > timeline.lastStanding + plan.timeout + EventLoop.reconnectPause {
      timeline.end(at: now)
    }
    recorder.windowEnd = timeline.windowEnd
    guard timeline.hasBegun else {
      if isCancelled || timeline.hasEndedEarly(at: now), !isDraining { beginDrain(at: now) }
      return
    }
    if recorder.windowStart != timeline.windowStart {
      recorder.windowStart = timeline.windowStart
      beginSchedule()
    }
    if usageAtStart == nil, now >= recorder.windowStart { usageAtStart = .now() }
    if !isDraining, now >= recorder.windowEnd { endWindow(at: now) }
    if !isDraining, !idle.isEmpty, plan.pacing == .closedLoop { wakeIdle() }
  }

  /// All connections stand: the schedule begins.
  private func beginSchedule() {
    guard case .openLoop(let rate, let arrivals) = plan.pacing else { return }
    due = ArrivalSchedule(
      perSecond: rate, arrivals: arrivals, from: timeline.warmUpStart, thread: thread, of: plan.threads,
      seed: random.next())
    unsent = due
  }

  /// In a closed loop nobody is idle but who waited for the beginning, or came too late for a window that was then
  /// prolonged, by whichever thread.
  private func wakeIdle() {
    let waiting = idle
    idle = []
    for index in waiting where connections[index].phase == .idle { dispatch(index) }
  }

  private func endWindow(at now: Instant) {
    let end = recorder.windowEnd
    if !monitor.isCancelled, plan.requests == nil,
      timeline.prolong(end, until: plan.minimumVerified, atMost: plan.longestWindow)
    {
      recorder.windowEnd = timeline.windowEnd
    } else {
      timeline.windowEnded()
      // What fell due while this thread did something else can still be sent, where a connection is free.
      if due != nil { sendWhatIsDue(at: now) }
      beginDrain(at: now)
    }
  }

  private func beginDrain(at now: Instant) {
    isDraining = true
    if let start = usageAtStart {
      let window = Duration.nanoseconds(Int64(now.nanoseconds(since: recorder.windowStart)))
      recorder.used(ThreadUsage.now().figures(since: start, window: window))
    }
    giveUpBacklog()
    for index in 0..<count {
      switch connections[index].phase {
      case .closed, .idle: end(index)
      // A connection under way has its time as an exchange has, and then ends.
      case .connecting, .upgrading, .busy, .closing: break
      }
    }
  }

  /// What is due and has found no connection by the end of the window is not sent.
  private func giveUpBacklog() {
    let end = recorder.windowEnd
    while backlog > 0, let instant = unsent?.next {
      recorder.unsent(instant, at: end)
      unsent?.advance()
      backlog -= 1
    }
  }

  /// Ends what is in flight without waiting for it any longer.
  private func cutOff(at now: Instant) {
    for index in 0..<count {
      if connections[index].isUnderWay {
        connections[index].isUnderWay = false
        recorder.cutOff(times(index, end: now))
      } else if connections[index].phase == .connecting || connections[index].phase == .upgrading {
        recorder.connectionCutOff()
      }
    }
  }

  private func publish() {
    if let slice = recorder.takeInterval() { monitor.add(slice) }
  }

  private var isDrained: Bool {
    for index in 0..<count where connections[index].phase != .closed { return false }
    return true
  }

  /// The next instant at which something is to be done even if no socket moves.
  private var nextDeadline: Instant {
    var next = nextSweep
    if let cutOffAt { next = min(next, cutOffAt) }
    if opened < count, !isDraining { next = min(next, nextOpening) }
    if let nextDue, !isDraining { next = min(next, nextDue) }
    if !isDraining {
      if usageAtStart == nil { next = min(next, timeline.windowStart) }
      next = min(next, timeline.windowEnd)
    }
    return next
  }

  private var isAnyStanding: Bool {
    for index in 0..<count where connections[index].phase == .idle || connections[index].phase == .busy { return true }
    return false
  }

  /// Looks after what no event tells: deadlines that have passed, and connections to be opened again.
  private func sweep(at now: Instant) {
    nextSweep = now + EventLoop.sweepInterval
    publish()
    if plan.requests != nil, isAnyStanding { timeline.stands(at: now) }
    for index in 0..<count {
      let connection = connections + index
      switch connection.pointee.phase {
      case .closed:
        if !isDraining, !timeline.hasTakenAll, let instant = connection.pointee.connectAt, instant <= now {
          open(index)
        }
      case .connecting:
        if connection.pointee.deadline <= now {
          connectFailed(index, "no connection within \(plan.timeout.inWords)", at: now)
        }
      case .upgrading, .busy, .closing:
        if connection.pointee.deadline <= now {
          fail(index, .timeout, timeoutDetail(connection.pointee.phase), at: now)
        } else if connection.pointee.parser.fixedRest == nil {
          // A chunked body may be shorter than was expected: what has come is looked at now, not when time is up.
          connection.pointee.wake(atBytes: 1)
        }
      case .idle: break
      }
    }
  }
}

// MARK: - Connections

extension EventLoop {
  /// Opens the connections whose turn has come. The threads take turns.
  private func rampUp(at now: Instant) {
    while opened < count, nextOpening <= now, !isDraining {
      open(opened)
      opened += 1
      nextOpening = nextOpening + plan.openingPause * plan.threads
    }
  }

  private func open(_ index: Int) {
    let connection = connections + index
    let now = Instant.now()
    connection.pointee.connectAt = now
    connection.pointee.completed = 0
    connection.pointee.deadline = now + plan.timeout
    connection.pointee.place = route.next()
    switch Socket.connecting(to: route[connection.pointee.place]) {
    case .failed(let error): connectFailed(index, error.description, at: now)
    case .started(let socket):
      do throws(SystemError) {
        try poller.add(socket, token: index)
        connection.pointee.socket = consume socket
        connection.pointee.phase = .connecting
      } catch {
        connectFailed(index, error.description, at: now)
      }
    }
  }

  func close(_ index: Int) {
    let connection = connections + index
    connection.pointee.socket = nil
    connection.pointee.wakesAtBytes = 1
    // Not by assigning a new one: what the old one had collected was then never given back.
    if script != nil { connection.pointee.receiver.reset() }
    connection.pointee.phase = .closed
    connection.pointee.connectAt = nil
  }

  /// Ends a connection that has no exchange under way, with the handshake that its protocol asks for.
  private func end(_ index: Int) {
    if script != nil, connections[index].phase == .idle { beginClosing(index) } else { close(index) }
  }

  /// Closes a connection, and opens another one in its place: at once where it was of use, and after a pause where it was
  /// not, so that a server that hangs up on everybody is not stormed.
  func reopen(_ index: Int) {
    let connection = connections + index
    let wasOfUse = connection.pointee.completed > 0
    close(index)
    guard !isDraining, !timeline.hasTakenAll else { return }
    if wasOfUse { open(index) } else { connection.pointee.connectAt = .now() + EventLoop.reconnectPause }
  }

  private func connectFailed(_ index: Int, _ reason: String, at now: Instant) {
    let detail = route.failed((connections + index).pointee.place, reason)
    recordFailure(index, .connect, detail, at: now)
    settle(index)
    reopen(index)
  }

  private func connected(_ index: Int, at now: Instant) {
    route.answered((connections + index).pointee.place)
    if isDraining { return close(index) }
    if let script { return beginUpgrade(index, script, at: now) }
    opened(index, at: now)
  }

  /// The connection can carry exchanges from now on.
  func opened(_ index: Int, at now: Instant) {
    let connection = connections + index
    recorder.connectionOpened(after: now.nanoseconds(since: connection.pointee.connectAt ?? now))
    connection.pointee.phase = .idle
    settle(index)
    dispatch(index)
  }

  func settle(_ index: Int) {
    let connection = connections + index
    guard !connection.pointee.isSettled else { return }
    connection.pointee.isSettled = true
    timeline.connectionSettled()
  }

  private func handle(_ event: Poller.Event) {
    let index = event.token
    let connection = connections + index
    switch connection.pointee.phase {
    case .closed: return
    case .connecting:
      let error = connection.pointee.pendingError
      let now = Instant.now()
      guard error == 0 else { return connectFailed(index, SystemError("connect", error).description, at: now) }
      guard event.isWritable else { return }
      connected(index, at: now)
      // A server may speak, or hang up, as it accepts.
      if event.isReadable { receive(index, toTheEnd: event.isEnding) }
    case .upgrading, .idle, .busy, .closing:
      if event.isWritable { resumeSending(index) }
      if event.isReadable { receive(index, toTheEnd: event.isEnding) }
    }
  }
}

// MARK: - Sending

extension EventLoop {
  /// Gives an idle connection its next exchange, if there is one for it.
  func dispatch(_ index: Int) {
    if isDraining { return end(index) }
    // By this thread's own view: it begins with its connections in one place.
    let hasBegun = recorder.windowStart.nanoseconds != .max
    guard hasBegun || plan.worksInRampUp else { return idle.append(index) }
    switch plan.pacing {
    case .closedLoop:
      guard plan.requests != nil else { return begin(index, intended: nil, .whereItEnds) }
      guard Instant.now() >= recorder.windowStart else { return begin(index, intended: nil, .warmUp) }
      if timeline.takeRequest() { begin(index, intended: nil, .window) } else { end(index) }
    case .openLoop:
      guard hasBegun else { return begin(index, intended: nil, .warmUp) }
      guard backlog > 0, let instant = unsent?.next else { return idle.append(index) }
      unsent?.advance()
      backlog -= 1
      begin(index, intended: instant, instant < recorder.windowStart ? .warmUp : .window)
    }
  }

  /// When the next request falls due: none does after the window, nor more than were asked for.
  private var nextDue: Instant? {
    guard let next = due?.next, next < recorder.windowEnd, dueLimit != 0 else { return nil }
    return next
  }

  private func sendWhatIsDue(at now: Instant) {
    guard !isDraining else { return }
    while let next = nextDue, next <= now {
      due?.advance()
      backlog += 1
      recorder.due(at: next)
      if next >= recorder.windowStart { dueLimit? -= 1 }
    }
    while backlog > 0, let index = idle.popLast() {
      if connections[index].phase == .idle { dispatch(index) }
    }
    recorder.waiting(backlog)
  }

  private func begin(_ index: Int, intended: Instant?, _ belonging: Recorder.Belonging) {
    let connection = connections + index
    let exchange = load.exchanges.count == 1 ? 0 : random.next(below: load.exchanges.count)
    let now = Instant.now()
    if let intended { recorder.lagged(now.nanoseconds(since: intended), at: now) }
    // Between the end of the window and this loop's notice of it, nothing is begun any more.
    if belonging == .whereItEnds, now >= recorder.windowEnd { return idle.append(index) }
    recorder.begun()
    connection.pointee.isUnderWay = true
    connection.pointee.belonging = belonging
    connection.pointee.phase = .busy
    connection.pointee.exchange = exchange
    connection.pointee.sentBytes = 0
    connection.pointee.intended = intended
    connection.pointee.sentAt = now
    connection.pointee.firstByteAt = nil
    connection.pointee.deadline = Instant(nanoseconds: now.nanoseconds &+ timeout)
    connection.pointee.verifier.begin(load.exchanges[exchange].body)
    if script != nil { return sendMessage(index) }
    connection.pointee.parser.begin(answeringHead: load.exchanges[exchange].isHead)
    connection.pointee.unitsArrived = 0
    connection.pointee.firstUnitAt = nil
    connection.pointee.lastUnitAt = nil
    if load.exchanges[exchange].events != nil { connection.pointee.events.begin() }
    send(index)
  }

  private func resumeSending(_ index: Int) {
    let connection = connections + index
    if script != nil {
      if !connection.pointee.outgoing.isEmpty { flush(index) }
    } else if connection.pointee.phase == .busy, !isSent(connection) {
      send(index)
    }
  }

  @inline(__always)
  private func isSent(_ connection: UnsafeMutablePointer<Connection>) -> Bool {
    connection.pointee.sentBytes == load.exchanges[connection.pointee.exchange].byteCount
  }

  /// Hands the kernel as much of the request as it takes.
  private func send(_ index: Int) {
    let connection = connections + index
    let exchange = load.exchanges.baseAddress! + connection.pointee.exchange
    let afterFile = exchange.pointee.head.count + exchange.pointee.fileBytes
    let before = connection.pointee.sentBytes
    sending: while !isSent(connection) {
      let sent = connection.pointee.sentBytes
      let outcome: Socket.Outcome
      if sent < exchange.pointee.head.count {
        let rest = UnsafeRawBufferPointer(rebasing: exchange.pointee.head[sent...])
        outcome = connection.pointee.send(rest, more: exchange.pointee.fileBytes > 0)
      } else if sent < afterFile {
        outcome = connection.pointee.send(
          file: exchange.pointee.file, from: sent - exchange.pointee.head.count, count: afterFile - sent)
      } else {
        let rest = UnsafeRawBufferPointer(rebasing: exchange.pointee.tail[(sent - afterFile)...])
        outcome = connection.pointee.send(rest, more: false)
      }
      switch outcome {
      case .moved(let bytes):
        // A file that has become shorter would make this loop endless.
        guard bytes > 0 else { return fail(index, .malformed, "the body's file is shorter than it was", at: .now()) }
        connection.pointee.sentBytes = sent + bytes
      case .wouldBlock: break sending
      // The server may have answered before it hung up: reading tells, and ends the exchange either way.
      case .failed: break sending
      }
    }
    recorder.sent(connection.pointee.sentBytes - before, at: connection.pointee.sentAt)
  }
}

// MARK: - Receiving

extension EventLoop {
  private func receive(_ index: Int, toTheEnd: Bool) {
    let connection = connections + index
    while connection.pointee.phase != .closed, connection.pointee.phase != .connecting {
      switch connection.pointee.receive(into: buffer) {
      case .wouldBlock: return
      case .failed(let code): return inputFailed(index, SystemError("recv", code))
      case .moved(0): return inputEnded(index)
      case .moved(let bytes):
        let now = Instant.now()
        recorder.received(bytes, at: now)
        let input = UnsafeRawBufferPointer(start: buffer.baseAddress, count: bytes)
        // An exchange that is over has left another one, or another socket, behind.
        if take(input, on: index, at: now) == .exchangeEnded { return }
        if script == nil { awaitMuch(index) }
        // Fewer bytes than asked for: the socket is empty, and new bytes make a new event.
        if bytes < buffer.count, !toTheEnd { return }
      }
    }
  }

  enum Progress {
    case underWay, exchangeEnded
  }

  /// Asks to be woken only for much, or for the rest of the body where that is less. Only a body whose length is known
  /// allows it, and that has no gaps to be timed in it: its last byte is never waited past.
  private func awaitMuch(_ index: Int) {
    let connection = connections + index
    guard load.exchanges[connection.pointee.exchange].events == nil else { return }
    let received = connection.pointee.parser.bodyBytes
    // The framing that ends a chunked body is longer than nothing: there is always a byte to come.
    let expectedRest = load.exchanges[connection.pointee.exchange].expectedBytes.map {
      $0 > received ? $0 - received : 1
    }
    guard let rest = connection.pointee.parser.fixedRest ?? expectedRest, rest > 0 else { return }
    connection.pointee.wake(atBytes: Int32(min(rest, EventLoop.muchBytes)))
  }

  private func take(_ bytes: UnsafeRawBufferPointer, on index: Int, at now: Instant) -> Progress {
    if script != nil { return takeFrames(bytes, on: index, at: now) }
    let connection = connections + index
    guard connection.pointee.phase == .busy else {
      fail(index, .malformed, "\(bytes.count) bytes came that were not asked for", at: now)
      return .exchangeEnded
    }
    if connection.pointee.firstByteAt == nil { connection.pointee.firstByteAt = now }
    var input = bytes
    do throws(HTTPViolation) {
      while let event = try connection.pointee.parser.next(&input) {
        switch event {
        case .head: break
        case .body(let body):
          if let events = load.exchanges[connection.pointee.exchange].events {
            connection.pointee.events.consume(body, expecting: events)
          } else {
            connection.pointee.verifier.consume(body)
          }
        case .end:
          recordGaps(index, at: now)
          responseEnded(index, left: input.count, at: now)
          return .exchangeEnded
        }
      }
    } catch {
      fail(index, .malformed, error.description, at: now)
      return .exchangeEnded
    }
    recordGaps(index, at: now)
    return .underWay
  }

  /// Counts the events or chunks that these bytes made complete.
  private func recordGaps(_ index: Int, at now: Instant) {
    let connection = connections + index
    guard load.exchanges[connection.pointee.exchange].timesChunks else { return }
    let isEventStream = load.exchanges[connection.pointee.exchange].events != nil
    let units = isEventStream ? connection.pointee.events.count : connection.pointee.parser.chunks
    let arrived = units - connection.pointee.unitsArrived
    guard arrived > 0 else { return }
    let gap = connection.pointee.lastUnitAt.map { now.nanoseconds(since: $0) }
    recorder.arrived(arrived, gap: gap, at: now)
    connection.pointee.unitsArrived = units
    if connection.pointee.firstUnitAt == nil { connection.pointee.firstUnitAt = now }
    connection.pointee.lastUnitAt = now
  }

  private func responseEnded(_ index: Int, left: Int, at now: Instant) {
    let connection = connections + index
    let exchange = load.exchanges[connection.pointee.exchange]
    let status = connection.pointee.parser.status
    connection.pointee.completed += 1
    connection.pointee.wake(atBytes: 1)
    if left > 0 {
      return fail(index, .malformed, "\(left) bytes follow the end of the response", at: now)
    }
    if status != exchange.status {
      recordFailure(index, .status, "status \(status), expected \(exchange.status)", at: now)
    } else if !isSent(connection) {
      let sent = connection.pointee.sentBytes
      recordFailure(index, .verification, "answered after \(sent) of \(exchange.byteCount) bytes were sent", at: now)
    } else if let events = exchange.events, !connection.pointee.events.isSatisfied(expecting: events) {
      recordFailure(index, .verification, connection.pointee.events.mismatch ?? "other events", at: now)
    } else if !connection.pointee.verifier.isSatisfied(), exchange.events == nil {
      let offset = connection.pointee.verifier.mismatch ?? 0
      let length = connection.pointee.parser.bodyBytes
      recordFailure(
        index, .verification, "the body of \(length) bytes is not the expected one from byte \(offset) on", at: now)
    } else {
      recordVerified(index, at: now)
    }
    guard connection.pointee.parser.keepsAlive, !exchange.isLast, isSent(connection) else { return reopen(index) }
    connection.pointee.phase = .idle
    dispatch(index)
  }

  private func times(_ index: Int, end: Instant) -> Recorder.Times {
    let connection = connections + index
    return Recorder.Times(
      belonging: connection.pointee.belonging, intended: connection.pointee.intended, sent: connection.pointee.sentAt,
      firstByte: connection.pointee.firstByteAt ?? end, firstUnit: connection.pointee.firstUnitAt, end: end)
  }

  func recordVerified(_ index: Int, at now: Instant) {
    recorder.verified(times(index, end: now))
    monitor.countVerified()
    exchangeEnded(index, at: now)
    if plan.minimumVerified > 0, now >= recorder.windowStart { timeline.countVerifiedInWindow() }
  }

  private func inputEnded(_ index: Int) {
    let connection = connections + index
    let now = Instant.now()
    guard connection.pointee.phase == .busy || connection.pointee.phase == .upgrading else { return reopen(index) }
    if script == nil, connection.pointee.parser.inputEnded() { return responseEnded(index, left: 0, at: now) }
    let when = connection.pointee.parser.hasBegun ? "in the middle of" : "before"
    fail(index, .closedEarly, "the server closed the connection \(when) the response", at: now)
  }

  private func inputFailed(_ index: Int, _ error: SystemError) {
    // A reset of an idle connection concerns no exchange.
    guard connections[index].phase == .busy || connections[index].phase == .upgrading else { return reopen(index) }
    fail(index, error.code == ECONNRESET || error.code == EPIPE ? .reset : .closedEarly, error.description, at: .now())
  }

  /// Ends the exchange and the connection, and opens another one.
  func fail(_ index: Int, _ kind: FailureKind, _ detail: String, at now: Instant) {
    recordFailure(index, kind, detail, at: now)
    settle(index)
    reopen(index)
  }

  func recordFailure(_ index: Int, _ kind: FailureKind, _ detail: String, at now: Instant) {
    let sample = FailureSample(kind: kind, request: requestLine(index), detail: detail.escapingControls)
    if connections[index].isUnderWay {
      monitor.countFailed()
      recorder.failed(kind, times(index, end: now), sample: sample)
      exchangeEnded(index, at: now)
      return
    }
    monitor.countFailed()
    recorder.connectionFailed(kind, at: now, isClosing: connections[index].phase == .closing, sample: sample)
  }

  /// The exchange is in one count now, and can come into no other.
  @inline(__always)
  private func exchangeEnded(_ index: Int, at now: Instant) {
    let connection = connections + index
    connection.pointee.isUnderWay = false
    if connection.pointee.belonging == .window, plan.requests != nil { timeline.requestEnded(at: now) }
  }

  private func timeoutDetail(_ phase: Connection.Phase) -> String {
    let what =
      switch phase {
      case .closing: "the closing handshake was not answered within"
      case .upgrading: "the opening handshake was not answered within"
      default: "no complete response within"
      }
    let time = phase == .closing ? min(plan.timeout, EventLoop.closingTime) : plan.timeout
    return "\(what) \(time.inWords)"
  }

  private func requestLine(_ index: Int) -> String {
    switch plan.work {
    case .webSocket(let script): return "WebSocket \(script.target)"
    case .http(let exchanges):
      let request = exchanges[connections[index].exchange].request
      return "\(request.method) \(request.target)"
    }
  }
}
