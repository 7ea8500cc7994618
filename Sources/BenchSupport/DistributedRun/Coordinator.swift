import Foundation
import Glibc
import LoadEngine
import WireFormats

/// The process that generators meet at: a socket that listens, and nothing that measures.
public final class Coordinator {
  public let endpoint: Endpoint
  private let listener: Int32
  private var run: CoordinatedRun
  private var channels: [Int: LineChannel] = [:]

  /// - Parameters:
  ///   - endpoint: where to listen; port 0 takes a free one.
  ///   - seed: of the whole run.
  public init(listening endpoint: Endpoint, generators: Int, seed: UInt64) throws {
    precondition(generators > 0, "somebody has to measure")
    run = CoordinatedRun(generators: generators, seed: seed)
    var address = try endpoint.resolve()
    let listener = socket(
      Int32(address.storage.ss_family), Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var one: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    let isListening = withUnsafeMutablePointer(to: &address.storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, address.length) == 0 && listen(listener, 128) == 0
          && getsockname(listener, $0, &address.length) == 0
      }
    }
    guard isListening else {
      let reason = String(cString: strerror(errno))
      close(listener)
      throw DistributedRunError.listening(address: endpoint.authority, reason: reason)
    }
    // The port stands at the same place for IPv4 and IPv6.
    let port = withUnsafeBytes(of: address.storage) { UInt16($0[2]) << 8 | UInt16($0[3]) }
    self.listener = listener
    self.endpoint = Endpoint(host: endpoint.host, port: port)
  }

  deinit {
    close(listener)
  }

  /// Coordinates until all generators have come and have left again.
  ///
  /// - Parameters:
  ///   - patience: how long to wait until all have come.
  ///   - keep: gets every attachment, with the generator's number and its name.
  ///   - say: gets a line for each that comes or leaves.
  public func coordinate(
    patience: Duration = .seconds(3600), keep: (_ generator: Int, _ name: String, _ content: Data) throws -> Void,
    say: (String) -> Void
  ) throws {
    let deadline = Instant.now() + patience
    while !run.isOver {
      var descriptors = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
      let open = channels.keys.sorted()
      descriptors += open.map { pollfd(fd: Int32($0), events: Int16(POLLIN), revents: 0) }
      let count = poll(&descriptors, nfds_t(descriptors.count), 1000)
      if count < 0, errno != EINTR { throw SystemError("poll", errno) }
      var actions = run.clockMoved(to: .now())
      for (connection, descriptor) in zip(open, descriptors.dropFirst()) where count > 0 && descriptor.revents != 0 {
        actions += hear(connection)
      }
      for action in actions { try perform(action, keep, say) }
      // Last, because a new connection may get the number of one that has just been closed.
      if count > 0, descriptors[0].revents != 0 { accept() }
      if run.came < run.generators, Instant.now() > deadline {
        throw DistributedRunError.incomplete(came: run.came, expected: run.generators, after: patience)
      }
    }
  }

  private func accept() {
    let descriptor = Glibc.accept(listener, nil, nil)
    guard descriptor >= 0 else { return }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    channels[Int(descriptor)] = LineChannel(descriptor: descriptor)
  }

  /// What one generator says, as far as it is there whole. Who cannot be understood has to leave.
  private func hear(_ connection: Int) -> [CoordinatedRun.Action] {
    guard let channel = channels[connection] else { return [] }
    var actions: [CoordinatedRun.Action] = []
    do {
      let isThere = try channel.read()
      while let request = try channel.next(DistributedRequest.self) {
        actions += run.received(request, from: connection, at: .now())
      }
      if isThere { return actions }
    } catch {
      actions.append(.say("\(error)"))
    }
    channels[connection] = nil
    return actions + run.left(connection, at: .now())
  }

  private func perform(
    _ action: CoordinatedRun.Action, _ keep: (Int, String, Data) throws -> Void, _ say: (String) -> Void
  ) throws {
    switch action {
    case .say(let line): say(line)
    case .keep(let name, let content, let generator): try keep(generator, name, content)
    case .close(let connection): channels[connection] = nil
    // Where it is gone, its end is heard of in the next round.
    case .send(let reply, let connection): _ = try channels[connection]?.send(reply)
    }
  }
}
