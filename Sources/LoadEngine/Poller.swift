import CLinux
import Glibc

/// The owner of one epoll instance. Source: epoll(7).
struct Poller: ~Copyable {
  private let descriptor: Int32
  private let events: UnsafeMutablePointer<epoll_event>
  private static let capacity: Int32 = 512

  struct Event {
    /// What `add` was given.
    var token: Int
    var flags: UInt32

    var isWritable: Bool { flags & EPOLLOUT.rawValue != 0 }
    /// The peer has closed or reset: there is something to read behind the last byte, and no other event for it.
    var isEnding: Bool { flags & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
    /// Bytes, the end of the input or an error: reading tells which.
    var isReadable: Bool {
      flags & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
    }
  }

  init() throws(SystemError) {
    descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard descriptor >= 0 else { throw SystemError("epoll_create1", errno) }
    events = .allocate(capacity: Int(Poller.capacity))
  }

  deinit {
    events.deallocate()
    close(descriptor)
  }

  /// Reports changes of both directions, edge-triggered: nothing has to be changed when a socket is full, and
  /// a closed socket leaves by itself.
  func add(_ socket: borrowing Socket, token: Int) throws(SystemError) {
    let flags = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
    let code = clinux_epoll_control(descriptor, EPOLL_CTL_ADD, socket.descriptor, flags, UInt64(token))
    guard code == 0 else { throw SystemError("epoll_ctl", code) }
  }

  /// Waits for at least one event, at most for the time given. Returns how many `event(at:)` may be asked for.
  func wait(nanoseconds: UInt64) -> Int {
    let count = clinux_epoll_wait(descriptor, events, Poller.capacity, Int64(clamping: nanoseconds))
    return max(0, Int(count))
  }

  func event(at index: Int) -> Event {
    Event(token: Int(clinux_event_data(events + index)), flags: events[index].events)
  }
}
