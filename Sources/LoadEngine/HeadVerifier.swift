import WireFormats

/// Compares the head of an answer, and how its body is framed, with what is expected. Once for each answer.
enum HeadVerifier {
  /// As the hot loop reads it.
  struct Expected {
    var type: UnsafeRawBufferPointer
    var charset: MediaType.Charset
    var framing: FramingExpectation
  }

  /// What was sent instead of what is expected; nil where the whole answer is right.
  static func mismatch(
    _ parser: borrowing HTTPResponseParser, _ events: borrowing EventVerifier, _ expected: Expected
  ) -> String? {
    if let encoding = parser.isEncoded ? parser.contentEncoding : nil {
      return "\(encoding.isEmpty ? "an empty content-encoding" : "content-encoding \(encoding)"), expected none"
    }
    guard parser.isOfType(expected.type, expected.charset) else { return typeMismatch(parser, expected) }
    switch expected.framing {
    case .length: return parser.framing == .length ? nil : framingMismatch(parser, "one with a content-length")
    case .chunks(let bytes):
      guard parser.framing == .chunked else { return framingMismatch(parser, "a chunked one") }
      let areEqual = parser.largestChunk == UInt64(bytes) && parser.bodyBytes == UInt64(parser.chunks * bytes)
      return areEqual ? nil : "\(chunks(parser)), expected chunks of \(bytes) \(bytes == 1 ? "byte" : "bytes")"
    case .chunkForEachEvent:
      guard parser.framing == .chunked else { return framingMismatch(parser, "a chunked one") }
      return events.isOneInEachChunk ? nil : "\(chunks(parser)), expected a chunk for each event"
    }
  }

  private static func typeMismatch(_ parser: borrowing HTTPResponseParser, _ expected: Expected) -> String {
    let right = MediaType(String(decoding: expected.type, as: UTF8.self), charset: expected.charset)
    let sent = parser.contentType.map { "content-type \($0)" } ?? "no content-type"
    return "\(sent), expected \(right)"
  }

  private static func framingMismatch(_ parser: borrowing HTTPResponseParser, _ right: String) -> String {
    let sent =
      switch parser.framing {
      case .none: "no body"
      case .length: "a body with a content-length"
      case .chunked: "a chunked body"
      case .untilClose: "a body that ends with the connection"
      }
    return "\(sent), expected \(right)"
  }

  private static func chunks(_ parser: borrowing HTTPResponseParser) -> String {
    "\(parser.chunks) \(parser.chunks == 1 ? "chunk" : "chunks") of up to \(parser.largestChunk) bytes"
  }
}
