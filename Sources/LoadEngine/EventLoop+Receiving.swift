import Glibc
import WireFormats

// Receiving, and what the bytes amount to.
extension EventLoop {
  /// More spares wake-ups, and has the server wait longer for room
  /// (docs/lab-notes/2026-11-25-engine-beside-other-clients.md has both in figures).
  private static let muchBytes: UInt64 = 96 * 1024

  func receive(_ index: Int, toTheEnd: Bool) {
    while connections[index].phase != .closed, connections[index].phase != .connecting {
      switch connections[index].receive(into: buffer) {
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
    guard exchange(of: index).pointee.events == nil else { return }
    let received = connections[index].parser.bodyBytes
    // The framing that ends a chunked body is longer than nothing: there is always a byte to come.
    let expectedRest = exchange(of: index).pointee.expectedBytes.map {
      $0 > received ? $0 - received : 1
    }
    guard let rest = connections[index].parser.fixedRest ?? expectedRest, rest > 0 else { return }
    connections[index].wake(atBytes: Int32(min(rest, EventLoop.muchBytes)))
  }

  private func take(_ bytes: UnsafeRawBufferPointer, on index: Int, at now: Instant) -> Progress {
    if script != nil { return takeFrames(bytes, on: index, at: now) }
    guard connections[index].phase == .busy else {
      fail(index, .malformed, "\(bytes.count) bytes came that were not asked for", at: now, in: bytes)
      return .exchangeEnded
    }
    if connections[index].firstByteAt == nil { connections[index].firstByteAt = now }
    var input = bytes
    do throws(HTTPViolation) {
      while let event = try connections[index].parser.next(&input) {
        switch event {
        case .head: break
        case .body(let body):
          if let events = exchange(of: index).pointee.events {
            connections[index].events.consume(body, expecting: events)
            if connections[index].parser.isAtEndOfChunk {
              connections[index].events.endChunk(connections[index].parser.chunks + 1)
            }
          } else {
            connections[index].verifier.consume(body)
          }
        case .end:
          recordGaps(index, at: now)
          responseEnded(index, left: input.count, at: now, in: bytes)
          return .exchangeEnded
        }
      }
    } catch {
      fail(index, .malformed, error.description, at: now, in: bytes)
      return .exchangeEnded
    }
    recordGaps(index, at: now)
    return .underWay
  }

  /// Counts the events or chunks that these bytes made complete.
  private func recordGaps(_ index: Int, at now: Instant) {
    guard exchange(of: index).pointee.timesChunks else { return }
    let isEventStream = exchange(of: index).pointee.events != nil
    let units = isEventStream ? connections[index].events.count : connections[index].parser.chunks
    let arrived = units - connections[index].unitsArrived
    guard arrived > 0 else { return }
    let gap = connections[index].lastUnitAt.map { now.nanoseconds(since: $0) }
    recorder.arrived(arrived, gap: gap, at: now)
    connections[index].unitsArrived = units
    if connections[index].firstUnitAt == nil { connections[index].firstUnitAt = now }
    connections[index].lastUnitAt = now
  }

  /// - Parameter piece: the bytes in which it ended; nil where the end of the connection ended it.
  private func responseEnded(
    _ index: Int, left: Int, at now: Instant, in piece: UnsafeRawBufferPointer? = nil
  ) {
    let exchange = exchange(of: index)
    let status = connections[index].parser.status
    connections[index].completed += 1
    connections[index].wake(atBytes: 1)
    if left > 0 {
      return fail(index, .malformed, "\(left) bytes follow the end of the response", at: now, in: piece)
    }
    if status != exchange.pointee.status {
      recordFailure(index, .status, "status \(status), expected \(exchange.pointee.status)", at: now, in: piece)
    } else if !isSent(index) {
      let sent = connections[index].sentBytes
      recordFailure(
        index, .verification, "answered after \(sent) of \(exchange.pointee.byteCount) bytes were sent", at: now,
        in: piece)
    } else if let head = exchange.pointee.expectedHead, !head.isRight(connections[index]) {
      recordFailure(index, .verification, head.mismatch(connections[index].parser), at: now, in: piece)
    } else if let events = exchange.pointee.events, !connections[index].events.isSatisfied(expecting: events) {
      recordFailure(
        index, .verification, connections[index].events.mismatch ?? "other events", at: now, in: piece)
    } else if !connections[index].verifier.isSatisfied(), exchange.pointee.events == nil {
      let offset = connections[index].verifier.mismatch ?? 0
      let length = connections[index].parser.bodyBytes
      recordFailure(
        index, .verification, "the body of \(length) bytes is not the expected one from byte \(offset) on", at: now,
        in: piece)
    } else {
      recordVerified(index, at: now)
    }
    guard connections[index].parser.keepsAlive, !exchange.pointee.isLast, isSent(index) else { return reopen(index) }
    connections[index].phase = .idle
    dispatch(index)
  }

  func inputEnded(_ index: Int) {
    let now = Instant.now()
    guard connections[index].phase == .busy || connections[index].phase == .upgrading else { return reopen(index) }
    if script == nil, connections[index].parser.inputEnded() { return responseEnded(index, left: 0, at: now) }
    let when = connections[index].parser.hasBegun ? "in the middle of" : "before"
    fail(index, .closedEarly, "the server closed the connection \(when) the response", at: now)
  }

  func inputFailed(_ index: Int, _ error: SystemError) {
    // A reset of an idle connection concerns no exchange.
    guard connections[index].phase == .busy || connections[index].phase == .upgrading else { return reopen(index) }
    fail(index, error.code == ECONNRESET || error.code == EPIPE ? .reset : .closedEarly, error.description, at: .now())
  }
}
