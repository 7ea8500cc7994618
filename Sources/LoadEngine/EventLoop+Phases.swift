// Ramp-up, warm-up, window and drain, and what is to be done though no socket moves.
extension EventLoop {
  private static let sweepInterval = Duration.milliseconds(20)
  /// What is in flight when a load is cancelled has so long to end.
  private static let patienceOfCancelled = Duration.milliseconds(500)

  func enterPhases(at now: Instant) {
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
    let schedule = ArrivalSchedule(
      perSecond: rate, arrivals: arrivals, from: timeline.warmUpStart, thread: thread, of: plan.threads,
      seed: random.next())
    let limit = plan.requests.map { $0 / plan.threads + (thread < $0 % plan.threads ? 1 : 0) }
    due = DueRequests(schedule, limit: limit)
  }

  /// In a closed loop nobody is idle but who waited for the beginning, or came too late for a window that was then
  /// prolonged, by whichever thread.
  private func wakeIdle() {
    for index in idle.takeAll() where connections[index].phase == .idle { dispatch(index) }
  }

  private func endWindow(at now: Instant) {
    let end = recorder.windowEnd
    if !monitor.isCancelled, plan.requests == nil,
      timeline.prolong(end, until: plan.minimumEnded, atMost: plan.longestWindow)
    {
      recorder.windowEnd = timeline.windowEnd
    } else {
      timeline.windowEnded()
      // What fell due while this thread did something else can still be sent, where a connection is free.
      sendWhatIsDue(at: now)
      beginDrain(at: now)
    }
  }

  private func beginDrain(at now: Instant) {
    isDraining = true
    recorder.standing(
      (0..<count).count { connections[$0].phase == .idle || connections[$0].phase == .busy })
    if let start = usageAtStart {
      let window = Duration.nanoseconds(Int64(now.nanoseconds(since: recorder.windowStart)))
      recorder.used(ThreadUsage.now().figures(since: start, window: window))
    }
    while let instant = due?.take() { recorder.unsent(instant, at: recorder.windowEnd) }
    for index in 0..<count {
      switch connections[index].phase {
      case .closed, .idle: end(index)
      // A connection under way has its time as an exchange has, and then ends.
      case .connecting, .upgrading, .busy, .closing: break
      }
    }
  }

  /// Ends what is in flight without waiting for it any longer.
  func cutOff(at now: Instant) {
    for index in 0..<count {
      if connections[index].isUnderWay {
        connections[index].isUnderWay = false
        recorder.cutOff(times(index, end: now))
      } else if connections[index].phase == .connecting || connections[index].phase == .upgrading {
        recorder.connectionCutOff()
      }
    }
  }

  func publish() {
    if let slice = recorder.takeInterval() { monitor.add(slice) }
  }

  var isDrained: Bool { (0..<count).allSatisfy { connections[$0].phase == .closed } }

  /// The next instant at which something is to be done even if no socket moves.
  var nextDeadline: Instant {
    var next = nextSweep
    if let cutOffAt { next = min(next, cutOffAt) }
    if !isDraining {
      if opened < count { next = min(next, nextOpening) }
      if let nextDue = due?.next(before: recorder.windowEnd) { next = min(next, nextDue) }
      if usageAtStart == nil { next = min(next, timeline.windowStart) }
      next = min(next, timeline.windowEnd)
    }
    return next
  }

  private var isAnyStanding: Bool {
    (0..<count).contains { connections[$0].phase == .idle || connections[$0].phase == .busy }
  }

  /// Looks after what no event tells: deadlines that have passed, and connections to be opened again.
  func sweep(at now: Instant) {
    nextSweep = now + EventLoop.sweepInterval
    publish()
    if plan.requests != nil, isAnyStanding { timeline.stands(at: now) }
    if !hasRested, timeline.isComingToRest, !(0..<count).contains(where: { connections[$0].phase == .busy }) {
      hasRested = true
      timeline.threadRests()
    }
    for index in 0..<count {
      switch connections[index].phase {
      case .closed:
        if !isDraining, !timeline.hasTakenAll, let instant = connections[index].connectAt, instant <= now {
          open(index)
        }
      case .connecting:
        if connections[index].deadline <= now {
          connectFailed(index, "no connection within \(plan.timeout.inWords)", at: now)
        }
      case .upgrading, .busy, .closing:
        if connections[index].deadline <= now {
          // A server that said goodbye owes nothing any more, even if it does not read our answer.
          if connections[index].receiver.hasClosed {
            reopen(index)
          } else {
            fail(index, .timeout, timeoutDetail(connections[index].phase), at: now)
          }
        } else if connections[index].parser.fixedRest == nil {
          // A chunked body may be shorter than was expected: what has come is looked at now, not when time is up.
          connections[index].wake(atBytes: 1)
        }
      case .idle: break
      }
    }
  }
}
