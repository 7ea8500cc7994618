import SeededRandom
import Testing
import WireFormats

@Suite struct HTTPResponseParserTests {
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
    #expect(!parser.keepsAlive && parser.framing == .untilClose)
    let ended = parser.inputEnded()
    #expect(ended && parser.bodyBytes == 5)
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
    #expect(parser.framing == .length && parser.keepsAlive == keepsAlive)
  }

  @Test("Chunks and body bytes are counted without their framing")
  func counts() throws {
    var parser = HTTPResponseParser(collectsFields: true)
    parser.begin()
    try feed(
      &parser, "HTTP/1.1 200 OK\r\nX-A:  b \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")
    #expect(parser.chunks == 2 && parser.bodyBytes == 5 && parser.largestChunk == 3 && parser.framing == .chunked)
    #expect(parser.fields.first == HTTPField("X-A", "b"))
  }

  @Test("The end of each chunk is told with its last bytes, however they are cut")
  func endsOfChunks() throws {
    let bytes = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n".utf8)
    for pieces in cuts(of: bytes) {
      var parser = HTTPResponseParser()
      parser.begin()
      var ends: [UInt64] = []
      for piece in pieces {
        try piece.withUnsafeBytes { bytes in
          var input = bytes
          while let event = try parser.next(&input) {
            if case .body = event, parser.isAtEndOfChunk { ends.append(parser.bodyBytes) }
          }
        }
      }
      #expect(ends == [2, 5])
    }
  }

  @Test("Type and encoding of the body are told as they came, several of them joined, and forgotten with the next head")
  func contentFields() throws {
    func told(_ head: String) throws -> [String?] {
      let early = "HTTP/1.1 103 Early\r\nContent-Type: a/b\r\n\r\n"
      let bytes = Array("\(early)HTTP/1.1 200 OK\r\n\(head)Content-Length: 0\r\n\r\n".utf8)
      var all: [[String?]] = []
      for pieces in cuts(of: bytes) {
        var parser = HTTPResponseParser()
        parser.begin()
        try feed(&parser, "HTTP/1.1 200 OK\r\nContent-Type: x/y\r\nContent-Encoding: br\r\nContent-Length: 0\r\n\r\n")
        parser.begin()
        for piece in pieces { try feed(&parser, piece) }
        #expect(parser.isEncoded == (parser.contentEncoding != nil))
        all.append([parser.contentType, parser.contentEncoding])
      }
      #expect(Set(all).count == 1)
      return all[0]
    }
    #expect(try told("") == [nil, nil])
    #expect(try told("content-TYPE:  text/plain \r\n") == ["text/plain", nil])
    #expect(try told("Content-Encoding: gzip\r\ncontent-encoding:\r\n") == [nil, "gzip, "])
    #expect(try told("Content-Type: a/b\r\nContent-Type: c/d\r\n") == ["a/b, c/d", nil])
    #expect(try told("Content-Typ: a/b\r\nContent-Encodings: c\r\n") == [nil, nil])
    let long = String(repeating: "a", count: 201)
    #expect(try told("Content-Type: \(long)\r\n") == ["\(long.dropLast())…", nil])
  }

  @Test(
    "A media type is known in any spelling, with the charset that it may or must have, and with nothing else",
    arguments: [
      ("text/plain; charset=utf-8", [.utf8, .utf8OrNone]), ("TEXT/Plain;Charset=\"UTF-8\"", [.utf8, .utf8OrNone]),
      ("text/plain \t; \tcharset=Utf-8", [.utf8, .utf8OrNone]),
      ("text/plain                    ;                    charset=utf-8", [.utf8, .utf8OrNone]),
      ("text/plain", [.utf8OrNone, .none]),
      ("Text/PLAIN", [.utf8OrNone, .none]), ("text/plain;", []), ("text/plain; charset=latin-1", []),
      ("text/plain; charset=utf-16", []), ("text/plain; charset=utf-8; charset=utf-8", []),
      ("text/plain; charset=utf-8; format=flowed", []), ("text/plain; format=flowed", []),
      ("text/plain, text/plain", []), ("text/plain; charset=utf-8, text/plain", []), ("text/plain charset=utf-8", []),
      ("text/plaintext", []), ("text/plai", []), ("text", []), ("", []), ("text/html; charset=utf-8", []),
      ("x/text/plain", []), ("text/plain; charset = utf-8", []), ("text/plain; charset=utf-8x", []),
    ] as [(String, [MediaType.Charset])])
  func mediaTypes(value: String, charsets: [MediaType.Charset]) throws {
    var parser = HTTPResponseParser()
    parser.begin()
    try feed(&parser, "HTTP/1.1 200 OK\r\nContent-Type: \(value)\r\nContent-Length: 0\r\n\r\n")
    let known = [MediaType.Charset.utf8, .utf8OrNone, .none].filter { charset in
      Array("text/plain".utf8).withUnsafeBytes { parser.isOfType($0, charset) }
    }
    #expect(known == charsets)
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
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n", .transferEncoding("'gzip, chunked'")),
      (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        .transferEncoding("said twice")
      ),
      (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
        .transferEncoding("beside a content-length or in HTTP/1.0")
      ),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", .chunkSize("-1")),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", .chunkSize("")),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1234567890ABCDEF\r\n", .bodyTooLarge(limit: 1 << 30)),
      (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\n", .chunkSize("10000000000000005")
      ),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", .chunkNotEnded),
      ("HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n", .bodyTooLarge(limit: 1 << 30)),
    ])
  func violations(text: String, violation: HTTPViolation) {
    #expect(throws: violation) { try read([Array(text.utf8)]) }
    #expect(throws: violation) { try read(text.utf8.map { [$0] }) }
  }

  @Test(
    "A control byte is refused wherever it stands in a head, in trailers or in the framing of a chunk",
    arguments: [
      "HTTP/1.1 200 O~K\r\n", "HTTP/1.1 200 ~\r\n", "HTTP/1.1 200 OK\r\nA: ~\r\n", "HTTP/1.1 200 OK\r\nA: b~\r\n",
      "HTTP/1.1 200 OK\r\nA: ~b\r\n", "HTTP/1.1 200 OK\r\nA~: b\r\n",
      "HTTP/1.1 200 OK\r\nA: a value of more than eight bytes~ and of more after it\r\n",
      "HTTP/1.1 103 Early~Hints\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"~\"\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b~c\r\n",
    ])
  func controls(text: String) {
    for control in (0...0x1F).map({ UInt8($0) }) + [0x7F] where ![0x09, 0x0A, 0x0D].contains(control) {
      let bytes = text.utf8.map { $0 == UInt8(ascii: "~") ? control : $0 }
      for pieces in cuts(of: bytes) {
        #expect(throws: HTTPViolation.controlByte(control)) { try read(pieces) }
      }
    }
  }

  @Test("Tabs, and bytes beyond ASCII, may stand in a field value, a reason and a trailer")
  func tabsAndObsoleteText() throws {
    let text =
      "HTTP/1.1 200 O\tK ~\r\nA:\tb\tc ~\r\nB: ~\r\nTransfer-Encoding:\tchunked\t\r\n\r\n"
      + "5;a=\"\t~\"\r\nhello\r\n0\r\nC: \t~\r\n\r\n"
    for byte in UInt8(0x80)...0xFF {
      let bytes = text.utf8.map { $0 == UInt8(ascii: "~") ? byte : $0 }
      let expected = Reading(status: 200, body: "hello", ended: true, left: 0)
      #expect(try read([bytes]) == expected)
      #expect(try read(bytes.map { [$0] }) == expected)
    }
  }

  @Test(
    "A chunk size has any number of leading zeros and any extensions that the grammar knows",
    arguments: [
      "5", "05", "0000000000000005", "00000000000000000000000000000000000000000000000005", "5;a", "5;a=b", "5;a=\"\"",
      "5;a=\"x;y\"", "5;a=\"\\\"\"", "5 ; a = b", "5\t;\ta\t=\tb", "5;a;b=c;d=\"e f\";a", "5;a=\"x\";b", "5;1=2",
    ])
  func chunkSizes(line: String) throws {
    let text =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      + "\(line)\r\nhello\r\n\(line.replacing("5", with: "0", maxReplacements: 1))\r\n\r\n"
    for pieces in cuts(of: Array(text.utf8)) {
      #expect(try read(pieces) == Reading(status: 200, body: "hello", ended: true, left: 0))
    }
  }

  @Test(
    "What is not a chunk size with proper extensions is refused",
    arguments: [
      "0x5", "5x", "x5", " 5", "\t5", "5 ", "5\t", "+5", "-5", "5,", "5 5", "5;", "5;;a", "5;a;", "5;=x", "5;a=",
      "5;a=\"x", "5;a=\"x\\", "5;a=\"x\\\"", "5;a=b c", "5;a b", "5;a=\"x\"y", "5;a=\"x\"\"y\"", "5;a=b=c", "5;a=b ",
      "5;a ",
      "5; ", "5;(=b", "5;a=(", "5;a=\u{e4}", "5 a", "FFFFFFFFFFFFFFFF5", "10000000000000000",
    ])
  func badChunkSizes(line: String) {
    let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(line)\r\nhello\r\n0\r\n\r\n"
    let violation = HTTPViolation.chunkSize(line.replacing("\t", with: #"\t"#))
    for pieces in cuts(of: Array(text.utf8)) { #expect(throws: violation) { try read(pieces) } }
  }

  @Test("Hexadecimal digits of a chunk size may be upper or lower case")
  func hexadecimal() throws {
    let body = String(repeating: "x", count: 0xAF)
    for size in ["AF", "af", "aF", "000Af"] {
      let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(size)\r\n\(body)\r\n0\r\n\r\n"
      #expect(try read([Array(text.utf8)]) == Reading(status: 200, body: body, ended: true, left: 0))
    }
  }

  @Test("Chunks that are together larger than the limit are refused by their sizes, however large those are")
  func chunksBeyondTheLimit() {
    var limits = HTTPLimits()
    limits.bodyBytes = 8
    for size in ["4", "FFFFFFFFFFFFFFFF", "FFFFFFFFFFFFFFFB"] {
      let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n\(size)\r\n"
      #expect(throws: HTTPViolation.bodyTooLarge(limit: 8)) { try read([Array(text.utf8)], limits: limits) }
    }
  }

  @Test("A length has any number of leading zeros")
  func lengthWithZeros() throws {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 000000000000000000000000005\r\n\r\nhello"
    for pieces in cuts(of: Array(text.utf8)) {
      #expect(try read(pieces) == Reading(status: 200, body: "hello", ended: true, left: 0))
    }
  }

  @Test("A violation quotes what is no text, or no safe text, as escapes")
  func quotes() {
    let bytes = Array("HTTP/1.1 2\u{85}\u{202e}".utf8) + [0xFF, 0x0D, 0x0A]
    #expect(throws: HTTPViolation.statusLine(#"HTTP/1.1 2\u{85}\u{202e}\xff"#)) { try read([bytes]) }
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
  try feed(&parser, Array(text.utf8))
}

private func feed(_ parser: inout HTTPResponseParser, _ bytes: [UInt8]) throws {
  try bytes.withUnsafeBytes { bytes in
    var input = bytes
    while try parser.next(&input) != nil {}
  }
}
