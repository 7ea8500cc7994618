/// One kind of work on which the engine is held beside a client that it replaces, and what is to be reached.
package struct EngineWork: Equatable, Sendable {
  /// As the command line and `engine.csv` name it.
  package var name: String
  var title: String
  var request: Request
  var connections = 50
  /// The other client; the engine itself where it is held against itself with fewer connections.
  var peer: LoadClient
  var peerConnections = 50
  /// Whether the engine times every chunk, which no peer does.
  var timesChunks = true
  /// The most that the engine's CPU time per request may be of the peer's; nil where it is only to be seen.
  var cpuLimit: Double?
  /// The least that the engine's throughput may be of the peer's; nil where it says nothing.
  var throughputFloor: Double?
  /// The most memory that the engine may hold; nil where it is not asked.
  var memoryLimitMiB: Double?

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
      name: "small-get", title: "small GET", request: .get("/small", answer: .small), peer: .wrk, cpuLimit: 0.80,
      throughputFloor: 1),
    EngineWork(
      name: "large-get", title: "1 MiB body", request: .get("/large", answer: .large), peer: .wrk, cpuLimit: 0.60,
      throughputFloor: 1),
    EngineWork(
      name: "chunked-get", title: "1 MiB in 100 chunks", request: .get("/chunked", answer: .large), peer: .wrk,
      timesChunks: false, cpuLimit: 0.60, throughputFloor: 1),
    EngineWork(
      name: "chunk-times", title: "the same, each chunk timed", request: .get("/chunked", answer: .large), peer: .wrk),
    EngineWork(
      name: "small-post", title: "POST of a small JSON",
      request: .post("/json", body: .question, answer: .answer), peer: .hey, cpuLimit: 0.10, throughputFloor: 1),
    EngineWork(
      name: "upload", title: "10 MiB multipart upload", request: .upload, peer: .hey, cpuLimit: 0.35,
      throughputFloor: 1),
    EngineWork(
      name: "websocket", title: "WebSocket echo", request: .webSocket, peer: .websockets, cpuLimit: 0.12,
      throughputFloor: 1),
    EngineWork(
      name: "connections", title: "small GET, 1,000 connections beside 50",
      request: .get("/small", answer: .small), connections: 1000, peer: .engine, cpuLimit: 1.5, memoryLimitMiB: 40),
  ]

  /// So many connections the engine has to open, hold and load without an error.
  package static let capacity = 10_000
}
