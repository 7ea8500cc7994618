import Glibc
import WireFormats

// What an event loop does on a connection that is a WebSocket.
extension EventLoop {
  static let closingTime = Duration.seconds(1)

  func beginUpgrade(_ index: Int, _ script: WebSocketScript, at now: Instant) {
    let connection = connections + index
    let handshake = WebSocketHandshake(randomBytes: (0..<16).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    connection.pointee.handshake = handshake
    connection.pointee.messagesAnswered = 0
    connection.pointee.phase = .upgrading
    connection.pointee.deadline = now + plan.timeout
    connection.pointee.parser.begin()
    connection.pointee.outgoing = handshake.request(to: plan.endpoint, path: script.target, fields: script.fields)
    flush(index)
  }

  /// Masks and sends the message of the exchange that begins.
  func sendMessage(_ index: Int) {
    let connection = connections + index
    let payload = load.exchanges[connection.pointee.exchange].head
    let length = WebSocketFrame.write(
      .text, payload, maskingKey: UInt32(truncatingIfNeeded: random.next()), into: frame)
    let bytes = UnsafeRawBufferPointer(rebasing: frame[..<length])
    guard connection.pointee.outgoing.isEmpty else { return connection.pointee.outgoing.append(contentsOf: bytes) }
    switch connection.pointee.send(bytes, more: false) {
    case .moved(let count):
      recorder.sent(count, at: connection.pointee.sentAt)
      if count < length { connection.pointee.outgoing.append(contentsOf: bytes[count...]) }
    case .wouldBlock: connection.pointee.outgoing.append(contentsOf: bytes)
    // Reading tells what became of the connection.
    case .failed: break
    }
  }

  /// Sends what had to wait.
  func flush(_ index: Int) {
    let connection = connections + index
    let bytes = connection.pointee.outgoing
    let outcome = bytes.withUnsafeBytes { connection.pointee.send($0, more: false) }
    guard case .moved(let count) = outcome else { return }
    recorder.sent(count, at: .now())
    connection.pointee.outgoing.removeFirst(count)
  }

  /// Begins the closing handshake (RFC 6455, section 7.1.2).
  func beginClosing(_ index: Int) {
    let connection = connections + index
    connection.pointee.phase = .closing
    connection.pointee.deadline = Instant.now() + min(plan.timeout, EventLoop.closingTime)
    let mask = UInt32(truncatingIfNeeded: random.next())
    WebSocketFrame.appendClose(maskingKey: mask, to: &connection.pointee.outgoing)
    flush(index)
  }

  func takeFrames(_ bytes: UnsafeRawBufferPointer, on index: Int, at now: Instant) -> Progress {
    let connection = connections + index
    var input = bytes
    if connection.pointee.phase == .upgrading {
      guard takeUpgrade(&input, on: index, at: now) else { return .exchangeEnded }
      guard connection.pointee.handshake == nil else { return .underWay }
    }
    var isAnswered = false
    do throws(WebSocketViolation) {
      while let event = try connection.pointee.receiver.next(&input) {
        switch event {
        case .text(let payload):
          guard connection.pointee.phase == .busy, !isAnswered else {
            fail(index, .malformed, "a message came that was not asked for", at: now)
            return .exchangeEnded
          }
          answered(index, payload, at: now)
          isAnswered = true
        case .binary:
          fail(index, .verification, "a binary message came instead of a text", at: now)
          return .exchangeEnded
        case .ping(let payload):
          let mask = UInt32(truncatingIfNeeded: random.next())
          WebSocketFrame.append(.pong, payload, maskingKey: mask, to: &connection.pointee.outgoing)
          flush(index)
        case .pong: break
        case .close(let code, _):
          closed(index, code: code, at: now)
          return .exchangeEnded
        }
      }
    } catch {
      fail(index, .malformed, error.description, at: now)
      return .exchangeEnded
    }
    guard isAnswered else { return .underWay }
    next(index)
    return .exchangeEnded
  }

  /// - Returns: false where the connection was given up.
  private func takeUpgrade(_ input: inout UnsafeRawBufferPointer, on index: Int, at now: Instant) -> Bool {
    let connection = connections + index
    do throws(HTTPViolation) {
      while let event = try connection.pointee.parser.next(&input) {
        guard case .end = event, let handshake = connection.pointee.handshake else { continue }
        do throws(WebSocketHandshakeViolation) {
          try handshake.check(
            status: connection.pointee.parser.status, connection.pointee.parser.fields, offered: script?.fields ?? [])
        } catch {
          fail(index, connection.pointee.parser.status == 101 ? .malformed : .status, "\(error)", at: now)
          return false
        }
        connection.pointee.handshake = nil
        opened(index, at: now)
        return connection.pointee.phase != .closed
      }
    } catch {
      fail(index, .malformed, error.description, at: now)
      return false
    }
    return true
  }

  private func answered(_ index: Int, _ payload: UnsafeRawBufferPointer, at now: Instant) {
    let connection = connections + index
    connection.pointee.firstByteAt = now
    connection.pointee.messagesAnswered += 1
    connection.pointee.completed += 1
    connection.pointee.verifier.consume(payload)
    var isRight = connection.pointee.verifier.isSatisfied()
    var offset = connection.pointee.verifier.mismatch ?? 0
    if !isRight, let other = load.exchanges[connection.pointee.exchange].otherBody {
      connection.pointee.verifier.begin(other)
      connection.pointee.verifier.consume(payload)
      isRight = connection.pointee.verifier.isSatisfied()
      offset = max(offset, connection.pointee.verifier.mismatch ?? 0)
    }
    if isRight {
      recordVerified(index, at: now)
    } else {
      recordFailure(index, .verification, "the answer is not the expected one from byte \(offset) on", at: now)
    }
  }

  private func next(_ index: Int) {
    let connection = connections + index
    connection.pointee.phase = .idle
    if let limit = script?.messagesPerConnection, connection.pointee.messagesAnswered >= limit {
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
    reopen(index)
  }
}
