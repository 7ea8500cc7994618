import WireFormats

/// What to load, how, and for how long. Orthogonal parts: any pacing goes with any exchange.
public struct LoadPlan: Sendable {
  public var endpoint: Endpoint
  public var work: Work
  public var pacing = Pacing.closedLoop
  public var connections = 50
  public var threads = 1
  /// The connections are opened one after another over this time; the warm-up, and the schedule of an open loop, begin when
  /// all of them stand. nil is a millisecond for each connection, and a second at the most. Zero opens all at once.
  public var rampUp: Duration?
  /// Whether each connection works as in a closed loop from when it stands until all do. Opened on an idle server, most go
  /// to whichever of its workers wakes first (docs/lab-notes/2026-11-25-connections-and-workers.md has it in figures).
  /// nil is true in a closed loop that lasts for a time; an open loop, and one of so many requests, send nothing but what
  /// they were asked for.
  public var isBusyInRampUp: Bool?
  /// From the moment all connections stand. Its responses are verified and not counted.
  public var warmUp = Duration.seconds(1)
  /// The measured time, directly after the warm-up.
  public var window = Duration.seconds(10)
  /// The window ends with the last of so many requests, and after its length at the latest, or when no connection stood
  /// for as long as the timeout. What the warm-up sends is not among them, nor is a connection that does not come about.
  public var requests: Int?
  /// The window does not begin before this instant, and the warm-up lasts until then: loads of several generators agree on
  /// it. Where connections come to stand too late for their warm-up, the window begins later, and the result says when.
  public var agreedStart: Instant?
  /// So many exchanges are to be verified in the window: until then it is prolonged, each time by its own length, up to
  /// `longestWindow`. Long exchanges on many connections need it, or a short window would see none of them end.
  public var minimumVerified = 0
  public var longestWindow = Duration.zero
  /// The length of a slice of the series in the result.
  public var sliceLength = Duration.seconds(1)
  /// For one connect and for one exchange, each.
  public var timeout = Duration.seconds(10)
  public var seed: UInt64 = 1
  public var limits = HTTPLimits()

  public init(endpoint: Endpoint, work: Work) {
    self.endpoint = endpoint
    self.work = work
  }

  var worksInRampUp: Bool { isBusyInRampUp ?? (pacing == .closedLoop && requests == nil) }

  /// Between one connection and the next, over all threads.
  var openingPause: Duration {
    (rampUp ?? min(.milliseconds(connections), .seconds(1))) / connections
  }
}

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

/// When the next request is sent.
public enum Pacing: Equatable, Sendable {
  /// As soon as the response before it on the same connection is complete.
  case closedLoop
  /// At instants fixed beforehand, whatever the server does. A request that finds no free connection waits,
  /// and its wait is part of its latency.
  case openLoop(perSecond: Double, arrivals: Arrivals)
}

public enum Arrivals: Equatable, Sendable {
  /// At equal distances.
  case constant
  /// At exponentially distributed distances, drawn with the seed of the plan.
  case poisson
}

/// A plan that cannot be run.
public enum LoadPlanError: Error, Equatable, Sendable, CustomStringConvertible {
  case noExchanges
  case outOfRange(name: String, value: String, allowed: String)
  case endpoint(EndpointError)
  case descriptors(needed: Int, limit: Int)
  case system(SystemError)

  public var description: String {
    switch self {
    case .noExchanges: "the load plan has no exchange to send"
    case .outOfRange(let name, let value, let allowed): "\(name) is \(value); allowed is \(allowed)"
    case .endpoint(let error): "\(error)"
    case .descriptors(let needed, let limit):
      "\(needed) open files are needed and \(limit) are allowed; raise the limit with: ulimit -n \(needed)"
    case .system(let error): "\(error)"
    }
  }
}
