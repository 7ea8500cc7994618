import BenchTesting
import LoadEngine
import Testing

extension Exclusive.LoadEngineSpecification {
  @Suite struct HTTPResponses {
    @Test(
      "A response reads the same whole, halved at any byte, and one byte at a time",
      arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;note=\"x\"\r\nllo\r\n0\r\nDigest: x\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200\r\ncontent-length:5\r\n\r\nhello",
      ])
    func pieces(text: String) throws {
      let bytes = Array(text.utf8)
      let expected = Reading(status: 200, body: "hello", ended: true, left: 0)
      #expect(try read([bytes]) == expected)
      #expect(try read(bytes.map { [$0] }) == expected)
      for split in 1..<bytes.count {
        #expect(try read([Array(bytes[..<split]), Array(bytes[split...])]) == expected, "split at \(split)")
      }
    }

    @Test("Responses to HEAD, 204 and 304 have no body, whatever their length says")
    func bodiless() throws {
      for status in ["204 No Content", "304 Not Modified"] {
        let reading = try read([Array("HTTP/1.1 \(status)\r\nContent-Length: 9\r\n\r\n".utf8)])
        #expect(reading.ended && reading.body.isEmpty)
      }
      let head = try read([Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".utf8)], answeringHead: true)
      #expect(head.ended && head.body.isEmpty)
    }

    @Test("Without a length the body ends with the connection, and only there")
    func closeDelimited() throws {
      var parser = HTTPResponseParser()
      parser.begin()
      try feed(&parser, "HTTP/1.1 200 OK\r\n\r\nhello")
      #expect(!parser.isDone && !parser.keepsAlive)
      let ended = parser.inputEnded()
      #expect(ended)
      #expect(parser.isDone && parser.bodyBytes == 5)
    }

    @Test("A response that is cut short at any byte is told from one that ended")
    func cutShort() throws {
      let bytes = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n0\r\n\r\n".utf8)
      for end in 0..<bytes.count {
        var parser = HTTPResponseParser()
        parser.begin()
        try feed(&parser, String(decoding: bytes[..<end], as: UTF8.self))
        let ended = parser.inputEnded()
        #expect(!ended, "cut after \(end) bytes")
        #expect(parser.hasBegun == (end > 0))
      }
    }

    @Test("What was not asked for stays in the input after the end")
    func bytesAfterTheEnd() throws {
      #expect(try read([Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello".utf8)]).left == 3)
    }

    @Test(
      "The connection lives on unless the response or its version says otherwise",
      arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\nConnection: Upgrade, CLOSE\r\nContent-Length: 0\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", true),
      ])
    func keepAlive(text: String, keepsAlive: Bool) throws {
      var parser = HTTPResponseParser()
      parser.begin()
      try feed(&parser, text)
      #expect(parser.isDone && parser.keepsAlive == keepsAlive)
    }

    @Test("Chunks and body bytes are counted without their framing")
    func counts() throws {
      var parser = HTTPResponseParser(collectsFields: true)
      parser.begin()
      try feed(
        &parser, "HTTP/1.1 200 OK\r\nX-A:  b \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")
      #expect(parser.chunks == 2 && parser.bodyBytes == 5)
      #expect(parser.fields.first == HTTPField("X-A", "b"))
    }

    @Test(
      "What RFC 9112 does not allow is refused by name",
      arguments: [
        ("HTTP/1.1 2x0 OK\r\n", HTTPViolation.statusLine("HTTP/1.1 2x0 OK")),
        ("HTTP/2 200 OK\r\n\r\n", .statusLine("HTTP/2 200 OK")),
        ("HTTP/1.1 200 OK\n", .bareLineFeed),
        ("HTTP/1.1 200 OK\r\nA: b\rc\r\n", .bareCarriageReturn),
        ("HTTP/1.1 200 OK\r\nA : b\r\n", .fieldLine("A : b")),
        ("HTTP/1.1 200 OK\r\n folded\r\n", .fieldLine(" folded")),
        ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n", .contentLength("-1")),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n", .contentLength("99999999999999999999")),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n", .contentLength("1, 1")),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n", .contentLength("a second one, 1")),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n", .transferEncoding("gzip, chunked")),
        (
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
          .transferEncoding("together with content-length or HTTP/1.0")
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", .chunkSize("-1")),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", .chunkSize("")),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1234567890ABCDEF\r\n", .chunkSize("1234567890ABCDEF")),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", .chunkNotEnded),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n", .bodyTooLarge(limit: 1 << 30)),
      ])
    func violations(text: String, violation: HTTPViolation) {
      #expect(throws: violation) { try read([Array(text.utf8)]) }
      #expect(throws: violation) { try read(text.utf8.map { [$0] }) }
    }

    @Test("A head is bounded in bytes, lines and fields, and interim responses in number")
    func bounds() {
      var limits = HTTPLimits()
      limits.lineBytes = 64
      limits.headBytes = 256
      limits.fields = 4
      limits.interimResponses = 2
      let start = "HTTP/1.1 200 OK\r\n"
      #expect(throws: HTTPViolation.lineTooLong(limit: 64)) {
        try read([Array((start + String(repeating: "a", count: 100)).utf8)], limits: limits)
      }
      #expect(throws: HTTPViolation.tooManyFields(limit: 4)) {
        try read([Array((start + String(repeating: "a: b\r\n", count: 5)).utf8)], limits: limits)
      }
      #expect(throws: HTTPViolation.headTooLarge(limit: 256)) {
        let field = "a: \(String(repeating: "b", count: 58))\r\n"
        _ = try read([Array((start + String(repeating: field, count: 4)).utf8)], limits: limits)
      }
      #expect(throws: HTTPViolation.tooManyInterimResponses(limit: 2)) {
        try read([Array(String(repeating: "HTTP/1.1 102 Wait\r\n\r\n", count: 3).utf8)], limits: limits)
      }
    }

    @Test("Mutated and random input ends in an event or a violation, never in a trap")
    func garbage() {
      var random = SplitMix64(seed: 7)
      let seedText = Array(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nhe\r\n0\r\n\r\n".utf8)
      for _ in 0..<20_000 {
        var bytes = seedText
        for _ in 0...Int(random.next() % 4) {
          let index = Int(random.next() % UInt64(bytes.count))
          switch random.next() % 3 {
          case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
          case 1: bytes.remove(at: index)
          default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
          }
        }
        let split = Int(random.next() % UInt64(bytes.count))
        let whole = Result { try read([bytes]) }
        let halves = Result { try read([Array(bytes[..<split]), Array(bytes[split...])]) }
        #expect((try? whole.get()) == (try? halves.get()))
      }
    }
  }
}

/// What came out of a response.
private struct Reading: Equatable {
  var status = 0
  var body = ""
  var ended = false
  /// Bytes not consumed after the end.
  var left = 0
}

private func read(
  _ pieces: [[UInt8]], limits: HTTPLimits = HTTPLimits(), answeringHead: Bool = false
) throws -> Reading {
  var parser = HTTPResponseParser(limits: limits)
  parser.begin(answeringHead: answeringHead)
  var reading = Reading()
  for piece in pieces {
    try piece.withUnsafeBytes { bytes in
      var input = bytes
      while let event = try parser.next(&input) {
        switch event {
        case .head: reading.status = parser.status
        case .body(let body): reading.body += String(decoding: body, as: UTF8.self)
        case .end: reading.ended = true
        }
      }
      reading.left += input.count
    }
  }
  return reading
}

private func feed(_ parser: inout HTTPResponseParser, _ text: String) throws {
  try Array(text.utf8).withUnsafeBytes { bytes in
    var input = bytes
    while try parser.next(&input) != nil {}
  }
}
