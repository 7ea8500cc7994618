import Foundation
import Glibc
import LoadEngine
import Machine
import Stack
import Synchronization
import WireFormats

/// Hands what a client sends to a server once its worker sleeps: it has dealt with what came before. Answers pass at once.
///
/// What a server finds when it looks depends on time, and with it how often it looks: the next request while it tidies up
/// after one, two tasks that are due together, a part of an upload. So what it does would depend on the machine.
final class PieceRelay: Sendable {
  /// Where to connect instead of to the server.
  let endpoint: Endpoint
  private let listener: Int32
  private let server: Endpoint
  private let worker: Int32
  private let gathers: Bool
  private let quiet: Duration
  private let isOver = Atomic<Bool>(false)

  /// Less than one segment of the loopback interface, and than servers read at once.
  static let pieceBytes = 61_440
  /// A piece that does not become full by then is the last of a request.
  private static let fullWithin = Duration.milliseconds(100)
  /// Then the server does not come to rest, and gets the piece all the same.
  private static let patience = Duration.seconds(10)

  /// - Parameters:
  ///   - worker: the process that answers.
  ///   - gathers: whether requests are larger than a piece: then each piece is whole, but for the last.
  ///   - quiet: how long the worker has to sleep; zero looks once.
  init(
    to server: Endpoint, worker: Int32, gathers: Bool = false, quiet: Duration = .zero
  ) throws(DeploymentError) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0 else { throw .system(call: "socket", errno: errno) }
    guard PieceRelay.call(bind, listener, port: 0) == 0, listen(listener, 8) == 0 else {
      let failed = errno
      close(listener)
      throw .system(call: "bind", errno: failed)
    }
    endpoint = Endpoint(host: "127.0.0.1", port: UInt16(PieceRelay.port(of: listener)))
    (self.listener, self.server, self.worker) = (listener, server, worker)
    (self.gathers, self.quiet) = (gathers, quiet)
    Thread.detachNewThread { [self] in
      while !isOver.load(ordering: .relaxed) {
        guard PieceRelay.wait([(listener, true)], milliseconds: 50)[0] else { continue }
        let client = accept(listener, nil, nil)
        if client >= 0 { carry(client) }
      }
      close(listener)
    }
  }

  /// Connections that are open end with it.
  func end() { isOver.store(true, ordering: .relaxed) }

  private func carry(_ client: Int32) {
    defer { close(client) }
    let outward = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(outward) }
    guard outward >= 0, PieceRelay.call(connect, outward, port: Int(server.port)) == 0 else { return }
    var one: Int32 = 1
    for descriptor in [client, outward] {
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }
    let own = PieceRelay.port(of: outward)
    var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
    var answer = [UInt8](repeating: 0, count: 262_144)
    var (filled, hasEnded, latest) = (0, false, Instant.now())
    /// The last time that the worker was seen awake.
    var awake = Instant.now()
    while !isOver.load(ordering: .relaxed) {
      let ready = PieceRelay.wait(
        [(outward, true), (client, filled < piece.count && !hasEnded)], milliseconds: filled > 0 ? 1 : 20)
      if ready[0] {
        let count = read(outward, &answer, answer.count)
        guard count > 0, PieceRelay.write(answer[..<count], to: client) else { return }
        awake = .now()
      }
      if ready[1] {
        let count = piece.withUnsafeMutableBytes { read(client, $0.baseAddress! + filled, $0.count - filled) }
        hasEnded = count <= 0
        if count > 0 { (filled, latest) = (filled + count, .now()) }
      }
      if hasEnded, filled == 0 { return }
      guard filled > 0 else { continue }
      let isWhole = !gathers || filled == piece.count || hasEnded || Instant.now() > latest + Self.fullWithin
      let now = Instant.now()
      if !isQuiet(client: own) { awake = now }
      if isWhole, awake < now && now >= awake + quiet || now > latest + Self.patience {
        guard PieceRelay.write(piece[..<filled], to: outward) else { return }
        filled = 0
        latest = .now()
      }
    }
  }

  /// Whether the server has read everything, and its worker sleeps.
  private func isQuiet(client: Int) -> Bool {
    // A request that is one piece was read when it was answered.
    if gathers {
      let table = ProcFile.text("/proc/net/tcp") ?? ""
      guard PieceRelay.waitingBytes(table, server: Int(server.port), client: client) == 0 else { return false }
    }
    return ProcFile.entries("/proc/\(worker)/task").filter { !$0.hasPrefix(".") }.allSatisfy { task in
      ProcFile.text("/proc/\(worker)/task/\(task)/stat").flatMap { ProcessStat($0) }?.state == "S"
    }
  }

  /// The bytes that a server has not read yet of a connection; nil where there is none.
  ///
  /// Source: Linux, `Documentation/networking/proc_net_tcp.rst`.
  static func waitingBytes(_ table: String, server: Int, client: Int) -> Int? {
    for line in table.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: " ", omittingEmptySubsequences: true)
      guard fields.count > 4, Int(fields[1].suffix(4), radix: 16) == server,
        Int(fields[2].suffix(4), radix: 16) == client
      else { continue }
      return fields[4].split(separator: ":").last.flatMap { Int($0, radix: 16) }
    }
    return nil
  }

  // MARK: Sockets

  private static func call(
    _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ descriptor: Int32, port: Int
  ) -> Int32 {
    var address = LoopbackProbe.address(port: port)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private static func port(of descriptor: Int32) -> Int {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// Which of these can be read, of those that are wanted.
  private static func wait(_ wanted: [(descriptor: Int32, isWanted: Bool)], milliseconds: Int32) -> [Bool] {
    var descriptors = wanted.map { pollfd(fd: $0.isWanted ? $0.descriptor : -1, events: Int16(POLLIN), revents: 0) }
    guard poll(&descriptors, nfds_t(descriptors.count), milliseconds) > 0 else { return wanted.map { _ in false } }
    return descriptors.map { $0.revents != 0 }
  }

  private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress!, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
