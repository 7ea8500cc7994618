/// One event of an event stream, as a value of its own.
///
/// For expectations and messages; the parser hands out its buffers instead, which cost no allocation.
public struct ServerSentEvent: Equatable, Sendable {
  /// The last event ID that the stream had set when the event was complete; empty where it never did.
  public var id: String
  /// The event's type; `message` where the stream named none.
  public var type: String
  /// The lines of data, joined by line feeds.
  public var data: String

  public init(id: String = "", type: String = "message", data: String) {
    self.id = id
    self.type = type
    self.data = data
  }

  /// A copy of the event that `parser` completed last.
  public init(_ parser: ServerSentEventParser) {
    id = String(decoding: parser.lastEventID, as: UTF8.self)
    type = String(decoding: parser.type, as: UTF8.self)
    data = String(decoding: parser.data, as: UTF8.self)
  }
}

/// How a server broke the event-stream format or one of our bounds.
public enum EventStreamViolation: Error, Equatable, Sendable, CustomStringConvertible {
  /// The stream is not UTF-8. A browser would replace the bytes and go on; a measuring client has to notice.
  case invalidUTF8
  /// A line is longer than the parser was told to accept, in bytes.
  case lineTooLong(limit: Int)
  /// The data of an event is longer than the parser was told to accept, in bytes.
  case eventTooLong(limit: Int)

  public var description: String {
    switch self {
    case .invalidUTF8: "the event stream is not UTF-8"
    case .lineTooLong(let limit): "a line of the event stream is longer than \(limit) bytes"
    case .eventTooLong(let limit): "an event carries more than \(limit) bytes of data"
    }
  }
}
