import WireFormats

/// What a connection does, over and over.
public enum Work: Sendable {
  /// Each request is drawn at random, with the seed of the plan. At least one.
  case http([HTTPExchange])
  case webSocket(WebSocketScript)
}

/// Connect, upgrade, exchange messages, close, and again.
public struct WebSocketScript: Sendable {
  /// Path and query, percent-encoded.
  public var target: String
  /// Each message is drawn at random, with the seed of the plan. At least one.
  public var messages: [WebSocketExchange]
  /// Added to the opening handshake, such as `origin` or `sec-websocket-protocol`.
  public var fields: [HTTPField] = []
  /// After so many answers the connection is closed and another one opened; nil keeps it.
  public var messagesPerConnection: Int?

  public init(target: String, messages: [WebSocketExchange], messagesPerConnection: Int? = nil) {
    self.target = target
    self.messages = messages
    self.messagesPerConnection = messagesPerConnection
  }
}

/// A text message and the one text message that answers it.
public struct WebSocketExchange: Sendable {
  public var text: [UInt8]
  public var answer: BodyExpectation
  /// What is right just as well, where there is such a thing.
  public var otherAnswer: BodyExpectation?

  public init(_ text: [UInt8], expecting answer: BodyExpectation) {
    self.text = text
    self.answer = answer
  }
}

public struct HTTPExchange: Sendable {
  public var request: HTTPRequest
  public var expectation: Expectation
  /// Whether the chunks of a body are timed one by one. Where they are not, a chunked body whose bytes are expected is
  /// waited for in larger portions, which spares the generator most of its wake-ups.
  public var timesChunks = true

  public init(_ request: HTTPRequest, expecting expectation: Expectation) {
    self.request = request
    self.expectation = expectation
  }
}

/// What the right answer to a request looks like. An answer that differs is an error and not a result.
public struct Expectation: Equatable, Sendable {
  public var status: Int
  /// Nil where it is not known: then it is not looked at.
  public var head: HeadExpectation?
  public var body: BodyExpectation
  /// What is right just as well, where there is such a thing. Neither is a stream of events then.
  public var otherBody: BodyExpectation?

  public init(status: Int = 200, head: HeadExpectation? = nil, body: BodyExpectation) {
    self.status = status
    self.head = head
    self.body = body
  }
}

/// What the head of a right answer with a body says beside its status, and how its body is framed. The body is not encoded.
public struct HeadExpectation: Equatable, Sendable {
  public var type: MediaType
  public var framing: FramingExpectation

  public init(_ type: MediaType, _ framing: FramingExpectation = .length) {
    self.type = type
    self.framing = framing
  }
}

public enum FramingExpectation: Equatable, Sendable, BitwiseCopyable {
  /// The head says how long the body is.
  case length
  /// In chunks of so many bytes each.
  case chunks(bytes: Int)
  /// In chunks with one event in each.
  case chunkForEachEvent
}

public enum BodyExpectation: Equatable, Sendable {
  /// Complete by its framing; the bytes are not looked at.
  case anything
  /// These bytes and no others.
  case exactly([UInt8])
  /// The same JSON text, white space between its tokens apart.
  case json([UInt8])
  /// Pieces one after the other: for an answer that holds a number nobody can foretell.
  case pattern([BodyPiece])
  /// A stream of these server-sent events in this order. Their data may be other JSON text with the same tokens.
  case events([ServerSentEvent])
}

public enum BodyPiece: Equatable, Sendable {
  case literal([UInt8])
  /// One to nineteen decimal digits.
  case digits
}
