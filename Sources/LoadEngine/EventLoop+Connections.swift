// Opening and closing connections.
extension EventLoop {
  static let reconnectPause = Duration.milliseconds(100)

  /// Opens the connections whose turn has come. The threads take turns.
  func rampUp(at now: Instant) {
    while opened < count, nextOpening <= now, !isDraining {
      open(opened)
      opened += 1
      nextOpening = nextOpening + plan.openingPause * plan.threads
    }
  }

  func open(_ index: Int) {
    let now = Instant.now()
    connections[index].connectAt = now
    connections[index].completed = 0
    connections[index].deadline = now + plan.timeout
    connections[index].place = route.next()
    switch Socket.connecting(to: route[connections[index].place]) {
    case .failed(let error): connectFailed(index, error.description, at: now)
    case .started(let socket):
      do throws(SystemError) {
        try poller.add(socket, token: index)
        connections[index].socket = consume socket
        connections[index].phase = .connecting
      } catch {
        connectFailed(index, error.description, at: now)
      }
    }
  }

  func close(_ index: Int) {
    connections[index].socket = nil
    connections[index].wakesAtBytes = 1
    // Not by assigning a new one: what the old one had collected was then never given back.
    if script != nil { connections[index].receiver.reset() }
    connections[index].phase = .closed
    connections[index].connectAt = nil
  }

  /// Ends a connection that has no exchange under way, with the handshake that its protocol asks for.
  func end(_ index: Int) {
    if script != nil, connections[index].phase == .idle { beginClosing(index) } else { close(index) }
  }

  /// Closes a connection, and opens another one in its place: at once where it was of use, and after a pause where it was
  /// not, so that a server that hangs up on everybody is not stormed.
  func reopen(_ index: Int) {
    let wasOfUse = connections[index].completed > 0
    close(index)
    guard !isDraining, !timeline.hasTakenAll else { return }
    if wasOfUse { open(index) } else { connections[index].connectAt = .now() + EventLoop.reconnectPause }
  }

  func connectFailed(_ index: Int, _ reason: String, at now: Instant) {
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
    recorder.connectionOpened(after: now.nanoseconds(since: connections[index].connectAt ?? now))
    connections[index].phase = .idle
    settle(index)
    dispatch(index)
  }

  func settle(_ index: Int) {
    guard !connections[index].isSettled else { return }
    connections[index].isSettled = true
    timeline.connectionSettled()
  }

  func handle(_ event: Poller.Event) {
    let index = event.token
    switch connections[index].phase {
    case .closed: return
    case .connecting:
      let error = connections[index].takeError()
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
