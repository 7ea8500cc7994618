/// One kind of work on which the engine is held beside other clients, and what is to be reached.
package struct EngineWork: Equatable, Sendable {
  /// As the command line and `engine.csv` name it.
  package var name: String
  var title: String
  var request: Request
  var connections = 50
  /// Beside whom; a round has one run of each.
  var peers: [Peer]
  /// Whether the engine times every chunk, which no peer does.
  var timesChunks = true
  /// The most memory that the engine may hold; nil where it is not asked.
  var memoryLimitMiB: Double?

  /// Another client, and what the engine is to reach beside it. The engine itself where it is held against itself with
  /// fewer connections.
  struct Peer: Equatable, Sendable {
    var client: LoadClient
    var connections = 50
    /// The most that the engine's CPU time per request may be of the peer's; nil where it is only to be seen.
    var cpuLimit: Double?
    /// The least that the engine's throughput may be of the peer's; nil where it says nothing.
    var throughputFloor: Double?
  }

  /// What is asked for, and of whom.
  enum Request: Equatable, Sendable {
    /// A target on nginx, and the body of its answer.
    case get(String, answer: PeerFiles.Name?)
    case post(String, body: PeerFiles.Name, answer: PeerFiles.Name)
    /// On the reference target.
    case upload
    case webSocket

    var needsReference: Bool { self == .upload || self == .webSocket }
  }

  package static let all = [
    EngineWork(
      name: "small-get", title: "small GET", request: .get("/small", answer: .small),
      peers: [Peer(client: .floor, cpuLimit: 1.10), Peer(client: .wrk, cpuLimit: 0.97, throughputFloor: 1)]),
    EngineWork(
      name: "large-get", title: "1 MiB body", request: .get("/large", answer: .large),
      peers: [Peer(client: .floor, cpuLimit: 1.15), Peer(client: .wrk, cpuLimit: 0.50, throughputFloor: 1)]),
    EngineWork(
      name: "chunked-get", title: "1 MiB in 100 chunks", request: .get("/chunked", answer: .large),
      peers: [Peer(client: .floor), Peer(client: .wrk)], timesChunks: false),
    EngineWork(
      name: "chunk-times", title: "the same, each chunk timed", request: .get("/chunked", answer: .large),
      peers: [Peer(client: .wrk)]),
    EngineWork(
      name: "small-post", title: "POST of a small JSON",
      request: .post("/json", body: .question, answer: .answer),
      peers: [Peer(client: .floor, cpuLimit: 1.10), Peer(client: .hey)]),
    EngineWork(
      name: "upload", title: "10 MiB multipart upload", request: .upload, peers: [Peer(client: .hey)]),
    EngineWork(
      name: "websocket", title: "WebSocket echo", request: .webSocket,
      peers: [Peer(client: .floor, cpuLimit: 1.10), Peer(client: .websockets)]),
    EngineWork(
      name: "connections", title: "small GET, 1,000 connections beside 50",
      request: .get("/small", answer: .small), connections: 1000, peers: [Peer(client: .engine, cpuLimit: 1.5)],
      memoryLimitMiB: 40),
  ]

  /// So many connections the engine has to open, hold and load without an error.
  package static let capacity = 10_000
  /// The most memory that it may hold with them.
  static let capacityLimitMiB = 120.0
}
