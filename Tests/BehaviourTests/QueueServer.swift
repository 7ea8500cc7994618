import Foundation
import LoadEngine
import TestSupport

/// A server whose truth is known: it answers requests one after the other, each exactly so long after the one before it, or
/// after its arrival where it was idle. It computes when an answer leaves and waits for that instant, so that it needs no
/// processor for the time it takes.
///
/// `GET` of whatever is answered as `/ping` is.
final class QueueServer: @unchecked Sendable {
  let port: UInt16
  private let listener: Int32
  private let service: UInt64
  private let isAwake: Bool
  private let lock = NSLock()
  private var isOver = false
  private let ended = DispatchSemaphore(value: 0)
  private var visits: [Visit] = []
  /// In nanoseconds.
  private var away: UInt64 = 0

  /// Of one request: when it came, and when its answer was to leave.
  struct Visit {
    var arrival: UInt64
    var departure: UInt64
  }

  private static let answer = Array(
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\n\r\npong".utf8)

  /// - Parameter isAwake: looks at the clock and at its connections without ever sleeping, because to be woken takes some 0.1 ms.
  ///   It keeps a processor busy.
  init(service: Duration, isAwake: Bool = false) {
    self.service = UInt64(service.inSeconds * 1e9)
    self.isAwake = isAwake
    let socket = ListeningSocket()
    (listener, port) = (socket.descriptor, socket.port)
    Thread.detachNewThread { [self] in
      serve()
      ended.signal()
    }
  }

  /// As if the process had died: nobody listens any more, and connections are cut.
  func stop() {
    lock.withLock { isOver = true }
    ended.wait()
    ended.signal()
  }

  /// Since this was last asked.
  ///
  /// - Returns: and for how many seconds a server that never sleeps did nothing, in stretches of 5 ms or more: its processor was
  ///   taken away.
  func takeVisits() -> (visits: [Visit], awayS: Double) {
    lock.withLock {
      defer { (visits, away) = ([], 0) }
      return (visits, Double(away) * 1e-9)
    }
  }

  private struct Departure {
    var at: UInt64
    var descriptor: Int32
  }

  private func serve() {
    var clients: [Int32: Int] = [:]
    var departures: [Departure] = []
    var first = 0
    var lastDeparture: UInt64 = 0
    var buffer = [UInt8](repeating: 0, count: 16_384)
    func now() -> UInt64 { Instant.now().nanoseconds }
    defer {
      for client in clients.keys { close(client) }
      close(listener)
    }
    var turn = now()
    while !lock.withLock({ isOver }) {
      let last = turn
      turn = now()
      if isAwake, turn - last >= GeneratorFigures.lateFrom { lock.withLock { away += turn - last } }
      while first < departures.count, departures[first].at <= now() {
        _ = send(departures[first].descriptor, Self.answer, Self.answer.count, Int32(MSG_NOSIGNAL))
        first += 1
      }
      if first == departures.count { (departures, first) = ([], 0) }
      var milliseconds: Int32 = isAwake ? 0 : 20
      if !isAwake, first < departures.count {
        let left = departures[first].at - min(departures[first].at, now())
        milliseconds = min(20, Int32(left / 1_000_000))
        // poll(2) knows milliseconds. What comes during the rest waits for the server anyway, which is busy.
        if milliseconds == 0, left > 0 { usleep(UInt32(left / 1000)) }
      }
      var descriptors = ([listener] + clients.keys).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&descriptors, nfds_t(descriptors.count), milliseconds) > 0 else { continue }
      for entry in descriptors where entry.revents != 0 {
        if entry.fd == listener {
          let client = accept(listener, nil, nil)
          if client >= 0 { clients[client] = 0 }
          continue
        }
        let count = recv(entry.fd, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count > 0 else {
          if count == 0 || errno != EAGAIN {
            close(entry.fd)
            clients[entry.fd] = nil
            departures.removeAll { $0.descriptor == entry.fd && $0.at > now() }
            first = min(first, departures.count)
          }
          continue
        }
        // A request ends with an empty line; the generator sends one at a time.
        guard buffer[..<count].suffix(4).elementsEqual([13, 10, 13, 10]) else { continue }
        let arrival = now()
        lastDeparture = max(arrival, lastDeparture) + service
        lock.withLock { visits.append(Visit(arrival: arrival, departure: lastDeparture)) }
        departures.append(Departure(at: lastDeparture, descriptor: entry.fd))
      }
    }
  }
}
