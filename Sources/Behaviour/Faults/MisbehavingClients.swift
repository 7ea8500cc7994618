import Foundation
import LoadEngine
import Results
import Stack
import Synchronization
import WireFormats

/// Clients of one kind that misbehave for a while, on threads of their own: bounded in number and in memory.
final class MisbehavingClients: Sendable {
  private let report = Mutex(ClientReport())
  private let isOver = Atomic<Bool>(false)
  private let threads = DispatchGroup()

  /// Begins at once.
  ///
  /// - Parameter clients: each of them is played over and over on a thread of its own.
  init(_ clients: [Misbehaviour], at endpoint: Endpoint, seed: UInt64) {
    for (number, client) in clients.enumerated() {
      threads.enter()
      let thread = Thread { [self] in
        var turn = number
        while !isOver.load(ordering: .relaxed) {
          let seen = client.play(at: endpoint, turn: turn) { self.isOver.load(ordering: .relaxed) }
          report.withLock { $0.add(seen) }
          turn += clients.count
        }
        threads.leave()
      }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  /// Ends them, and waits until the last one is gone.
  func end() -> ClientReport {
    isOver.store(true, ordering: .relaxed)
    threads.wait()
    return report.withLock { $0 }
  }
}

/// What one client does in one turn.
enum Misbehaviour: Sendable {
  /// Reads so much of a download, and is gone.
  case leaveDownload(HalfRead)
  /// Sends so much of an upload, and is gone.
  case leaveUpload(CutRequest)
  /// Reads a few bytes of each of so many responses, every so often.
  case readSlowly(HalfRead, connections: Int, every: Duration)
  /// Sends less of a body than the head announces, and says that this was all.
  case cut([CutRequest])

  /// A request for something long, and what is right of the answer.
  struct HalfRead: Sendable {
    var target: String
    var body: [UInt8]
  }

  /// A request whose body is shorter than its head says.
  struct CutRequest: Sendable {
    /// As in a report: `an upload of 10 MiB, cut after 5 MiB`.
    var name: String
    var head: String
    /// What is sent of the body.
    var body: [UInt8]
  }

  private static let patience = Duration.seconds(3)
  private static let turnPause: UInt32 = 20_000
  /// A slow reader takes so many bytes at a time.
  static let sip = 16

  /// - Parameters:
  ///   - turn: counted over all clients: every other one leaves by a reset, and each at another place.
  ///   - isOver: asked while it goes on for long.
  func play(at endpoint: Endpoint, turn: Int, until isOver: () -> Bool) -> ClientReport {
    var report = ClientReport()
    do throws(RawClientError) {
      switch self {
      case .leaveDownload(let download): try Self.leave(download, endpoint, turn, &report)
      case .leaveUpload(let upload): try Self.leave(upload, endpoint, turn, &report)
      case .readSlowly(let download, let connections, let interval):
        try Self.readSlowly(download, endpoint, connections, every: interval, until: isOver, &report)
      case .cut(let requests): try Self.cut(requests[turn % requests.count], endpoint, &report)
      }
    } catch {
      switch error {
      case .connect(let reason): report.add("no connection: \(reason)")
      }
    }
    usleep(Self.turnPause)
    return report
  }

  private static func leaving(_ turn: Int) -> RawClient.Leaving { turn.isMultiple(of: 2) ? .reset : .finish }

  private static func words(_ leaving: RawClient.Leaving) -> String {
    leaving == .reset ? "left by a reset" : "left by a FIN"
  }

  private static func leave(
    _ download: HalfRead, _ endpoint: Endpoint, _ turn: Int, _ report: inout ClientReport
  ) throws(RawClientError) {
    let client = try RawClient(to: endpoint, patience: patience)
    client.send(get(download.target, endpoint))
    let wanted = [512, 8 << 10, 64 << 10, 256 << 10][turn % 4]
    var bytes: [UInt8] = []
    while bytes.count < wanted, case .bytes(let more) = client.receive(atMost: wanted - bytes.count) { bytes += more }
    report.add(beginning: bytes, of: download)
    report.add(words(leaving(turn)))
    client.leave(leaving(turn))
  }

  private static func leave(
    _ upload: CutRequest, _ endpoint: Endpoint, _ turn: Int, _ report: inout ClientReport
  ) throws(RawClientError) {
    let client = try RawClient(to: endpoint, patience: patience)
    let share = [64 << 10, 1 << 20, upload.body.count][turn % 3]
    client.send(Array(upload.head.utf8) + upload.body.prefix(share))
    // Whoever answers now has not seen the whole.
    if case .bytes(let bytes) = client.receive(atMost: 16 << 10, waits: false) {
      report.add(AnswerToCut(bytes: bytes), to: upload.name)
    }
    report.add(words(leaving(turn)))
    client.leave(leaving(turn))
  }

  private static func readSlowly(
    _ download: HalfRead, _ endpoint: Endpoint, _ connections: Int, every interval: Duration,
    until isOver: () -> Bool, _ report: inout ClientReport
  ) throws(RawClientError) {
    var readers: [SlowReader] = []
    for _ in 0..<connections {
      readers.append(
        SlowReader(
          client: try RawClient(to: endpoint, receiveBuffer: RawClient.smallestBuffer, patience: patience)))
      readers[readers.count - 1].client.send(get(download.target, endpoint))
    }
    while !isOver() {
      for reader in readers { reader.sip(sip) }
      usleep(UInt32(clamping: interval.wholeNanoseconds / 1_000))
    }
    for reader in readers {
      report.add(beginning: reader.bytes, of: download)
      report.add(reader.ending ?? "held its response to the end")
    }
  }

  private static func cut(
    _ request: CutRequest, _ endpoint: Endpoint, _ report: inout ClientReport
  ) throws(RawClientError) {
    let client = try RawClient(to: endpoint, patience: patience)
    client.send(Array(request.head.utf8) + request.body)
    client.finishSending()
    var answer = AnswerToCut()
    while answer.bytes.count < 64 << 10 {
      answer.ending = client.receive(atMost: 16 << 10)
      guard case .bytes(let bytes) = answer.ending else { break }
      answer.bytes += bytes
      // One that keeps the connection open is whole all the same.
      if ReceivedResponse(answer.bytes)?.isWhole == true { break }
    }
    report.add(answer, to: request.name)
  }

  private static func get(_ target: String, _ endpoint: Endpoint) -> [UInt8] {
    Array("GET \(target) HTTP/1.1\r\nHost: \(endpoint.authority)\r\n\r\n".utf8)
  }
}

/// A connection that takes a few bytes now and then.
private final class SlowReader {
  let client: RawClient
  private(set) var bytes: [UInt8] = []
  /// Why there is nothing more to read; nil while there is.
  private(set) var ending: String?

  init(client: consuming RawClient) { self.client = client }

  func sip(_ count: Int) {
    guard ending == nil else { return }
    switch client.receive(atMost: count, waits: false) {
    case .bytes(let more): bytes += more
    case .nothing: break
    case .end: ending = "the server closed the connection"
    case .reset: ending = "the server reset the connection"
    }
  }
}

extension ClientReport {
  /// What came of a download before the client left.
  fileprivate mutating func add(beginning bytes: [UInt8], of download: Misbehaviour.HalfRead) {
    if bytes.isEmpty { return add("got nothing") }
    guard let response = ReceivedResponse(bytes) else {
      // A head in the middle is no mistake of the server.
      return ReceivedHead.isBeginning(bytes) ? add("got a part of the head") : addWrong("no HTTP", bytes)
    }
    if response.status != 200 { return add("answered \(response.status)") }
    if let defect = response.defect(expecting: download.body) {
      return addWrong("GET \(download.target): \(defect)", bytes)
    }
    add("got the right beginning")
  }

  fileprivate mutating func add(_ answer: AnswerToCut, to name: String) {
    switch answer.verdict {
    case .none(let words): add("\(name): \(words)")
    case .refused(let status): add("\(name): answered \(status)")
    case .claimsSuccess(let status):
      add("\(name): answered \(status)")
      addWrong("\(name), was answered \(status)", answer.bytes)
    case .malformed:
      add("\(name): answered what is no HTTP")
    }
  }
}

enum ReceivedHead {
  /// Whether bytes can be the beginning of a response.
  static func isBeginning(_ bytes: [UInt8]) -> Bool {
    zip(bytes, Array("HTTP/1.1 ".utf8)).allSatisfy { $0 == $1 }
  }
}
