import BenchSupport
import Foundation
import LoadEngine
import Stack
import Testing
import WireFormats

/// That the engine stands up to any server: each misbehaviour has one outcome, in bounded time.
@Suite struct MisbehaviourTests {
  @Test("Each misbehaviour has one kind of error, and is never a result", arguments: Misbehaviour.all)
  func misbehaviour(_ misbehaviour: Misbehaviour) throws {
    let server = ScriptedServer { peer in
      guard peer.readHead() else { return }
      misbehaviour.play(peer)
    }
    // Only who waits for a timeout has to wait for it; the others must not meet one on a busy machine.
    let waits = misbehaviour.kind == .timeout
    let result = try load(server, expecting: misbehaviour.right, timeout: waits ? .milliseconds(200) : .seconds(5))
    #expect(result.measured.verified == 0)
    #expect(Array(result.errors.byKind.keys) == [misbehaviour.kind], "\(result.failures)")
    if let detail = misbehaviour.detail { #expect(result.failures.map(\.detail) == [detail]) }
  }

  @Test("A head that says what is expected is verified, however it is spelled", arguments: RightHead.all)
  func rightHead(_ head: RightHead) throws {
    let server = ScriptedServer { peer in
      while peer.readHead() { peer.write("HTTP/1.1 200 OK\r\n" + head.answer) }
    }
    let result = try load(server, expecting: head.right, requests: 3)
    #expect(result.errors.total == 0, "\(result.failures)")
    #expect(result.measured.verified == 3)
  }

  @Test("Where no head is stated, any type, encoding and framing is verified")
  func noHead() throws {
    let answers = [
      "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
      "Content-Type: a/b\r\nContent-Type: c/d\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ]
    for answer in answers {
      let server = ScriptedServer { peer in
        while peer.readHead() { peer.write("HTTP/1.1 200 OK\r\n" + answer) }
      }
      let result = try load(server, expecting: .exactly(Array("hello".utf8)), requests: 3)
      #expect(result.errors.total == 0, "\(result.failures)")
      #expect(result.measured.verified == 3)
    }
  }

  @Test("What is unusual and allowed is verified", arguments: UnusualAnswer.all)
  func unusual(_ answer: UnusualAnswer) throws {
    let server = ScriptedServer { peer in
      while peer.readHead() { answer.play(peer) }
    }
    let request = HTTPRequest(answer.method, "/")
    let expectation = Expectation(status: answer.status, body: .exactly(Array(answer.body.utf8)))
    var plan = makePlan(server.endpoint, expecting: .anything)
    plan.work = .http([HTTPExchange(request, expecting: expectation)])
    plan.requests = 3
    plan.window = .seconds(60)
    let result = try plan.run()
    #expect(result.errors.total == 0, "\(result.failures)")
    #expect(result.measured.verified == 3)
  }

  @Test("A server that closes after a response without saying so fails the request that comes next")
  func silentClose() throws {
    let server = ScriptedServer { peer in
      if peer.readHead() { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") }
    }
    let result = try load(server, expecting: .exactly(Array("hello".utf8)), requests: 4)
    #expect(result.errors.total > 0)
    #expect(Set(result.errors.byKind.keys).isSubset(of: [.closedEarly, .reset]), "\(result.failures)")
  }

  @Test("An answer that comes before the request was wholly sent is no result")
  func earlyAnswer() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "shootout-early-\(UUID())").path
    // More than the buffers of both sides can hold.
    #expect(FileManager.default.createFile(atPath: path, contents: Data(count: 64 << 20)))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (body, type) = HTTPBody.multipart(field: "file", file: try BodyFile(path: path))
    let server = ScriptedServer { peer in
      guard peer.readHead() else { return }
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
      Thread.sleep(forTimeInterval: 0.1)
    }
    var plan = makePlan(server.endpoint, expecting: .anything)
    plan.work = .http([
      HTTPExchange(
        HTTPRequest("POST", "/upload", fields: [type], body: body),
        expecting: Expectation(body: .exactly(Array("hello".utf8))))
    ])
    let result = try plan.run()
    #expect(result.measured.verified == 0)
    #expect(Array(result.errors.byKind.keys) == [.verification], "\(result.failures)")
  }

  @Test("docs/misbehaviour.md tells the outcome of each misbehaviour, and of no other")
  func documented() throws {
    let path = try Checkout.find().path + "/docs/misbehaviour.md"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }
    let documented = rows.dropFirst().filter { !$0.hasPrefix("|---") }.map(String.init)
    let known =
      Misbehaviour.all.map { "| \($0.testDescription) | `\($0.kind.rawValue)` |" }
      + WebSocketMisbehaviour.all.map { "| WebSocket: \($0.testDescription) | `\($0.kind.rawValue)` |" }
    #expect(documented == known)
  }
}

/// One way to answer wrongly.
struct Misbehaviour: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var kind: FailureKind
  /// What would have been right.
  var right = LoadEngine.Expectation(body: .exactly(Array("hello".utf8)))
  /// The message, where it says what was sent and what was expected.
  var detail: String?
  var play: @Sendable (ScriptedServer.Peer) -> Void

  private static func says(_ name: String, _ kind: FailureKind, _ text: String) -> Misbehaviour {
    Misbehaviour(testDescription: name, kind: kind) { peer in
      peer.write(text)
      peer.waitForClose()
    }
  }

  /// A right body under a wrong head.
  private static func says(
    _ name: String, _ right: LoadEngine.Expectation, _ head: String, _ detail: String
  ) -> Misbehaviour {
    Misbehaviour(testDescription: name, kind: .verification, right: right, detail: detail) { peer in
      peer.write(closing + head)
    }
  }

  private static let text = RightHead.expectation(MediaType("text/plain", charset: .utf8))
  private static let json = RightHead.expectation(MediaType("application/json", charset: .utf8OrNone))
  private static let bytes = RightHead.expectation(MediaType("application/octet-stream", charset: .none))
  private static let plain = "Content-Type: text/plain; charset=utf-8\r\n"
  private static let hello = "Content-Length: 5\r\n\r\nhello"
  private static let oneChunk = "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
  private static let octets = "Content-Type: application/octet-stream\r\n"
  private static let eventType = "Content-Type: text/event-stream; charset=utf-8\r\n"
  private static let twoEvents = "data: 1\n\ndata: 2\n\n"

  private static let ok = "HTTP/1.1 200 OK\r\n"
  private static let closing = ok + "Connection: close\r\n"
  private static let chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"
  private static let megabytes = 10_000_000

  static let all = [
    says("another status", .status, "HTTP/1.1 500 Oops\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"),
    says("an upgrade that nobody asked for", .status, "HTTP/1.1 101 Go\r\nConnection: close\r\n\r\n"),
    says("another body", .verification, closing + "Content-Length: 5\r\n\r\nhullo"),
    says("a body short by a byte", .verification, closing + "Content-Length: 4\r\n\r\nhell"),
    says("a body long by a byte", .verification, closing + "Content-Length: 6\r\n\r\nhello!"),
    says(
      "a chunked body long by a byte", .verification,
      closing + "Transfer-Encoding: chunked\r\n\r\n6\r\nhello!\r\n0\r\n\r\n"),
    says(
      "another content-type", text, "Content-Type: text/html; charset=utf-8\r\n" + hello,
      "content-type text/html; charset=utf-8, expected text/plain; charset=utf-8"),
    says("no content-type", text, hello, "no content-type, expected text/plain; charset=utf-8"),
    says(
      "two content-types", text, plain + plain + hello,
      "content-type text/plain; charset=utf-8, text/plain; charset=utf-8, expected text/plain; charset=utf-8"),
    says(
      "another charset", text, "Content-Type: text/plain; charset=latin-1\r\n" + hello,
      "content-type text/plain; charset=latin-1, expected text/plain; charset=utf-8"),
    says(
      "no charset of a text", text, "Content-Type: text/plain\r\n" + hello,
      "content-type text/plain, expected text/plain; charset=utf-8"),
    says(
      "JSON in another charset", json, "Content-Type: application/json; charset=utf-16\r\n" + hello,
      "content-type application/json; charset=utf-16, expected application/json"),
    says(
      "a charset of bytes", bytes, "Content-Type: application/octet-stream; charset=utf-8\r\n" + hello,
      "content-type application/octet-stream; charset=utf-8, expected application/octet-stream"),
    says(
      "a content-encoding that is not there", text, plain + "Content-Encoding: gzip\r\n" + hello,
      "content-encoding gzip, expected none"),
    says(
      "a content-encoding in odd case", text, plain + "CONTENT-encodinG: GZip\r\n" + hello,
      "content-encoding GZip, expected none"),
    says(
      "a content-encoding that is none", text, plain + "Content-Encoding: identity\r\n" + hello,
      "content-encoding identity, expected none"),
    says(
      "an empty content-encoding", text, plain + "Content-Encoding:\r\n" + hello,
      "an empty content-encoding, expected none"),
    says(
      "chunks instead of a content-length", text, plain + oneChunk,
      "a chunked body, expected one with a content-length"),
    says(
      "a body until the close instead of a content-length", text, plain + "\r\nhello",
      "a body that ends with the connection, expected one with a content-length"),
    says(
      "a stream in one chunk", RightHead.stream, octets + oneChunk,
      "1 chunk of up to 5 bytes, expected chunks of 1 byte"),
    says(
      "a stream in chunks of other sizes", RightHead.stream,
      octets + "Transfer-Encoding: chunked\r\n\r\n1\r\nh\r\n2\r\nel\r\n1\r\nl\r\n1\r\no\r\n0\r\n\r\n",
      "4 chunks of up to 2 bytes, expected chunks of 1 byte"),
    says(
      "a stream with a content-length", RightHead.stream, octets + hello,
      "a body with a content-length, expected a chunked one"),
    says(
      "a stream until the close", RightHead.stream, octets + "\r\nhello",
      "a body that ends with the connection, expected a chunked one"),
    says(
      "events in one chunk", RightHead.events,
      eventType + "Transfer-Encoding: chunked\r\n\r\n12\r\n\(twoEvents)\r\n0\r\n\r\n",
      "1 chunk of up to 18 bytes, expected a chunk for each event"),
    says(
      "an event in two chunks", RightHead.events,
      eventType
        + "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n2\r\nda\r\n7\r\nta: 2\n\n\r\n0\r\n\r\n",
      "3 chunks of up to 9 bytes, expected a chunk for each event"),
    says(
      "events with a content-length", RightHead.events, eventType + "Content-Length: 18\r\n\r\n\(twoEvents)",
      "a body with a content-length, expected a chunked one"),
    says(
      "events until the close", RightHead.events, eventType + "\r\n\(twoEvents)",
      "a body that ends with the connection, expected a chunked one"),
    says(
      "events under another content-type", RightHead.events, plain + "Content-Length: 18\r\n\r\n\(twoEvents)",
      "content-type text/plain; charset=utf-8, expected text/event-stream; charset=utf-8"),
    says("a byte after the body", .malformed, ok + "Content-Length: 5\r\n\r\nhello!"),
    says("a second response", .malformed, ok + "Content-Length: 5\r\n\r\nhello" + ok),
    says("a body where none may be", .malformed, "HTTP/1.1 204 No Content\r\n\r\nhello"),
    says("half a status line", .timeout, "HTTP/1.1 20"),
    says("no answer at all", .timeout, ""),
    says("a body that does not end", .timeout, ok + "Content-Length: 6\r\n\r\nhello"),
    Misbehaviour(testDescription: "a byte now and then", kind: .timeout) { $0.trickle(ok) },
    says("another protocol", .malformed, "SSH-2.0-OpenSSH_9.2\r\n"),
    says("lines that end in a line feed alone", .malformed, "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"),
    says("a space before a colon", .malformed, ok + "Content-Length : 5\r\n\r\nhello"),
    says("a folded line", .malformed, ok + "X: a\r\n b\r\nContent-Length: 5\r\n\r\nhello"),
    says("a control byte in a field value", .malformed, ok + "X: a\u{1b}[31m\r\nContent-Length: 5\r\n\r\nhello"),
    says(
      "a control byte in the reason", .malformed, "HTTP/1.1 200 \u{1b}[31mOK\r\nContent-Length: 5\r\n\r\nhello"),
    says("a control byte in a trailer", .malformed, chunked + "5\r\nhello\r\n0\r\nX: a\u{7f}\r\n\r\n"),
    says(
      "10 MB of headers", .malformed, ok + String(repeating: "A: b\r\n", count: megabytes / 6)),
    says("a line without end", .malformed, ok + "A: " + String(repeating: "b", count: megabytes)),
    says(
      "interim responses without end", .malformed,
      String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 10_000)),
    says("a negative length", .malformed, ok + "Content-Length: -5\r\n\r\nhello"),
    says("a length that overflows", .malformed, ok + "Content-Length: 18446744073709551621\r\n\r\nhello"),
    says("a length beyond the limit", .malformed, ok + "Content-Length: 1000000000000000000\r\n\r\nhello"),
    says("two lengths", .malformed, ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
    says("the same length twice", .malformed, ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
    says(
      "a length and chunks", .malformed,
      ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    says("another transfer coding", .malformed, ok + "Transfer-Encoding: gzip, chunked\r\n\r\n"),
    says("a bad chunk size", .malformed, chunked + "xyz\r\nhello\r\n0\r\n\r\n"),
    says("a chunk size with 0x", .malformed, chunked + "0x5\r\nhello\r\n0\r\n\r\n"),
    says("a broken chunk extension", .malformed, chunked + "5;a=\"b\r\nhello\r\n0\r\n\r\n"),
    says("a chunk size that overflows", .malformed, chunked + "10000000000000005\r\nhello\r\n0\r\n\r\n"),
    says("a chunk longer than its size", .malformed, chunked + "4\r\nhello\r\n0\r\n\r\n"),
    Misbehaviour(testDescription: "a close before the response", kind: .closedEarly) { _ in },
    Misbehaviour(testDescription: "a close in the middle", kind: .closedEarly) {
      $0.write(ok + "Content-Length: 5\r\n\r\nhe")
    },
    Misbehaviour(testDescription: "a close before the last chunk", kind: .closedEarly) {
      $0.write(chunked + "5\r\nhello\r\n")
    },
    Misbehaviour(testDescription: "a reset before the response", kind: .reset) { $0.reset() },
  ]
}

/// A head that is as it is expected.
struct RightHead: Sendable, CustomTestStringConvertible {
  var right: LoadEngine.Expectation
  var answer: String
  var testDescription: String { answer.debugDescription }

  static func expectation(_ type: MediaType, _ framing: FramingExpectation = .length) -> LoadEngine.Expectation {
    LoadEngine.Expectation(head: HeadExpectation(type, framing), body: .exactly(Array("hello".utf8)))
  }

  static let stream = expectation(MediaType("application/octet-stream", charset: .none), .chunks(bytes: 1))
  static let events = LoadEngine.Expectation(
    head: HeadExpectation(MediaType("text/event-stream", charset: .utf8), .chunkForEachEvent),
    body: .events([ServerSentEvent(data: "1"), ServerSentEvent(data: "2")]))

  static let all = [
    RightHead(
      right: expectation(MediaType("text/plain", charset: .utf8)),
      answer: "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello"),
    RightHead(
      right: expectation(MediaType("text/plain", charset: .utf8)),
      answer: "content-type:TEXT/Plain;Charset=\"UTF-8\"\r\ncontent-length: 5\r\n\r\nhello"),
    RightHead(
      right: expectation(MediaType("application/json", charset: .utf8OrNone)),
      answer: "Content-Length: 5\r\nContent-Type: application/json\r\n\r\nhello"),
    RightHead(
      right: expectation(MediaType("application/json", charset: .utf8OrNone)),
      answer: "Content-Length: 5\r\nContent-Type: application/json; charset=utf-8\r\n\r\nhello"),
    RightHead(
      right: stream,
      answer: "Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "hello".map { "1\r\n\($0)\r\n" }.joined() + "0\r\n\r\n"),
    RightHead(
      right: events,
      answer: "Content-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "9\r\ndata: 1\n\n\r\nB\r\ndata: 2\r\n\r\n\r\n0\r\n\r\n"),
  ]
}

/// An answer that a client has to understand, though few servers give it.
struct UnusualAnswer: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var method = "GET"
  var status = 200
  var body = "hello"
  var play: @Sendable (ScriptedServer.Peer) -> Void

  static let all = [
    UnusualAnswer(testDescription: "chunk extensions and trailers") {
      $0.write(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhe\r\n3 ; c=\"d\"\r\nllo\r\n0\r\nSum: 1\r\n\r\n")
    },
    UnusualAnswer(testDescription: "sizes with leading zeros, in 16 digits and more") {
      $0.write(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "0000000000000005\r\nhello\r\n00000000000000000000\r\n\r\n")
    },
    UnusualAnswer(testDescription: "bytes beyond ASCII and tabs in a field value") {
      $0.write(bytes: Array("HTTP/1.1 200 OK\r\nX: a\tb".utf8) + [0x80, 0xFF])
      $0.write("\r\nContent-Length: 5\r\n\r\nhello")
    },
    UnusualAnswer(testDescription: "interim responses before the real one") {
      $0.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
      $0.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    },
    UnusualAnswer(testDescription: "a length without a body, for HEAD", method: "HEAD", body: "") {
      $0.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
    },
    UnusualAnswer(testDescription: "204", status: 204, body: "") { $0.write("HTTP/1.1 204 No Content\r\n\r\n") },
    UnusualAnswer(testDescription: "304 with the length of what it stands for", status: 304, body: "") {
      $0.write("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")
    },
    UnusualAnswer(testDescription: "no reason in the status line") {
      $0.write("HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello")
    },
    UnusualAnswer(testDescription: "HTTP/1.0 that keeps the connection") {
      $0.write("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello")
    },
    UnusualAnswer(testDescription: "one byte at a time") { peer in
      for byte in "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n".utf8 {
        peer.write(bytes: [byte])
        usleep(100)
      }
    },
  ]
}
