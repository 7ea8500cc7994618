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
  /// they were asked for. The schedule of an open loop begins when what was sent meanwhile has ended: else the queue that a slow
  /// server has of it would be taken for one of the schedule.
  public var isBusyInRampUp: Bool?
  /// Of an open loop: whether each connection carries one exchange when it first stands, which is of the warm-up. One that
  /// idles afterwards is then a connection that was of use.
  public var beginsWithExchange = false
  /// Of an open loop: which of several free connections takes what is due. The one that was used last, as pools of
  /// connections do; or the one that has waited longest, so that all of them are used.
  public var takesTurns = false
  /// From the moment all connections stand, and of an open loop, rest. Its responses are verified and not counted.
  public var warmUp = Duration.seconds(1)
  /// The measured time, directly after the warm-up.
  public var window = Duration.seconds(10)
  /// The window ends with the last of so many requests, and after its length at the latest, or when no connection stood
  /// for as long as the timeout. What the warm-up sends is not among them, nor is a connection that does not come about.
  public var requests: Int?
  /// The window does not begin before this instant, and the warm-up lasts until then: loads of several generators agree on
  /// it. Where connections come to stand too late for their warm-up, the window begins later, and the result says when.
  public var agreedStart: Instant?
  /// So many exchanges are to end in the window, right or wrong, and a connection that fails is one of them: until then it
  /// is prolonged, each time by its own length, up to `longestWindow`. Long exchanges on many connections need it, or a
  /// short window would see none of them end.
  public var minimumEnded = 0
  public var longestWindow = Duration.zero
  /// The length of a slice of the series in the result.
  public var sliceLength = Duration.seconds(1)
  /// For one connect and for one exchange, each.
  public var timeout = Duration.seconds(10)
  /// For the closing handshake of a WebSocket. Thousands of them at once take a server longer than one.
  public var closingTime = Duration.seconds(1)
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
