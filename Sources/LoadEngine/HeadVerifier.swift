import WireFormats

/// Compares the head of an answer, and how its body is framed, with what is expected. Once for each answer.
struct HeadVerifier {
  var type: UnsafeRawBufferPointer
  var charset: MediaType.Charset
  var framing: FramingExpectation

  /// Called where the connection lies: a copy of its parser would cost more than the comparison.
  @inline(__always)
  func isRight(_ connection: borrowing Connection) -> Bool {
    guard !connection.parser.isEncoded, connection.parser.isOfType(type, charset) else { return false }
    return isRightlyFramed(connection)
  }

  private func isRightlyFramed(_ connection: borrowing Connection) -> Bool {
    switch framing {
    case .length: connection.parser.framing == .length
    case .chunks(let bytes):
      connection.parser.framing == .chunked && connection.parser.largestChunk == UInt64(bytes)
        && connection.parser.bodyBytes == UInt64(connection.parser.chunks * bytes)
    case .chunkForEachEvent: connection.parser.framing == .chunked && connection.events.isOneInEachChunk
    }
  }

  /// What was sent instead of what is expected.
  func mismatch(_ parser: HTTPResponseParser) -> String {
    if let encoding = parser.contentEncoding {
      return "\(encoding.isEmpty ? "an empty content-encoding" : "content-encoding \(encoding)"), expected none"
    }
    guard parser.isOfType(type, charset) else {
      let right = MediaType(String(decoding: type, as: UTF8.self), charset: charset)
      let sent = parser.contentType.map { "content-type \($0)" } ?? "no content-type"
      return "\(sent), expected \(right)"
    }
    let chunks = "\(parser.chunks) \(parser.chunks == 1 ? "chunk" : "chunks") of up to \(parser.largestChunk) bytes"
    switch framing {
    case .length: return "\(sent(parser.framing)), expected one with a content-length"
    case .chunks where parser.framing != .chunked, .chunkForEachEvent where parser.framing != .chunked:
      return "\(sent(parser.framing)), expected a chunked one"
    case .chunks(let bytes): return "\(chunks), expected chunks of \(bytes) \(bytes == 1 ? "byte" : "bytes")"
    case .chunkForEachEvent: return "\(chunks), expected a chunk for each event"
    }
  }

  private func sent(_ framing: HTTPFraming) -> String {
    switch framing {
    case .none: "no body"
    case .length: "a body with a content-length"
    case .chunked: "a chunked body"
    case .untilClose: "a body that ends with the connection"
    }
  }
}
