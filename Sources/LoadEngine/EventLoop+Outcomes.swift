import Text

// Counting what became of an exchange or a connection.
extension EventLoop {
  func times(_ index: Int, end: Instant) -> Recorder.Times {
    return Recorder.Times(
      belonging: connections[index].belonging, intended: connections[index].intended, sent: connections[index].sentAt,
      firstByte: connections[index].firstByteAt ?? end, firstUnit: connections[index].firstUnitAt, end: end)
  }

  func recordVerified(_ index: Int, at now: Instant) {
    recorder.verified(times(index, end: now))
    monitor.countVerified()
    exchangeEnded(index, at: now)
    countTowardsLength(now)
  }

  /// What ends counts for the length of the window, whatever became of it: a server that answers only wrongly, or not at
  /// all, is not waited for.
  private func countTowardsLength(_ now: Instant) {
    if plan.minimumEnded > 0, now >= recorder.windowStart, now < recorder.windowEnd { timeline.countEndedInWindow() }
  }

  /// Ends the exchange and the connection, and opens another one.
  func fail(
    _ index: Int, _ kind: FailureKind, _ detail: String, at now: Instant, in piece: UnsafeRawBufferPointer? = nil
  ) {
    recordFailure(index, kind, detail, at: now, in: piece)
    settle(index)
    reopen(index)
  }

  /// - Parameter piece: the bytes in which the failure shows, where there are any.
  func recordFailure(
    _ index: Int, _ kind: FailureKind, _ detail: String, at now: Instant, in piece: UnsafeRawBufferPointer? = nil
  ) {
    var sample = FailureSample(kind: kind, request: requestLine(index), detail: detail.escapingControls)
    if let piece { sample.bytes = Array(piece.prefix(FailureSample.keptBytes)) }
    monitor.countFailed()
    countTowardsLength(now)
    if connections[index].isUnderWay {
      recorder.failed(kind, times(index, end: now), sample: sample)
      exchangeEnded(index, at: now)
    } else {
      recorder.connectionFailed(kind, at: now, isClosing: connections[index].phase == .closing, sample: sample)
    }
  }

  /// The exchange is in one count now, and can come into no other.
  @inline(__always)
  func exchangeEnded(_ index: Int, at now: Instant) {
    connections[index].isUnderWay = false
    if connections[index].belonging == .window, plan.requests != nil { timeline.requestEnded(at: now) }
  }

  func timeoutDetail(_ phase: Connection.Phase) -> String {
    let what =
      switch phase {
      case .closing: "the closing handshake was not answered within"
      case .upgrading: "the opening handshake was not answered within"
      default: "no complete response within"
      }
    let time = phase == .closing ? min(plan.timeout, plan.closingTime) : plan.timeout
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
