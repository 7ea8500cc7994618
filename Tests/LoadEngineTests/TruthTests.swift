import BenchTesting
import Foundation
import Histogram
import SeededRandom
import Testing
import WireFormats

@testable import LoadEngine

extension Exclusive.LoadEngineTests {
  /// That the reported times are those that the clients of such a server would have seen.
  @Suite struct TruthTests {
    /// A server answers at once, but stands still for a second from its 100th request on. Who was due meanwhile waits
    /// for the rest of that second: with the schedule known, so is every latency, but for the moment in which those who
    /// waited are served one after another. How long that took, on a machine as busy as it was, the server tells.
    @Test(
      "In open loop the percentiles of a server that stalls for a second are the analytic ones within 2 %",
      arguments: [Arrivals.constant, .poisson])
    func stall(arrivals: Arrivals) throws {
      let rate = 200.0
      let server = StallingServer(afterRequests: 100, for: 1)
      var plan = LoadPlan(endpoint: server.endpoint, work: .http([exchange]))
      plan.connections = 50
      // The server counts requests: none may come before the schedule.
      plan.rampUp = .zero
      plan.warmUp = .zero
      plan.window = .seconds(3)
      plan.pacing = .openLoop(perSecond: rate, arrivals: arrivals)
      plan.seed = 42
      let result = try plan.run()
      #expect(result.errors.total == 0, "\(result.failures)")

      var random = SplitMix64(seed: plan.seed)
      var schedule = ArrivalSchedule(
        perSecond: rate, arrivals: arrivals, from: Instant(nanoseconds: 0), thread: 0, of: 1, seed: random.next())
      var due: [Double] = []
      while schedule.next.nanoseconds < 3_000_000_000 {
        due.append(Double(schedule.next.nanoseconds) * 1e-9)
        schedule.advance()
      }
      let begun = try #require(result.windowStart)
      let end = Double(server.stallEnded.nanoseconds(since: begun)) * 1e-9
      let late = due.count { $0 < end }
      let lastReceived = try #require(server.received(request: late), "\(late) requests were due before the end")
      let serving = Double(lastReceived.nanoseconds(since: server.stallEnded)) * 1e-9
      #expect(serving < 0.1, "those who waited are served at once")
      // On a busy machine a thread of the server comes to its request late, and then waits with those due after it.
      let lates = (1...99).compactMap { number in
        server.received(request: number).map { Double($0.nanoseconds(since: begun)) * 1e-9 - due[number - 1] }
      }
      let lateness = min(max(lates.max() ?? 0, 0), 0.1)
      let waits = due.map { due[99] <= $0 && $0 < end ? end - $0 : 0 }.sorted()
      var lines = ["open loop, \(arrivals) arrivals: percentile, analytic, from the intended instant, from the send"]
      for percent in [85.0, 90, 95, 99] {
        let analytic = waits[Int((percent / 100 * Double(waits.count)).rounded(.up)) - 1]
        let intended = Double(try #require(result.times.intendedLatency.percentile(percent))) * 1e-9
        let sent = Double(try #require(result.times.latency.percentile(percent))) * 1e-9
        lines.append(String(format: "  p%.0f  %.3f s  %.3f s  %.3f s", percent, analytic, intended, sent))
        #expect(
          intended > analytic * 0.98 && intended < (analytic + serving + lateness) * 1.02,
          "p\(percent): \(intended) s, analytic \(analytic) s, \(serving) s to serve those who waited, \(lateness) s late"
        )
      }
      let figures = try #require(result.schedule)
      // Fifty hang on their connections; all others that fell due wait for one.
      let waiting = waits.filter { $0 > 0 }.count - plan.connections
      #expect(abs(figures.largestBacklog - waiting) <= 5, "\(figures.largestBacklog) of \(waiting)")
      let lag = Double(try #require(figures.lag.maximum)) * 1e-9
      #expect(lag > 0.5 && lag < server.stalledSeconds, "\(lag) s")
      #expect(figures.unsent == 0)
      lines.append(String(format: "  served within %.4f s after the stall", serving))
      print(lines.joined(separator: "\n"))
    }

    @Test("In open loop a stalled server makes those wait longer who were due in the meantime")
    func openLoopStall() throws {
      let requests = RequestCounter()
      let server = ScriptedServer { peer in
        while peer.readHead() {
          if requests.count() == 100 { Thread.sleep(forTimeInterval: 0.5) }
          peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        }
      }
      var plan = makePlan(server.endpoint, expecting: .exactly(Array("hello".utf8)))
      plan.connections = 1
      plan.pacing = .openLoop(perSecond: 200, arrivals: .constant)
      plan.window = .seconds(2)
      let result = try plan.run()
      // 100 of 400 requests fall due while the server stands still for half a second, and their mean wait is a
      // quarter of one: the sum of the waits is at least 20 s, where a closed loop would have seen 0.5 s once.
      let intended = try #require(result.times.intendedLatency.mean) * Double(result.times.intendedLatency.count)
      let sent = try #require(result.times.latency.mean) * Double(result.times.latency.count)
      #expect(intended > 20e9)
      #expect(sent < intended / 4)
      #expect(try #require(result.schedule).largestBacklog >= 90)
    }

    @Test("In closed loop the same stall is seen once for each connection: the figure that misleads")
    func closedLoop() throws {
      let server = StallingServer(afterRequests: 100, for: 1)
      var plan = LoadPlan(endpoint: server.endpoint, work: .http([exchange]))
      plan.connections = 1
      plan.warmUp = .zero
      plan.window = .milliseconds(1500)
      let result = try plan.run()
      let latency = result.times.latency
      #expect(try #require(latency.maximum) > 900_000_000)
      #expect(try #require(latency.percentile(99)) < 100_000_000)
      let percentiles = [80.0, 90, 95, 99].map { percent in
        String(format: "  p%.0f  %.4f s", percent, Double(latency.percentile(percent) ?? 0) * 1e-9)
      }
      print((["closed loop, 1 connection"] + percentiles).joined(separator: "\n"))
    }

    @Test("A response divides into the time to its head, to its first chunk, between its chunks, and to its end")
    func parts() throws {
      let server = ScriptedServer { peer in
        while peer.readHead() {
          Thread.sleep(forTimeInterval: 0.1)
          peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
          for chunk in ["a", "b", "c"] {
            Thread.sleep(forTimeInterval: 0.05)
            peer.write("1\r\n\(chunk)\r\n")
          }
          Thread.sleep(forTimeInterval: 0.1)
          peer.write("0\r\n\r\n")
        }
      }
      var plan = LoadPlan(
        endpoint: server.endpoint,
        work: .http([HTTPExchange(HTTPRequest("GET", "/"), expecting: Expectation(body: .exactly(Array("abc".utf8))))]))
      plan.connections = 2
      plan.warmUp = .zero
      plan.minimumEnded = 4
      plan.window = .seconds(1)
      plan.longestWindow = .seconds(20)
      let times = try plan.run().times
      // What a sleep lasts at least is exact; what it lasts at most depends on the machine.
      func least(_ histogram: Histogram) throws -> Double { Double(try #require(histogram.minimum)) * 1e-9 }
      let (firstByte, firstUnit) = (try least(times.firstByte), try least(times.firstUnit))
      let (gap, whole) = (try least(times.gap), try least(times.latency))
      #expect(firstByte >= 0.099 && firstByte < firstUnit, "\(firstByte)")
      #expect(firstUnit >= 0.149 && firstUnit < whole, "\(firstUnit)")
      #expect(gap >= 0.045 && gap < 0.1, "\(gap)")
      #expect(whole >= 0.345, "\(whole)")
      #expect(times.firstUnit.count == times.latency.count)
      #expect(times.connect.count == 2)
      #expect(try #require(times.connect.maximum) > 0)
    }

    @Test("Each slice of the window has its own throughput, latency and errors")
    func series() throws {
      let clock = Stopwatch()
      let server = ScriptedServer { peer in
        while peer.readHead() {
          Thread.sleep(forTimeInterval: clock.seconds > 0.6 ? 0.05 : 0.002)
          let isWrong = clock.seconds > 1.1
          peer.write("HTTP/1.1 \(isWrong ? 500 : 200) OK\r\nContent-Length: 5\r\n\r\nhello")
        }
      }
      var plan = LoadPlan(endpoint: server.endpoint, work: .http([exchange]))
      plan.connections = 1
      plan.warmUp = .zero
      plan.window = .milliseconds(1500)
      plan.sliceLength = .milliseconds(500)
      clock.start()
      let result = try plan.run()
      #expect(result.series.count == 3)
      let (first, last) = (result.series[0], result.series[2])
      #expect(first.errors == 0 && first.verified > 3 * result.series[1].verified)
      #expect(last.errors > 0)
      #expect(try #require(first.latency.percentile(50)) < 45_000_000)
      #expect(try #require(last.latency.isEmpty ? result.series[1].latency.maximum : last.latency.maximum) > 45_000_000)
      #expect(result.series.map(\.errors).reduce(0, +) == result.measured.errors.total)
      #expect(result.series.map { Int($0.latency.count) } == result.series.map(\.verified))
    }

    @Test("The generator reports its own CPU time, and says when it was the limit")
    func selfCheck() throws {
      let start = ThreadUsage(user: 1, system: 2, waited: 3)
      let busy = ThreadUsage(user: 1.4, system: 2.3, waited: 3.25).figures(since: start, window: .seconds(1))
      #expect(abs(busy.userSeconds - 0.4) < 1e-9 && abs(busy.systemSeconds - 0.3) < 1e-9)
      #expect(abs(busy.busiestThread - 0.95) < 1e-9 && busy.isLimited)
      let easy = ThreadUsage(user: 1.4, system: 2.3, waited: 3.1).figures(since: start, window: .seconds(1))
      #expect(!easy.isLimited)
      var merged = easy
      merged.merge(busy)
      #expect(merged.isLimited, "one thread at its limit is enough")

      let server = ScriptedServer { peer in
        while peer.readHead() { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") }
      }
      var plan = LoadPlan(endpoint: server.endpoint, work: .http([exchange]))
      plan.connections = 1
      plan.warmUp = .zero
      plan.window = .seconds(1)
      plan.pacing = .openLoop(perSecond: 20, arrivals: .constant)
      let idle = try plan.run().generator
      #expect(idle.userSeconds + idle.systemSeconds > 0)
      #expect(idle.userSeconds + idle.systemSeconds < 0.5)
    }

    private var exchange: HTTPExchange {
      HTTPExchange(HTTPRequest("GET", "/"), expecting: Expectation(body: .exactly(Array("hello".utf8))))
    }
  }
}

/// Answers at once, except that it stands still once: who is then on a connection, and who comes, waits until the end.
private struct StallingServer {
  private let stall: Stall
  private let server: ScriptedServer

  var endpoint: Endpoint { server.endpoint }
  /// How long it really stood still, and until when.
  var stalledSeconds: Double { stall.lastedSeconds }
  var stallEnded: Instant { stall.ended }

  /// When it came to a request, counted from 1 in the order in which it came to them.
  func received(request: Int) -> Instant? { stall.received(request: request) }

  init(afterRequests limit: Int, for seconds: Double) {
    let stall = Stall(atRequest: limit, seconds: seconds)
    self.stall = stall
    server = ScriptedServer { peer in
      // Fast, so that those who waited are served at once when it is over: a request comes in one piece.
      var head = [UInt8](repeating: 0, count: 4096)
      while recv(peer.descriptor, &head, head.count, 0) > 0 {
        stall.pass()
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
      }
    }
  }

  private final class Stall: @unchecked Sendable {
    private let lock = NSLock()
    private let limit: Int
    private let seconds: Double
    private var requests: [Instant] = []
    private var lasted = 0.0
    private var until = Instant(nanoseconds: 0)

    init(atRequest limit: Int, seconds: Double) {
      self.limit = limit
      self.seconds = seconds
    }

    var lastedSeconds: Double { lock.withLock { lasted } }
    var ended: Instant { lock.withLock { until } }

    func received(request: Int) -> Instant? {
      lock.withLock { requests.indices.contains(request - 1) ? requests[request - 1] : nil }
    }

    /// Holds the lock for as long as it stands still, so that all others stand, too.
    func pass() {
      lock.withLock {
        let start = Instant.now()
        requests.append(start)
        guard requests.count == limit else { return }
        Thread.sleep(forTimeInterval: seconds)
        until = .now()
        lasted = Double(until.nanoseconds(since: start)) * 1e-9
      }
    }
  }
}

/// Seconds since it was started, for all threads.
private final class Stopwatch: @unchecked Sendable {
  private let lock = NSLock()
  private var begun: Instant?

  func start() { lock.withLock { begun = .now() } }

  var seconds: Double {
    lock.withLock { begun.map { Double(Instant.now().nanoseconds(since: $0)) * 1e-9 } ?? 0 }
  }
}
