// Beginning exchanges, and sending what they send.
extension EventLoop {
  /// Gives an idle connection its next exchange, if there is one for it.
  func dispatch(_ index: Int) {
    if isDraining { return end(index) }
    // By this thread's own view: it begins with its connections in one place.
    let hasBegun = recorder.windowStart.nanoseconds != .max
    guard hasBegun || plan.worksInRampUp && !timeline.isComingToRest || isFirstExchange(index) else {
      return idle.append(index)
    }
    switch plan.pacing {
    case .closedLoop:
      guard plan.requests != nil else { return begin(index, intended: nil, .whereItEnds) }
      guard Instant.now() >= recorder.windowStart else { return begin(index, intended: nil, .warmUp) }
      if timeline.takeRequest() { begin(index, intended: nil, .window) } else { end(index) }
    case .openLoop:
      guard hasBegun, !isFirstExchange(index) else { return begin(index, intended: nil, .warmUp) }
      guard let instant = due?.take() else { return idle.append(index) }
      begin(index, intended: instant, instant < recorder.windowStart ? .warmUp : .window)
    }
  }

  /// Whether a connection stands for the first time, and is to be used once before it idles.
  private func isFirstExchange(_ index: Int) -> Bool {
    guard plan.beginsWithExchange, !connections[index].hasBegunWithExchange else { return false }
    connections[index].hasBegunWithExchange = true
    return true
  }

  /// What has fallen due goes out where a connection is free for it.
  func sendWhatIsDue(at now: Instant) {
    guard due != nil, !isDraining else { return }
    while let instant = due?.fall(by: now, windowStart: recorder.windowStart, windowEnd: recorder.windowEnd) {
      recorder.due(at: instant)
    }
    while let waiting = due?.waiting, waiting > 0, let index = idle.take() {
      if connections[index].phase == .idle { dispatch(index) }
    }
    recorder.waiting(due?.waiting ?? 0)
  }

  private func begin(_ index: Int, intended: Instant?, _ belonging: Recorder.Belonging) {
    let exchange = load.exchanges.count == 1 ? 0 : random.next(below: load.exchanges.count)
    let now = Instant.now()
    if let intended { recorder.lagged(now.nanoseconds(since: intended), at: now) }
    // Between the end of the window and this loop's notice of it, nothing is begun any more.
    if belonging == .whereItEnds, now >= recorder.windowEnd { return idle.append(index) }
    recorder.begun()
    connections[index].isUnderWay = true
    connections[index].belonging = belonging
    connections[index].phase = .busy
    connections[index].exchange = exchange
    connections[index].sentBytes = 0
    connections[index].intended = intended
    connections[index].sentAt = now
    connections[index].firstByteAt = nil
    connections[index].deadline = Instant(nanoseconds: now.nanoseconds &+ timeout)
    connections[index].verifier.begin(load.exchanges[exchange].body, or: load.exchanges[exchange].otherBody)
    if script != nil { return sendMessage(index) }
    connections[index].parser.begin(answeringHead: load.exchanges[exchange].isHead)
    connections[index].unitsArrived = 0
    connections[index].firstUnitAt = nil
    connections[index].lastUnitAt = nil
    if load.exchanges[exchange].events != nil { connections[index].events.begin() }
    send(index)
  }

  func resumeSending(_ index: Int) {
    if script != nil {
      resumeFlushing(index)
    } else if connections[index].phase == .busy, !isSent(index) {
      send(index)
    }
  }

  /// What a connection is about, where it lies: a copy would cost more than most of what is asked of it.
  @inline(__always)
  func exchange(of index: Int) -> UnsafePointer<CompiledLoad.Exchange> {
    load.exchanges.baseAddress! + connections[index].exchange
  }

  @inline(__always)
  func isSent(_ index: Int) -> Bool {
    connections[index].sentBytes == exchange(of: index).pointee.byteCount
  }

  /// Hands the kernel as much of the request as it takes.
  private func send(_ index: Int) {
    let exchange = exchange(of: index)
    let afterFile = exchange.pointee.head.count + exchange.pointee.fileBytes
    let before = connections[index].sentBytes
    sending: while !isSent(index) {
      let sent = connections[index].sentBytes
      let outcome: Socket.Outcome
      if sent < exchange.pointee.head.count {
        let rest = UnsafeRawBufferPointer(rebasing: exchange.pointee.head[sent...])
        outcome = connections[index].send(rest, more: exchange.pointee.fileBytes > 0)
      } else if sent < afterFile {
        outcome = connections[index].send(
          file: exchange.pointee.file, from: sent - exchange.pointee.head.count, count: afterFile - sent)
      } else {
        let rest = UnsafeRawBufferPointer(rebasing: exchange.pointee.tail[(sent - afterFile)...])
        outcome = connections[index].send(rest, more: false)
      }
      switch outcome {
      case .moved(let bytes):
        // A file that has become shorter would make this loop endless.
        guard bytes > 0 else { return fail(index, .malformed, "the body's file is shorter than it was", at: .now()) }
        connections[index].sentBytes = sent + bytes
      case .wouldBlock: break sending
      // The server may have answered before it hung up: reading tells, and ends the exchange either way.
      case .failed: break sending
      }
    }
    recorder.sent(connections[index].sentBytes - before, at: connections[index].sentAt)
  }
}
