import SeededRandom
import Testing

@testable import WireFormats

private struct Outcome: Equatable {
  var events: [ServerSentEvent] = []
  var hasIncompleteEvent = false
  var violation: EventStreamViolation?
}

private func outcome(_ pieces: [[UInt8]], lineLimit: Int = 1_000, eventLimit: Int = 1_000) -> Outcome {
  var parser = ServerSentEventParser(maximumLineBytes: lineLimit, maximumEventBytes: eventLimit)
  var outcome = Outcome()
  for piece in pieces where outcome.violation == nil {
    piece.withUnsafeBytes { bytes in
      var input = bytes
      do throws(EventStreamViolation) {
        while try parser.next(&input) { outcome.events.append(ServerSentEvent(parser)) }
      } catch {
        outcome.violation = error
      }
      #expect(input.isEmpty || outcome.violation != nil)
    }
  }
  outcome.hasIncompleteEvent = outcome.violation == nil && parser.hasIncompleteEvent
  return outcome
}

/// The outcome of bytes that have to have the same one wherever they are cut.
private func parsed(_ bytes: [UInt8], lineLimit: Int = 1_000, eventLimit: Int = 1_000) -> Outcome {
  let whole = outcome([bytes], lineLimit: lineLimit, eventLimit: eventLimit)
  for pieces in cuts(of: bytes)
  where outcome(pieces, lineLimit: lineLimit, eventLimit: eventLimit) != whole {
    Issue.record("\(bytes) means something else when it is cut into \(pieces.map(\.count))")
    break
  }
  return whole
}

private func parsed(_ text: String) -> Outcome { parsed(Array(text.utf8)) }

private func events(_ text: String) -> [ServerSentEvent] { parsed(text).events }

@Suite struct ServerSentEventTests {
  @Test("reads id, type and data, and ends the event at a blank line")
  func fields() {
    #expect(
      events("id: 7\nevent: tick\ndata: {\"seq\":7}\n\n") == [
        ServerSentEvent(id: "7", type: "tick", data: "{\"seq\":7}")
      ])
  }

  @Test("reads the examples of the WHATWG text")
  func examples() {
    #expect(events("data: YHOO\ndata: +2\ndata: 10\n\n") == [ServerSentEvent(data: "YHOO\n+2\n10")])
    #expect(
      events(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n") == [
        ServerSentEvent(id: "1", data: "first event"), ServerSentEvent(data: "second event"),
      ])
    #expect(events("data\n\ndata\ndata\n\ndata:") == [ServerSentEvent(data: ""), ServerSentEvent(data: "\n")])
    #expect(
      events("data:test\n\ndata: test\n\n") == [ServerSentEvent(data: "test"), ServerSentEvent(data: "test")])
  }

  @Test("takes LF, CR and CRLF as the end of a line, mixed too", arguments: ["\n", "\r", "\r\n"])
  func lineEnds(end: String) {
    let text = ["event: a", "data: 1", "", "data: 2", "data: 3", "", ""].joined(separator: end)
    let expected = [ServerSentEvent(type: "a", data: "1"), ServerSentEvent(data: "2\n3")]
    #expect(events(text) == expected)
    #expect(events("event: a\rdata: 1\n\r\ndata: 2\r\ndata: 3\n\r") == expected)
    #expect(events("data: 1\r\n\r\ndata: 2\r\n\r\n") == [ServerSentEvent(data: "1"), ServerSentEvent(data: "2")])
  }

  @Test("finds the end of a line at every distance", arguments: 0..<40)
  func lineLengths(count: Int) {
    let text = String(repeating: "\u{0b}", count: count)
    #expect(outcome([Array("data:\(text)\r\rdata:\(text)\n\n".utf8)]).events.map(\.data) == [text, text])
  }

  @Test("skips a byte order mark at the start, and only there")
  func byteOrderMark() {
    #expect(events("\u{feff}data: 1\n\n") == [ServerSentEvent(data: "1")])
    #expect(events("\u{feff}\u{feff}data: 1\n\n") == [])
    #expect(events("data: 1\n\n\u{feff}data: 2\n\n") == [ServerSentEvent(data: "1")])
    #expect(events("\u{feff}\ndata: 1\n\n") == [ServerSentEvent(data: "1")])
  }

  @Test("ignores comments and fields it does not know")
  func ignored() {
    #expect(events(":\n: data: 0\ndat: 0\nDATA: 0\ndata : 0\n data: 0\ndata: 1\n\n") == [ServerSentEvent(data: "1")])
  }

  @Test("takes one space after the colon away, and no more")
  func spaces() {
    #expect(events("data:  two \n\n") == [ServerSentEvent(data: " two ")])
    #expect(events("data:a:b\n\n") == [ServerSentEvent(data: "a:b")])
    #expect(events("data:\ta\n\n") == [ServerSentEvent(data: "\ta")])
  }

  @Test("keeps the last ID for later events, and ignores one with a NUL")
  func identifiers() {
    #expect(
      events("id: 1\ndata: a\n\ndata: b\n\nid: 2\u{0}\ndata: c\n\nid:\ndata: d\n\n") == [
        ServerSentEvent(id: "1", data: "a"), ServerSentEvent(id: "1", data: "b"),
        ServerSentEvent(id: "1", data: "c"), ServerSentEvent(id: "", data: "d"),
      ])
  }

  @Test("drops an event without data, with its type but not its ID")
  func withoutData() {
    #expect(events("event: a\nid: 5\n\ndata: 1\n\n") == [ServerSentEvent(id: "5", data: "1")])
  }

  @Test("takes the last type of an event, and an empty one as message")
  func types() {
    #expect(events("event: a\nevent: b\ndata: 1\n\n") == [ServerSentEvent(type: "b", data: "1")])
    #expect(events("event: a\nevent\ndata: 1\n\n") == [ServerSentEvent(type: "message", data: "1")])
  }

  @Test("does not report an event that the end of the stream cuts off, and knows it")
  func incomplete() {
    #expect(parsed("data: 1\n\ndata: 2\n") == Outcome(events: [ServerSentEvent(data: "1")], hasIncompleteEvent: true))
    #expect(parsed("event: a\n").hasIncompleteEvent)
    #expect(parsed("data: 1\n\n:").hasIncompleteEvent)
    #expect(!parsed("data: 1\n\n").hasIncompleteEvent)
    #expect(!parsed(": comment\n").hasIncompleteEvent)
    #expect(!parsed("").hasIncompleteEvent)
  }

  @Test("refuses a stream that is not UTF-8, after the events before it")
  func invalidUTF8() {
    let good = Array("data: 1\n\n".utf8)
    let expected = Outcome(events: [ServerSentEvent(data: "1")], violation: .invalidUTF8)
    #expect(parsed(good + [0xff]) == expected)
    #expect(parsed(good + [0x3a, 0xe2, 0x82, 0x0a]) == expected)
    #expect(parsed(good + [0x3a, 0xe2, 0x0d]) == expected)
    #expect(parsed(good + Array("data: €uro 🐭\n\n".utf8)).events.last == ServerSentEvent(data: "€uro 🐭"))
  }

  @Test("refuses a line above the limit, ended or not, comments too")
  func lineLimit() {
    #expect(parsed(Array("data: 789\n\n".utf8), lineLimit: 9).events == [ServerSentEvent(data: "789")])
    let tooLong = Outcome(violation: .lineTooLong(limit: 9))
    #expect(parsed(Array("data: 7890\n\n".utf8), lineLimit: 9) == tooLong)
    #expect(parsed(Array(":234567890".utf8), lineLimit: 9) == tooLong)
    #expect(parsed(Array("data: 7".utf8) + [0xff, 0, 0, 0], lineLimit: 9).violation == .invalidUTF8)
    #expect(parsed(Array("data: 789".utf8) + [0xff], lineLimit: 9) == tooLong)
  }

  @Test("refuses an event above the limit, however many lines carry it")
  func eventLimit() {
    #expect(parsed(Array("data:12\ndata:45\n\n".utf8), eventLimit: 5).events == [ServerSentEvent(data: "12\n45")])
    let tooLong = EventStreamViolation.eventTooLong(limit: 5)
    #expect(parsed(Array("data:12\ndata:456\n".utf8), eventLimit: 5).violation == tooLong)
    #expect(parsed(Array("data:123456\n".utf8), eventLimit: 5).violation == tooLong)
    #expect(parsed(Array("data\ndata\ndata\ndata\ndata\ndata\ndata\n".utf8), eventLimit: 5).violation == tooLong)
  }

  @Test("throws the same again after a violation, until it is reset")
  func reset() throws {
    var parser = ServerSentEventParser()
    func feed(_ bytes: [UInt8]) throws -> [ServerSentEvent] {
      try bytes.withUnsafeBytes { bytes in
        var input = bytes
        var events: [ServerSentEvent] = []
        while try parser.next(&input) { events.append(ServerSentEvent(parser)) }
        return events
      }
    }
    let stream = Array("\u{feff}retry: 1\nid: 1\ndata: a\n\nevent: b\ndata: c\r".utf8)
    #expect(try feed(stream) == [ServerSentEvent(id: "1", data: "a")])
    #expect(throws: EventStreamViolation.invalidUTF8) { try feed([0xff]) }
    #expect(throws: EventStreamViolation.invalidUTF8) { try feed([0x0a]) }
    parser.reset()
    #expect(try feed(stream) == [ServerSentEvent(id: "1", data: "a")])
    parser.reset()
    #expect(!parser.hasIncompleteEvent)
    #expect(try feed(Array("\n\u{feff}data: d\n\ndata: e\n\n".utf8)) == [ServerSentEvent(data: "e")])
  }

  @Test("random and mutated streams mean the same however they are cut, and never trap")
  func fuzz() {
    var generator = SplitMix64(seed: 9)
    let stream = Array(
      "\u{feff}: hi\r\nid: 1\r\nevent: tick\ndata: {\"seq\":1}\r\rretry: 10\n\ndata: €\ndata\n\nid: 2\u{0}\n\r\ndata: 🐭\r\n\r\n"
        .utf8)
    let alphabet = Array("\r\n: daetivnryx10\u{0}".utf8)
    for round in 0..<20_000 {
      let bytes =
        switch round % 4 {
        case 0: [UInt8].random(count: round % 60, using: &generator)
        case 1: (0..<round % 60).map { _ in alphabet.randomElement(using: &generator)! }
        default: stream.mutated(by: &generator)
        }
      let whole = outcome([bytes], lineLimit: 24, eventLimit: 12)
      guard outcome(bytes.pieces(by: &generator), lineLimit: 24, eventLimit: 12) == whole else {
        Issue.record("round \(round): \(bytes) means something else when it is cut")
        return
      }
    }
  }
}
