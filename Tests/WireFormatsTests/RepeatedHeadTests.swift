import SeededRandom
import Testing
import WireFormats

/// A connection sees many responses, most of them with the same head. What one means never depends on those before it.
@Suite struct RepeatedHeadTests {
  /// What a parser says of a response, errors included.
  private struct Told: Equatable {
    var status = 0
    var body = ""
    var ended = false
    var left = 0
    var framing = HTTPFraming.none
    var keepsAlive = false
    var chunks = 0
    var bodyBytes: UInt64 = 0
    var contentType: String?
    var contentEncoding: String?
    var violation: HTTPViolation?
  }

  private func tell(
    _ parser: inout HTTPResponseParser, _ pieces: [[UInt8]], answeringHead: Bool = false
  ) -> Told {
    var told = Told()
    parser.begin(answeringHead: answeringHead)
    do throws(HTTPViolation) {
      for piece in pieces { try take(&parser, piece, &told) }
    } catch {
      told.violation = error
    }
    guard told.ended else { return told }
    (told.status, told.framing, told.keepsAlive) = (parser.status, parser.framing, parser.keepsAlive)
    (told.chunks, told.bodyBytes) = (parser.chunks, parser.bodyBytes)
    (told.contentType, told.contentEncoding) = (parser.contentType, parser.contentEncoding)
    return told
  }

  private func take(
    _ parser: inout HTTPResponseParser, _ piece: [UInt8], _ told: inout Told
  ) throws(HTTPViolation) {
    // Out of the closure that typed errors do not leave.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: piece)
    var input = UnsafeRawBufferPointer(copy)
    while let event = try parser.next(&input) {
      switch event {
      case .head: break
      case .body(let body): told.body += String(decoding: body, as: UTF8.self)
      case .end: told.ended = true
      }
    }
    told.left += input.count
  }

  private static let plain = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n"

  @Test("The same head again means the same, and its body is a new one")
  func same() {
    var parser = HTTPResponseParser()
    for body in ["hello", "world", "again"] {
      let told = tell(&parser, [Array((Self.plain + body).utf8)])
      #expect(told.ended && told.body == body && told.status == 200 && told.contentType == "text/plain")
    }
  }

  @Test("A head that differs in any one byte is read anew")
  func oneByte() {
    let usual = Array((Self.plain + "hello").utf8)
    for index in 0..<Self.plain.utf8.count {
      var other = usual
      other[index] ^= 1
      var parser = HTTPResponseParser()
      _ = tell(&parser, [usual])
      var fresh = HTTPResponseParser()
      #expect(tell(&parser, [other]) == tell(&fresh, [other]), "byte \(index)")
    }
  }

  @Test("After a head that was refused the one before it is not taken for read")
  func afterAViolation() {
    let usual = [Array((Self.plain + "hello").utf8)]
    let broken = [Array("HTTP/1.1 500 No\r\nContent-Type: a/b\r\nContent-Length: x\r\n\r\n".utf8)]
    var parser = HTTPResponseParser()
    let first = tell(&parser, usual)
    #expect(tell(&parser, broken).violation != nil)
    #expect(tell(&parser, usual) == first)
  }

  @Test("The same head answers HEAD without a body, and GET with one")
  func answeringHead() {
    var parser = HTTPResponseParser()
    let head = [Array(Self.plain.utf8)]
    let whole = [Array((Self.plain + "hello").utf8)]
    for _ in 0..<2 {
      #expect(tell(&parser, head, answeringHead: true).body == "")
      #expect(tell(&parser, whole).body == "hello")
    }
  }

  @Test("Fields are collected from every head where they are asked for")
  func collected() {
    var parser = HTTPResponseParser(collectsFields: true)
    for _ in 0..<3 {
      #expect(tell(&parser, [Array((Self.plain + "hello").utf8)]).ended)
      #expect(parser.fields.map(\.name) == ["Content-Type", "Content-Length"])
    }
  }

  @Test("The fields of trailers count together with those of a head that was known")
  func trailers() {
    let head = "HTTP/1.1 200 OK\r\nA: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    var limits = HTTPLimits()
    limits.fields = 3
    var parser = HTTPResponseParser(limits: limits)
    #expect(tell(&parser, [Array("\(head)B: 1\r\n\r\n".utf8)]).ended)
    #expect(tell(&parser, [Array("\(head)B: 1\r\nC: 1\r\n\r\n".utf8)]).violation == .tooManyFields(limit: 3))
  }

  @Test("Whatever came before, in whatever pieces, a response means what it means to a new parser")
  func anySequence() {
    let responses = [
      Self.plain + "hello", Self.plain + "other",
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nseventh",
      "HTTP/1.1 404 Not Found\r\nContent-Encoding: gzip\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\nDigest: x\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n" + Self.plain + "hello",
      "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
      "HTTP/1.1 204 No Content\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: \(String(repeating: "y", count: 1500))\r\nContent-Length: 1\r\n\r\nx",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
    ].map { Array($0.utf8) }
    var random = SplitMix64(seed: 25)
    var parser = HTTPResponseParser()
    for number in 0..<3000 {
      var response = responses[random.next(below: responses.count)]
      if random.next(below: 8) == 0 { response = response.mutated(by: &random) }
      let pieces = random.next(below: 3) == 0 ? response.pieces(by: &random) : [response]
      var fresh = HTTPResponseParser()
      let expected = tell(&fresh, pieces)
      #expect(tell(&parser, pieces) == expected, "response \(number): \(String(decoding: response, as: UTF8.self))")
    }
  }
}
