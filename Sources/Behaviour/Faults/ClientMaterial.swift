import BenchSupport
import Results
import SeededRandom
import Stack
import WireFormats

/// What misbehaving clients ask for and send.
struct ClientMaterial {
  var endpoint: Endpoint
  var download: Misbehaviour.HalfRead
  var seed: UInt64

  init(_ material: ScenarioMaterial, at endpoint: Endpoint) throws {
    self.endpoint = endpoint
    download = .init(target: "/json-large", body: try material.bytes("payloads/json-large.json"))
    seed = material.seed
  }

  /// In the name of each row that a cut request would insert.
  static let markOfRows = "cut-request"

  /// So many connections hold responses at a time.
  static let slowReaders = 48
  private static let sipInterval = Duration.milliseconds(500)

  /// The clients of a fault; none where no clients misbehave in it.
  func clients(of fault: InjectedFault) -> [Misbehaviour] {
    switch fault {
    case .workerKilled, .databaseStopped: []
    case .downloadLeft: [Misbehaviour](repeating: .leaveDownload(download), count: 4)
    case .uploadLeft: [Misbehaviour](repeating: .leaveUpload(cutUpload), count: 3)
    case .slowReaders: [.readSlowly(download, connections: Self.slowReaders, every: Self.sipInterval)]
    case .bodyCut: [Misbehaviour](repeating: .cut([cutUpload, cutJSON, shortJSON]), count: 3)
    }
  }

  /// A form with a file of 10 MiB, of which 4 MiB are sent.
  private var cutUpload: Misbehaviour.CutRequest {
    let boundary = "----shootout-cut-3f0c2b7d"
    let before = Array(
      ("--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"cut.bin\"\r\n"
        + "Content-Type: application/octet-stream\r\n\r\n").utf8)
    let after = "\r\n--\(boundary)--\r\n".utf8.count
    var random = SplitMix64(seed: seed)
    let piece = (0..<(64 << 10)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    let sent = before + (0..<64).flatMap { _ in piece }
    return .init(
      name: "an upload of 10 MiB, cut after 4 MiB",
      head: head("/upload", "multipart/form-data; boundary=\(boundary)", before.count + (10 << 20) + after), body: sent)
  }

  private var cutJSON: Misbehaviour.CutRequest {
    let (whole, half) = (row("half"), row("half").dropLast(20))
    return .init(
      name: "a row in JSON, cut in the middle", head: head("/db", "application/json", whole.utf8.count),
      body: Array(half.utf8))
  }

  /// Only its length tells that something is missing.
  private var shortJSON: Misbehaviour.CutRequest {
    let whole = row("short")
    return .init(
      name: "a row in JSON, whole but shorter than its content-length",
      head: head("/db", "application/json", whole.utf8.count + 64), body: Array(whole.utf8))
  }

  private func row(_ kind: String) -> String {
    #"{"name":"\#(Self.markOfRows)-\#(kind)","email":"cut@example.com","bio":"A row that nobody asked for in full."}"#
  }

  private func head(_ target: String, _ type: String, _ length: Int) -> String {
    "POST \(target) HTTP/1.1\r\nHost: \(endpoint.authority)\r\nContent-Type: \(type)\r\nContent-Length: \(length)\r\n\r\n"
  }
}
