import Foundation

/// A program that loads a server: ours, those it replaces, and what none can be below.
enum LoadClient: String, CaseIterable, Sendable {
  /// `shootout load`, which verifies every byte of every response.
  case engine
  /// `shootout floor`, which sends and receives the same bytes and does nothing with them.
  case floor
  case wrk
  case hey
  /// `fixtures/peers/websocket_client.py`.
  case websockets

  /// What a client is to do.
  struct Task {
    var work: EngineWork
    /// `http://127.0.0.1:<port>`
    var server: String
    var connections: Int
    var seconds: Int
    var files: PeerFiles
  }

  /// The arguments, without the program.
  func arguments(_ task: Task) -> [String] {
    switch self {
    case .engine: Self.engineArguments(task)
    case .floor:
      ["floor", "--connections", "\(task.connections)", "--duration", "\(task.seconds)s"] + Self.request(task)
    case .wrk: ["-t1", "-c\(task.connections)", "-d\(task.seconds)s", Self.url(task)]
    case .hey: Self.heyArguments(task)
    case .websockets: [Self.url(task), "\(task.connections)", "\(task.seconds)"]
    }
  }

  private static func url(_ task: Task) -> String {
    switch task.work.request {
    case .get(let target, _), .post(let target, _, _): task.server + target
    case .upload: task.server + "/upload"
    case .webSocket: task.server.replacing("http://", with: "ws://") + "/ws"
    }
  }

  private static func engineArguments(_ task: Task) -> [String] {
    let answer: PeerFiles.Name? =
      switch task.work.request {
      case .get(_, let answer): answer
      case .post(_, _, let answer): answer
      case .upload: .uploadAnswer
      case .webSocket: nil
      }
    return ["load", "--connections", "\(task.connections)", "--duration", "\(task.seconds)s", "--json", "-"]
      + (answer.map { ["--expect-body", task.files.path($0)] } ?? [])
      + (task.work.timesChunks ? [] : ["--no-chunk-times"]) + request(task)
  }

  /// What is sent, in the options that `load` and `floor` share.
  private static func request(_ task: Task) -> [String] {
    let particular: [String] =
      switch task.work.request {
      case .get: []
      case .post(_, let body, _): ["--body", task.files.path(body), "--header", "content-type: application/json"]
      case .upload: ["--upload", "file=" + task.files.path(.upload)]
      case .webSocket: ["--websocket"]
      }
    return particular + [url(task).replacing("ws://", with: "http://")]
  }

  private static func heyArguments(_ task: Task) -> [String] {
    let particular: [String] =
      switch task.work.request {
      case .post(_, let body, _): ["-m", "POST", "-T", "application/json", "-D", task.files.path(body)]
      case .upload:
        ["-m", "POST", "-T", "multipart/form-data; boundary=\(PeerFiles.boundary)", "-D", task.files.path(.multipart)]
      case .get, .webSocket: []
      }
    return ["-c", "\(task.connections)", "-z", "\(task.seconds)s", "-t", "60"] + particular + [url(task)]
  }

  /// What the client says it did; nil where its output cannot be read.
  func report(_ output: String) -> ClientReport? {
    switch self {
    case .engine, .floor, .websockets: Self.jsonReport(output)
    case .wrk: Self.wrkReport(output)
    case .hey: Self.heyReport(output)
    }
  }

  private struct JSONReport: Decodable {
    var requests: Int
    var warmUpRequests: Int?
    var drainedRequests: Int?
    var errors: [String: Int]?
    var failed: Int?
    var durationS: Double
    var connectionsOpened: Int?
  }

  private static func jsonReport(_ output: String) -> ClientReport? {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let json = try? decoder.decode(JSONReport.self, from: Data(output.utf8)) else { return nil }
    return ClientReport(
      counted: json.requests, others: (json.warmUpRequests ?? 0) + (json.drainedRequests ?? 0),
      failed: (json.failed ?? 0) + (json.errors?.values.reduce(0, +) ?? 0), seconds: json.durationS)
  }

  /// `88616 requests in 1.00s, 13.61MB read`, and lines for what went wrong.
  private static func wrkReport(_ output: String) -> ClientReport? {
    guard let count = output.firstMatch(of: /(\d+) requests in\s/).flatMap({ Int($0.1) }),
      let rate = output.firstMatch(of: /Requests\/sec:\s+([\d.]+)/).flatMap({ Double($0.1) }), rate > 0
    else { return nil }
    let errors = output.firstMatch(of: /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/)
    let unexpected = output.firstMatch(of: /Non-2xx or 3xx responses: (\d+)/).flatMap { Int($0.1) } ?? 0
    let failed = errors.map { [$0.1, $0.2, $0.3, $0.4].compactMap { Int($0) }.reduce(0, +) } ?? 0
    return ClientReport(counted: count, others: 0, failed: failed + unexpected, seconds: Double(count) / rate)
  }

  /// `[200]  55340 responses` in the status code distribution, and `[3]  Post "…": …` in the error distribution.
  private static func heyReport(_ output: String) -> ClientReport? {
    guard let seconds = output.firstMatch(of: /Total:\s+([\d.]+) secs/).flatMap({ Double($0.1) }), seconds > 0 else {
      return nil
    }
    var good = 0
    var failed = 0
    for match in output.matches(of: /\[(\d+)\]\s+(\d+) responses/) {
      guard let count = Int(match.2) else { return nil }
      if match.1 == "200" { good += count } else { failed += count }
    }
    if let errors = output.range(of: "Error distribution:") {
      for match in output[errors.upperBound...].matches(of: /\[(\d+)\]\t/) { failed += Int(match.1) ?? 0 }
    }
    return ClientReport(counted: good, others: 0, failed: failed, seconds: seconds)
  }
}

/// What a client says of its run.
struct ClientReport: Equatable {
  /// Good answers that its throughput counts.
  var counted: Int
  /// Good answers before and after its window: they took CPU time, too.
  var others: Int
  var failed: Int
  /// The length of its window.
  var seconds: Double
}
