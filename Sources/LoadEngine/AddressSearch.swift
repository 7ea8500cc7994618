import Glibc

/// Connects to the first of several addresses that answers, and keeps why the others did not.
///
/// Blocks, a tenth of a second at a time: `isCancelled` ends it early.
struct AddressSearch: ~Copyable {
  private let addresses: [SocketAddress]
  private let patience: Duration
  private var attempts: [Attempt] = []
  private(set) var failures: [AddressFailure] = []
  /// The place of the address that answered, nil for none.
  private(set) var answered: Int?
  /// The connection to it.
  private(set) var socket: Socket?

  /// A connection under way. A class, because arrays hold no value that cannot be copied.
  private final class Attempt {
    let index: Int
    let descriptor: Int32
    var socket: Socket?

    init(_ index: Int, _ socket: consuming Socket) {
      self.index = index
      descriptor = socket.descriptor
      self.socket = consume socket
    }

    /// Zero where the connection stands. Reading it takes it away.
    func takeError() -> Int32 { socket?.takeError() ?? ENOTCONN }
  }

  init(_ addresses: [SocketAddress], patience: Duration, isCancelled: () -> Bool = { false }) {
    self.addresses = addresses
    self.patience = patience
    var trials = AddressTrials(of: addresses.count, until: Instant.now() + patience)
    while answered == nil, !isCancelled() {
      switch trials.next(at: .now()) {
      case .begin(let index):
        if !begin(index) { trials.oneFailed() }
      case .wait(let instant):
        for _ in 0..<poll(until: instant) { trials.oneFailed() }
      case .giveUp:
        for attempt in attempts {
          fail(attempt.index, "no connection within \(patience.inWords)")
        }
        attempts = []
        return
      }
    }
    // What answers later than one after it is not waited for.
    if let answered {
      for attempt in attempts where attempt.index != answered {
        fail(attempt.index, "slower to answer than \(addresses[answered])")
      }
    }
    attempts = []
  }

  consuming func takeSocket() -> Socket? { socket.take() }

  private mutating func begin(_ index: Int) -> Bool {
    switch Socket.connecting(to: addresses[index]) {
    case .failed(let error):
      fail(index, error.description)
      return false
    case .started(let socket):
      attempts.append(Attempt(index, socket))
      return true
    }
  }

  private mutating func fail(_ index: Int, _ reason: String) {
    failures.append(AddressFailure(address: addresses[index].description, reason: reason))
  }

  /// - Returns: how many attempts have failed.
  private mutating func poll(until instant: Instant) -> Int {
    var entries = attempts.map { pollfd(fd: $0.descriptor, events: Int16(POLLOUT), revents: 0) }
    let milliseconds = min(100, instant.nanoseconds(since: .now()) / 1_000_000 + 1)
    guard Glibc.poll(&entries, nfds_t(entries.count), Int32(milliseconds)) > 0 else { return 0 }
    var failed = 0
    for (attempt, entry) in zip(attempts, entries) where entry.revents != 0 {
      let error = attempt.takeError()
      guard error != 0 else {
        answered = attempt.index
        socket = attempt.socket.take()
        break
      }
      fail(attempt.index, SystemError("connect", error).description)
      failed += 1
    }
    let ended = Set(zip(attempts, entries).filter { $1.revents != 0 }.map { $0.0.index })
    attempts.removeAll { ended.contains($0.index) }
    return failed
  }
}
