import SeededRandom
import Testing

@testable import WireFormats

/// A ``WebSocketEvent`` with its bytes copied.
private enum Said: Equatable {
  case text(String)
  case binary([UInt8])
  case ping([UInt8])
  case pong([UInt8])
  case close(UInt16?, String)

  init(_ event: WebSocketEvent) {
    switch event {
    case .text(let bytes): self = .text(String(decoding: bytes, as: UTF8.self))
    case .binary(let bytes): self = .binary(Array(bytes))
    case .ping(let bytes): self = .ping(Array(bytes))
    case .pong(let bytes): self = .pong(Array(bytes))
    case .close(let code, let reason): self = .close(code, String(decoding: reason, as: UTF8.self))
    }
  }
}

private struct Outcome: Equatable {
  var said: [Said] = []
  var violation: WebSocketViolation?
  var hasClosed = false
}

private func outcome(_ pieces: [[UInt8]], limit: Int = 70_000) -> Outcome {
  var receiver = WebSocketReceiver(maximumMessageBytes: limit)
  var outcome = Outcome()
  for piece in pieces {
    piece.withUnsafeBytes { bytes in
      var input = bytes
      do throws(WebSocketViolation) {
        while let event = try receiver.next(&input) { outcome.said.append(Said(event)) }
      } catch {
        outcome.violation = error
      }
      #expect(input.isEmpty || outcome.violation != nil)
    }
    if outcome.violation != nil { break }
  }
  outcome.hasClosed = receiver.hasClosed
  return outcome
}

/// The outcome of bytes that have to have the same one wherever they are cut.
private func received(_ bytes: [UInt8], limit: Int = 70_000) -> Outcome {
  let whole = outcome([bytes], limit: limit)
  for pieces in cuts(of: bytes) where outcome(pieces, limit: limit) != whole {
    Issue.record("\(bytes) means something else when it is cut into \(pieces.map(\.count))")
    break
  }
  return whole
}

private func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

private func frame(_ firstByte: UInt8, _ payload: [UInt8] = []) -> [UInt8] {
  [firstByte, UInt8(payload.count)] + payload
}

private let hello = frame(0x81, ascii("Hello"))

@Suite struct WebSocketReceiverTests {
  @Test("receives the unmasked frames of RFC 6455 section 5.7")
  func examples() {
    #expect(received([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]).said == [.text("Hello")])
    #expect(received([0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f]).said == [.text("Hello")])
    #expect(received([0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]).said == [.ping(ascii("Hello"))])
  }

  @Test("receives messages one after the other, empty ones too")
  func several() {
    let bytes = hello + frame(0x82, [1, 2, 3]) + frame(0x81) + frame(0x82) + frame(0x8a) + frame(0x8a, [9])
    #expect(
      received(bytes)
        == Outcome(said: [.text("Hello"), .binary([1, 2, 3]), .text(""), .binary([]), .pong([]), .pong([9])]))
  }

  @Test("receives control frames between fragments, and leaves both alone")
  func interleaved() {
    let bytes =
      frame(0x01, ascii("Hel")) + frame(0x89, ascii("one")) + frame(0x00) + frame(0x8a, ascii("two"))
      + frame(0x00, ascii("l")) + frame(0x89) + frame(0x80, ascii("o")) + hello
    #expect(
      received(bytes).said == [
        .ping(ascii("one")), .pong(ascii("two")), .ping([]), .text("Hello"), .text("Hello"),
      ])
  }

  @Test("receives lengths of two and of eight bytes", arguments: [126, 65_535, 65_536])
  func longMessages(count: Int) {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let header: [UInt8] =
      count < 65_536 ? [0x82, 126, UInt8(count >> 8), UInt8(count & 0xff)] : [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]
    let bytes = header + payload
    #expect(outcome([bytes]).said == [.binary(payload)])
    #expect(outcome(bytes.map { [$0] }).said == [.binary(payload)])
    for cut in Array(1...12) + [count] {
      #expect(outcome([Array(bytes[..<cut]), Array(bytes[cut...])]).said == [.binary(payload)])
    }
  }

  @Test("hands out a message where it lies in the input")
  func withoutCopy() throws {
    var receiver = WebSocketReceiver()
    try (hello + hello).withUnsafeBytes { bytes in
      var input = bytes
      for start in [2, 9] {
        guard case .text(let text) = try receiver.next(&input) else {
          Issue.record("no text")
          return
        }
        #expect(text.baseAddress == bytes.baseAddress! + start)
      }
    }
  }

  @Test("knows whether the server has closed")
  func endings() {
    #expect(!received([]).hasClosed)
    #expect(!received(hello).hasClosed)
    #expect(!received(frame(0x88).dropLast()).hasClosed)
    #expect(received(frame(0x88)).hasClosed)
    #expect(received(hello + frame(0x88, [0x03, 0xe8])).hasClosed)
  }

  @Test(
    "names the code to close with: of text that is not UTF-8, of too much, and of any other violation",
    arguments: [
      (WebSocketViolation.invalidUTF8, 1007), (.messageTooLong(limit: 1), 1009), (.maskedByServer, 1002),
      (.invalidCloseCode(1005), 1002), (.frameAfterClose, 1002),
    ] as [(WebSocketViolation, UInt16)])
  func closeCode(violation: WebSocketViolation, code: UInt16) {
    #expect(violation.closeCode == code)
  }

  @Test("refuses what RFC 6455 section 5 forbids in a header")
  func headerViolations() {
    #expect(received(hello + [0x81, 0x85]) == refused(.maskedByServer, after: [.text("Hello")]))
    #expect(received([0xc1]) == refused(.reservedBits))
    #expect(received([0xa1]) == refused(.reservedBits))
    #expect(received([0x91]) == refused(.reservedBits))
    for opcode in [UInt8(3), 4, 5, 6, 7, 11, 12, 13, 14, 15] {
      #expect(received([0x80 | opcode]) == refused(.unknownOpcode(opcode)))
    }
    #expect(received([0x89, 126, 0, 126]) == refused(.controlTooLong))
    #expect(received([0x88, 127]) == refused(.controlTooLong))
    #expect(received([0x09]) == refused(.controlFragmented))
    #expect(received([0x80]) == refused(.continuationWithoutStart))
    #expect(received(hello + [0x00]) == refused(.continuationWithoutStart, after: [.text("Hello")]))
    #expect(received(frame(0x01, [97]) + [0x81]) == refused(.newMessageInsideFragmented))
    #expect(received(frame(0x02, [97]) + [0x02]) == refused(.newMessageInsideFragmented))
  }

  @Test("refuses a length in more bytes than it needs, or with its highest bit set")
  func lengthViolations() {
    #expect(received([0x82, 126, 0, 125]) == refused(.lengthNotMinimal))
    #expect(received([0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) == refused(.lengthNotMinimal))
    #expect(received([0x82, 127, 0x80]) == refused(.lengthTooLarge))
    let largest: [UInt8] = [0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
    #expect(received(largest) == refused(.messageTooLong(limit: 70_000)))
  }

  @Test("refuses a message above the limit as soon as its length is known, whole or in fragments")
  func messageLimit() {
    #expect(received(frame(0x82, [1, 2, 3]), limit: 3).said == [.binary([1, 2, 3])])
    #expect(received([0x82, 4], limit: 3) == refused(.messageTooLong(limit: 3)))
    #expect(received(frame(0x02, [1, 2]) + frame(0x80, [3]), limit: 3).said == [.binary([1, 2, 3])])
    #expect(received(frame(0x02, [1, 2]) + [0x80, 2], limit: 3) == refused(.messageTooLong(limit: 3)))
    #expect(received(frame(0x89, [1, 2, 3, 4]), limit: 3).said == [.ping([1, 2, 3, 4])])
  }

  @Test("checks that text is UTF-8 over all fragments, and takes binary as it is")
  func utf8() {
    #expect(received(frame(0x01, [0xe2, 0x82]) + frame(0x80, [0xac])).said == [.text("€")])
    #expect(received(frame(0x81, [0xe2, 0x82])) == refused(.invalidUTF8))
    #expect(received(frame(0x81, [0xff])) == refused(.invalidUTF8))
    #expect(received(frame(0x01, [0xc0])) == refused(.invalidUTF8))
    #expect(received(frame(0x01, [0xe2]) + frame(0x80, [0x41])) == refused(.invalidUTF8))
    #expect(received(frame(0x82, [0xff])).said == [.binary([0xff])])
    #expect(received(frame(0x82, [0xe2]) + hello).said == [.binary([0xe2]), .text("Hello")])
  }

  @Test("reports a close with its code and reason, or without")
  func close() {
    #expect(received(frame(0x88)).said == [.close(nil, "")])
    #expect(received(frame(0x88, [0x03, 0xe8])).said == [.close(1000, "")])
    #expect(received(frame(0x88, [0x03, 0xe9] + ascii("away"))).said == [.close(1001, "away")])
    #expect(received(frame(0x01, [97]) + frame(0x88, [0x03, 0xe8])).said == [.close(1000, "")])
  }

  @Test("tells the close codes that may be sent from all others")
  func closeCodes() {
    let allowed = Set([1000, 1001, 1002, 1003] + Array(1007...1014) + Array(3000...4999))
    for code in 0...UInt16.max {
      let expected: WebSocketViolation? = allowed.contains(Int(code)) ? nil : .invalidCloseCode(code)
      guard outcome([frame(0x88, [UInt8(code >> 8), UInt8(code & 0xff)])]).violation == expected else {
        Issue.record("the close code \(code) is misjudged")
        return
      }
    }
  }

  @Test("refuses half a close code, a reason that is not UTF-8, and anything after a close")
  func closeViolations() {
    #expect(received(frame(0x88, [0x03])) == refused(.closePayloadOfOneByte))
    #expect(received(frame(0x88, [0x03, 0xe8, 0xff])) == refused(.invalidUTF8))
    #expect(received(frame(0x88, [0x03, 0xe8, 0xe2, 0x82])) == refused(.invalidUTF8))
    #expect(received(frame(0x88) + hello) == refused(.frameAfterClose, after: [.close(nil, "")]))
  }

  @Test("begins again for another connection, after a violation and in the middle of a message")
  func reset() {
    var receiver = WebSocketReceiver()
    for before in [[UInt8(0xc1)], frame(0x01, ascii("unfinished")), [0x81, 126]] {
      before.withUnsafeBytes { bytes in
        var input = bytes
        while let event = try? receiver.next(&input) { Issue.record("\(event)") }
      }
      receiver.reset()
      var said: [UInt8]?
      hello.withUnsafeBytes { bytes in
        var input = bytes
        if case .text(let text) = try? receiver.next(&input) { said = Array(text) }
      }
      #expect(said == Array("Hello".utf8))
    }
  }

  @Test("throws the same again after a violation")
  func remainsFailed() {
    var receiver = WebSocketReceiver()
    for bytes in [[UInt8(0xc1)], hello] {
      bytes.withUnsafeBytes { bytes in
        var input = bytes
        #expect(throws: WebSocketViolation.reservedBits) { while try receiver.next(&input) != nil {} }
      }
    }
  }

  @Test("random and mutated frames mean the same however they are cut, and never trap")
  func fuzz() {
    var generator = SplitMix64(seed: 8)
    let conversation =
      hello + frame(0x01, [0xe2, 0x82]) + frame(0x89, [1, 2]) + frame(0x80, [0xac]) + [0x82, 126, 0, 130]
      + .random(count: 130, using: &generator) + frame(0x88, [0x03, 0xe8] + ascii("bye"))
    for round in 0..<20_000 {
      let bytes =
        round % 4 == 0
        ? .random(count: round % 50, using: &generator) : conversation.mutated(by: &generator)
      let whole = outcome([bytes], limit: 1_000)
      guard outcome(bytes.pieces(by: &generator), limit: 1_000) == whole else {
        Issue.record("round \(round): \(bytes) means something else when it is cut")
        return
      }
    }
  }
}

private func refused(_ violation: WebSocketViolation, after said: [Said] = []) -> Outcome {
  Outcome(said: said, violation: violation)
}
