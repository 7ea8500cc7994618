import Glibc
import WireFormats

// What an event loop does on a connection that is a WebSocket.
extension EventLoop {
  func beginUpgrade(_ index: Int, _ script: WebSocketScript, at now: Instant) {
    let handshake = WebSocketHandshake(randomBytes: (0..<16).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    connections[index].handshake = handshake
    connections[index].messagesAnswered = 0
    connections[index].phase = .upgrading
    connections[index].deadline = now + plan.timeout
    connections[index].parser.begin()
    connections[index].outgoing = handshake.request(to: plan.endpoint, path: script.target, fields: script.fields)
    flush(index)
  }

  /// Masks and sends the message of the exchange that begins.
  func sendMessage(_ index: Int) {
    let payload = load.exchanges[connections[index].exchange].head
    let length = WebSocketFrame.write(
      .text, payload, maskingKey: UInt32(truncatingIfNeeded: random.next()), into: frame)
    let bytes = UnsafeRawBufferPointer(rebasing: frame[..<length])
    guard connections[index].outgoing.isEmpty else { return connections[index].outgoing.append(contentsOf: bytes) }
    switch connections[index].send(bytes, more: false) {
    case .moved(let count):
      recorder.sent(count, at: connections[index].sentAt)
      if count < length { connections[index].outgoing.append(contentsOf: bytes[count...]) }
    case .wouldBlock: connections[index].outgoing.append(contentsOf: bytes)
    // Reading tells what became of the connection.
    case .failed: break
    }
  }

  /// Sends what had to wait.
  func flush(_ index: Int) {
    // Where it lies: a copy of a large message for each piece that the kernel takes would cost more than sending it.
    let outcome = connections[index].outgoing.withUnsafeBytes { connections[index].send($0, more: false) }
    guard case .moved(let count) = outcome else { return }
    recorder.sent(count, at: .now())
    connections[index].outgoing.removeFirst(count)
  }

  /// Begins the closing handshake (RFC 6455, section 7.1.2).
  func beginClosing(_ index: Int) {
    connections[index].phase = .closing
    connections[index].deadline = Instant.now() + min(plan.timeout, plan.closingTime)
    sendClose(index, code: WebSocketCloseCode.normal)
  }

  private func sendClose(_ index: Int, code: UInt16?) {
    let mask = UInt32(truncatingIfNeeded: random.next())
    WebSocketFrame.appendClose(code: code, maskingKey: mask, to: &connections[index].outgoing)
    flush(index)
  }

  /// Ends the exchange and the connection, and says why in a close frame, as far as the kernel takes one at once (RFC
  /// 6455, section 7.1.7).
  private func refuse(_ index: Int, _ kind: FailureKind, _ detail: String, code: UInt16, at now: Instant) {
    if connections[index].phase != .closing { sendClose(index, code: code) }
    fail(index, kind, detail, at: now)
  }

  func takeFrames(_ bytes: UnsafeRawBufferPointer, on index: Int, at now: Instant) -> Progress {
    var input = bytes
    if connections[index].phase == .upgrading {
      guard takeUpgrade(&input, on: index, at: now) else { return .exchangeEnded }
      guard connections[index].handshake == nil else { return .underWay }
    }
    var isAnswered = false
    do throws(WebSocketViolation) {
      while let event = try connections[index].receiver.next(&input) {
        switch event {
        case .text(let payload):
          guard connections[index].phase == .busy, !isAnswered else {
            refuse(
              index, .malformed, "a message came that was not asked for", code: WebSocketCloseCode.protocolError,
              at: now)
            return .exchangeEnded
          }
          answered(index, payload, at: now)
          isAnswered = true
        case .binary:
          refuse(
            index, .verification, "a binary message came instead of a text", code: WebSocketCloseCode.unacceptedKind,
            at: now)
          return .exchangeEnded
        case .ping(let payload):
          let mask = UInt32(truncatingIfNeeded: random.next())
          WebSocketFrame.append(.pong, payload, maskingKey: mask, to: &connections[index].outgoing)
          flush(index)
        case .pong: break
        case .close(let code, _):
          closed(index, code: code, at: now)
          return .exchangeEnded
        }
      }
    } catch {
      refuse(index, .malformed, error.description, code: error.closeCode, at: now)
      return .exchangeEnded
    }
    guard isAnswered else { return .underWay }
    next(index)
    return .exchangeEnded
  }

  /// - Returns: false where the connection was given up.
  private func takeUpgrade(_ input: inout UnsafeRawBufferPointer, on index: Int, at now: Instant) -> Bool {
    do throws(HTTPViolation) {
      while let event = try connections[index].parser.next(&input) {
        guard case .end = event, let handshake = connections[index].handshake else { continue }
        do throws(WebSocketHandshakeViolation) {
          try handshake.check(
            status: connections[index].parser.status, connections[index].parser.fields, offered: script?.fields ?? [])
        } catch {
          fail(index, connections[index].parser.status == 101 ? .malformed : .status, "\(error)", at: now)
          return false
        }
        connections[index].handshake = nil
        opened(index, at: now)
        return connections[index].phase != .closed
      }
    } catch {
      fail(index, .malformed, error.description, at: now)
      return false
    }
    return true
  }

  private func answered(_ index: Int, _ payload: UnsafeRawBufferPointer, at now: Instant) {
    connections[index].firstByteAt = now
    connections[index].messagesAnswered += 1
    connections[index].completed += 1
    connections[index].verifier.consume(payload)
    if connections[index].verifier.isSatisfied() {
      recordVerified(index, at: now)
    } else {
      let offset = connections[index].verifier.mismatch ?? 0
      recordFailure(index, .verification, "the answer is not the expected one from byte \(offset) on", at: now)
    }
  }

  private func next(_ index: Int) {
    connections[index].phase = .idle
    if let limit = script?.messagesPerConnection, connections[index].messagesAnswered >= limit {
      beginClosing(index)
    } else {
      dispatch(index)
    }
  }

  private func closed(_ index: Int, code: UInt16?, at now: Instant) {
    if connections[index].isUnderWay {
      let detail = "the server closed the WebSocket with \(code.map(String.init) ?? "no code")"
      recordFailure(index, .closedEarly, detail, at: now)
    }
    // A close frame is answered by one with the same code, unless it is the answer itself (RFC 6455, section 5.5.1).
    guard connections[index].phase != .closing else { return reopen(index) }
    connections[index].phase = .closing
    connections[index].deadline = now + min(plan.timeout, plan.closingTime)
    sendClose(index, code: code)
    reopenWhenClosed(index)
  }

  /// After the closing handshake, once the kernel has taken our part of it.
  private func reopenWhenClosed(_ index: Int) {
    guard connections[index].phase == .closing, connections[index].receiver.hasClosed else { return }
    if connections[index].outgoing.isEmpty { reopen(index) }
  }

  /// Sends what had to wait, where the socket has room again.
  func resumeFlushing(_ index: Int) {
    if !connections[index].outgoing.isEmpty { flush(index) }
    reopenWhenClosed(index)
  }
}
