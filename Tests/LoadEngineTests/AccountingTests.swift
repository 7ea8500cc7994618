import BenchTesting
import Foundation
import LoadEngine
import Synchronization
import Testing
import WireFormats

extension Exclusive.LoadEngineTests {
  /// Every request ends in exactly one count, whatever the server does and however the load ends.
  @Suite struct AccountingTests {
    @Test(
      "What was sent was verified, failed or was cut off, and what was due was sent or was not",
      arguments: Wire.allCases, Ending.together)
    func law(_ wire: Wire, _ endings: [Ending]) throws {
      let loads = endings.flatMap { ending in
        [Pacing.closedLoop, .openLoop(perSecond: 400, arrivals: .constant)].flatMap { pacing in
          [1, 3].map { AccountedLoad(server: AccountedServer(wire, ending), pacing: pacing, threads: $0) }
        }
      }
      for (load, result) in zip(loads, runTogether(loads.map { load in { try load.run() } })) {
        let result = try result.get()
        let (ending, place) = (load.server.ending, "\(load): \(result.failures)" as Comment)
        #expect(result.imbalance == nil, place)
        #expect(result.sent > 0, place)
        if ending.readsAll { #expect(load.server.received(atLeast: result.sent) == result.sent, place) }
        try ending.check(result, load.pacing, place)
      }
    }

    @Test("On a schedule a stall costs the same wherever in the window it falls", arguments: [4, 400])
    func stall(connections: Int) throws {
      let servers = StallPlace.allCases.map { AccountedServer(.http, stall: $0.seconds) }
      let results = runTogether(
        servers.map { server in
          {
            var plan = server.plan
            plan.connections = connections
            plan.rampUp = .zero
            plan.pacing = .openLoop(perSecond: 200, arrivals: .constant)
            plan.window = .milliseconds(1500)
            plan.timeout = .seconds(1)
            return try plan.run()
          }
        })
      for (place, result) in zip(StallPlace.allCases, results) {
        let result = try result.get()
        #expect(result.imbalance == nil)
        #expect(result.schedule?.dueInWindow == 300)
        // A third of all requests fall due in the half second: they wait between none of it and all.
        let latency = result.times.intendedLatency
        #expect(latency.count == 300)
        #expect(try #require(latency.percentile(99)) >= 450_000_000, "\(place)")
        #expect(try #require(latency.percentile(85)) >= 200_000_000, "\(place)")
        #expect(result.errors.total == 0 || place == .atTheEndForGood, "\(place): \(result.failures)")
      }
    }

    @Test(
      "In a closed loop a stall that lasts beyond the window is in its latency, also after a slow request",
      arguments: [1, 3])
    func closedLoopStall(threads: Int) throws {
      let requests = RequestCounter()
      let first = Mutex<Instant?>(nil)
      let server = ScriptedServer { peer in
        while peer.readHead() {
          let begun = first.withLock { first in
            first = first ?? .now()
            return first!
          }
          let now = Double(Instant.now().nanoseconds(since: begun)) * 1e-9
          if requests.count() == 100 { Thread.sleep(forTimeInterval: 0.6) }
          if (0.6...1.3).contains(now) { Thread.sleep(forTimeInterval: 1.3 - now) }
          peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        }
      }
      var plan = makePlan(server.endpoint, expecting: .exactly(Array("hello".utf8)))
      plan.connections = 3
      plan.threads = threads
      plan.window = .seconds(1)
      plan.timeout = .seconds(10)
      let result = try plan.run()
      #expect(result.errors.total == 0, "\(result.failures)")
      #expect(result.drain.verified == 3 && result.unfinished.drained == 3)
      #expect(try #require(result.times.latency.maximum) >= 600_000_000)
      #expect(try #require(result.longestDrain) >= 600_000_000)
      #expect(result.imbalance == nil)
    }

    @Test("In a closed loop nothing is sent after the end of the window", arguments: [1, 3])
    func nothingAfterTheEnd(threads: Int) throws {
      let server = AccountedServer(.http, .healthy)
      var plan = server.plan
      plan.threads = threads
      plan.window = .milliseconds(20)
      for _ in 0..<20 {
        let result = try plan.run()
        #expect(result.drain.verified <= plan.connections)
        #expect(result.imbalance == nil)
      }
    }

    @Test("So many requests far apart, or after a long ramp-up, are not given up while a connection stands")
    func patience() throws {
      for pacing in [Pacing.openLoop(perSecond: 2, arrivals: .constant), .closedLoop] {
        let server = AccountedServer(.http, .healthy)
        var plan = server.plan
        plan.pacing = pacing
        plan.requests = 3
        plan.rampUp = pacing == .closedLoop ? .seconds(1) : .zero
        plan.timeout = .milliseconds(200)
        plan.window = .seconds(60)
        let result = try plan.run()
        #expect(result.measured.verified == 3, "\(pacing): \(result.failures)")
      }
    }

    @Test("Nothing is sent before the schedule begins, however long the connections take")
    func rampUpOfSchedule() throws {
      let server = AccountedServer(.http, .healthy)
      var plan = server.plan
      plan.connections = 20
      plan.rampUp = .milliseconds(200)
      plan.pacing = .openLoop(perSecond: 100, arrivals: .constant)
      plan.window = .milliseconds(500)
      let result = try plan.run()
      #expect(result.measured.verified == 50 && result.sent == 50)
      #expect(result.times.intendedLatency.count == 50)
      #expect(server.received(atLeast: 50) == 50)
    }
  }
}

enum StallPlace: CaseIterable, Sendable {
  case inTheMiddle, atTheEnd, beyondTheEnd, atTheEndForGood

  var seconds: ClosedRange<Double> {
    switch self {
    case .inTheMiddle: 0.5...1
    case .atTheEnd: 1...1.5
    case .beyondTheEnd: 1...1.7
    case .atTheEndForGood: 1...1_000_000
    }
  }
}

/// One load of several that run at the same time.
private struct AccountedLoad: CustomStringConvertible {
  var server: AccountedServer
  var pacing: Pacing
  var threads: Int

  var description: String { "\(server.ending), \(pacing), \(threads) threads" }

  func run() throws -> LoadResult { try server.load(pacing, threads: threads) }
}

/// Runs loads that mostly wait at the same time, each on a thread of its own.
private func runTogether(_ loads: [@Sendable () throws -> LoadResult]) -> [Result<LoadResult, any Error>] {
  let results = Mutex([Result<LoadResult, any Error>?](repeating: nil, count: loads.count))
  let ended = DispatchSemaphore(value: 0)
  for (index, load) in loads.enumerated() {
    Thread.detachNewThread {
      let result = Result { try load() }
      results.withLock { $0[index] = result }
      ended.signal()
    }
  }
  for _ in loads { ended.wait() }
  return results.withLock { $0.compactMap { $0 } }
}
