import WireFormats

/// What the right answer to a request looks like. An answer that differs is an error and not a result.
public struct Expectation: Equatable, Sendable {
  public var status: Int
  public var body: BodyExpectation

  public init(status: Int = 200, body: BodyExpectation) {
    self.status = status
    self.body = body
  }
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
