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
  private let carrier: Carrier
  /// Where to connect instead of to the server. It stays the same, as caches of servers may be by the name of the host.
  var endpoint: Endpoint { carrier.endpoint }

  /// - Parameter worker: the process that answers.
  init(to server: Endpoint, worker: Int32) throws(DeploymentError) {
    carrier = try Carrier(to: server, worker: worker)
  }

  deinit { carrier.end() }

  /// How it hands on what comes from now on.
  ///
  /// - Parameters:
  ///   - gathers: whether requests are larger than a piece: then each piece is whole, but for the last.
  ///   - quiet: how long the worker has to sleep; zero looks once.
  func use(gathers: Bool, quiet: Duration) {
    carrier.manner.withLock { $0 = Carrier.Manner(gathers: gathers, quiet: quiet) }
  }

  /// Less than one segment of the loopback interface, and than servers read at once.
  static let pieceBytes = 61_440

  /// Whether a thread sleeps, by the bytes of its `stat`: the letter after its name, which may hold parentheses itself.
  static func sleeps(_ stat: [UInt8]) -> Bool {
    guard let end = stat.lastIndex(of: UInt8(ascii: ")")), end + 2 < stat.count else { return false }
    return stat[end + 2] == UInt8(ascii: "S")
  }
}

/// The thread of a relay.
private final class Carrier: Sendable {
  struct Manner {
    var gathers = false
    var quiet = Duration.zero
  }

  let endpoint: Endpoint
  let manner = Mutex(Manner())
  private let listener: Int32
  private let server: Endpoint
  private let worker: Int32
  private let isOver = Atomic<Bool>(false)

  /// A piece that does not become full by then is the last of a request.
  private static let fullWithin = Duration.milliseconds(100)
  /// Then the server does not come to rest, and gets the piece all the same.
  private static let patience = Duration.seconds(10)

  init(to server: Endpoint, worker: Int32) throws(DeploymentError) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0 else { throw .system(call: "socket", errno: errno) }
    guard Carrier.call(bind, listener, port: 0) == 0, listen(listener, 8) == 0 else {
      let failed = errno
      close(listener)
      throw .system(call: "bind", errno: failed)
    }
    endpoint = Endpoint(host: "127.0.0.1", port: UInt16(Carrier.port(of: listener)))
    (self.listener, self.server, self.worker) = (listener, server, worker)
    Thread.detachNewThread { [self] in
      while !isOver.load(ordering: .relaxed) {
        guard Carrier.wait([(listener, true)], milliseconds: 50)[0] else { continue }
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
    guard outward >= 0, Carrier.call(connect, outward, port: Int(server.port)) == 0 else { return }
    var one: Int32 = 1
    for descriptor in [client, outward] {
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }
    let own = UInt16(Carrier.port(of: outward))
    var piece = [UInt8](repeating: 0, count: PieceRelay.pieceBytes)
    var answer = [UInt8](repeating: 0, count: 262_144)
    var (filled, hasEnded, latest) = (0, false, Instant.now())
    /// The last time that the worker was seen awake.
    var awake = Instant.now()
    while !isOver.load(ordering: .relaxed) {
      let ready = Carrier.wait(
        [(outward, true), (client, filled < piece.count && !hasEnded)], milliseconds: filled > 0 ? 1 : 20)
      if ready[0] {
        let count = read(outward, &answer, answer.count)
        guard count > 0, Carrier.write(answer[..<count], to: client) else { return }
        awake = .now()
      }
      if ready[1] {
        let count = piece.withUnsafeMutableBytes { read(client, $0.baseAddress! + filled, $0.count - filled) }
        hasEnded = count <= 0
        if count > 0 { (filled, latest) = (filled + count, .now()) }
      }
      if hasEnded, filled == 0 { return }
      guard filled > 0 else { continue }
      let manner = manner.withLock { $0 }
      let isWhole = !manner.gathers || filled == piece.count || hasEnded || Instant.now() > latest + Self.fullWithin
      let now = Instant.now()
      if !isQuiet(client: own, manner.gathers) { awake = now }
      if isWhole, awake < now && now >= awake + manner.quiet || now > latest + Self.patience {
        guard Carrier.write(piece[..<filled], to: outward) else { return }
        filled = 0
        latest = .now()
      }
    }
  }

  /// Whether the server has read everything, and its worker sleeps.
  private func isQuiet(client: UInt16, _ gathers: Bool) -> Bool {
    let sleeps = ProcFile.entries("/proc/\(worker)/task").filter { !$0.hasPrefix(".") }.allSatisfy { task in
      PieceRelay.sleeps(ProcFile.bytes("/proc/\(worker)/task/\(task)/stat") ?? [])
    }
    // A request that is one piece was read when it was answered.
    return sleeps && (!gathers || LoopbackConnection(server: server.port, client: client).unreadBytes == 0)
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
