import BenchSupport
import Foundation
import LoadEngine
import Results
import Testing

@testable import Behaviour
@testable import Stack

/// A curve against servers that answer in no time: what is kept, what is skipped, and how it ends.
@Suite struct CurveMeasurementTests {
  private let servers = [QueueServer(service: .microseconds(200)), QueueServer(service: .microseconds(400))]
  private static let names = ["sanic", "reference"]

  private func stack() -> Stack {
    var stack = Stack(deployment: .external, python: "3.11")
    stack.servers = zip(Self.names, servers).map { name, server in
      Stack.Server(name: name, baseURL: "http://127.0.0.1:\(server.port)", port: Int(server.port))
    }
    return stack
  }

  private static func configuration() throws -> Configuration {
    let checkout = try Checkout.find()
    var configuration = try Configuration.read(
      [:], checkout: checkout, scenarios: Scenario.names, targets: Target.discover(in: checkout.frameworks))
    configuration.targets = names.compactMap { name in configuration.known.first { $0.name == name } }
    configuration.scenarios = ["ping"]
    configuration.connections = 2
    return configuration
  }

  private static let plan = CurvePlan(
    levels: [
      "ping": [LoadLevel(.idle, 3), LoadLevel(.connections, 1), LoadLevel(.connections, 2), LoadLevel(.rate, 50)]
    ],
    rounds: 2, windowS: 0.05, rateWindowS: 0.05, timeLimitS: 600, rateConnections: 2, latencyLimitMs: 50,
    servedShare: 0.99, halfWidth: 0.0001)
  /// Idle connections once, all else in both rounds.
  private static let points = 2 * (1 + 2 * 3)

  private final class Kept {
    var points: [CurvePoint] = []
    var losses: [CurveLoss] = []
  }

  private func measure(
    after earlier: [CurvePoint] = [], _ kept: Kept, cancellation: LoadCancellation = LoadCancellation(),
    plan: CurvePlan = CurveMeasurementTests.plan, then: @escaping (CurvePoint) -> Void = { _ in }
  ) throws -> CurveEnd {
    let stack = stack()
    let measurement = CurveMeasurement(
      scenario: .ping, configuration: try Self.configuration(), plan: plan, stack: stack, watch: StackWatch(stack),
      cancellation: cancellation, progress: CurveProgress(terminal: nil) { _ in })
    return try measurement.run(
      after: earlier,
      into: CurveMeasurement.Sink(
        keep: {
          kept.points.append($0)
          then($0)
        }, lose: { kept.losses.append($0) }))
  }

  @Test("Every level of every round is kept once on every target, and each target comes first in a round")
  func whole() throws {
    let kept = Kept()
    let end = try measure(kept)
    #expect(end == CurveEnd(scenario: "ping", rounds: 2, cause: .allPlanned))
    #expect(Set(kept.points.map(\.fileName)).count == Self.points && kept.points.count == Self.points)
    #expect(kept.losses.isEmpty)
    #expect(kept.points.allSatisfy { $0.round.load.verified > 0 && $0.round.load.errorCount == 0 })
    let first = kept.points.filter { $0.round.position == 1 && $0.level == LoadLevel(.connections, 1) }
    #expect(Set(first.map(\.round.framework)) == Set(Self.names))
    // Told with the first level of each target.
    #expect(kept.points.count { $0.round.warmUp != nil } == 2)
  }

  @Test("A rate is a share of the capacity that the same target showed in the same round")
  func capacity() throws {
    let kept = Kept()
    _ = try measure(kept)
    for point in kept.points where point.level.kind == .rate {
      let capacity = kept.points.filter { other in
        other.level.kind == .connections && other.round.framework == point.round.framework
          && other.round.round == point.round.round
      }.map(\.round.load.verifiedPerSecond).max()
      #expect(abs(try #require(point.offered).perSecond / (try #require(capacity) / 2) - 1) < 1e-9)
    }
  }

  @Test("Idle connections stand in the middle of the window, and each was of use before")
  func idle() throws {
    let kept = Kept()
    _ = try measure(kept)
    let idle = kept.points.filter { $0.level.kind == .idle }
    #expect(idle.count == 2 && idle.allSatisfy { $0.idle?.standing == 3 && $0.idle?.reopened == 0 })
    #expect(idle.allSatisfy { $0.idle?.generatorBytes ?? 0 > 0 && $0.idle?.serverBytes == nil })
  }

  @Test("What is there is not measured again")
  func resumed() throws {
    let kept = Kept()
    _ = try measure(kept)
    let gone: (CurvePoint) -> Bool = { $0.round.framework == "sanic" && $0.round.round == 2 }
    let again = Kept()
    let end = try measure(after: kept.points.filter { !gone($0) }, again)
    #expect(Set(again.points.map(\.fileName)) == Set(kept.points.filter(gone).map(\.fileName)))
    #expect(end.rounds == 2)
    let nothing = Kept()
    _ = try measure(after: kept.points, nothing)
    #expect(nothing.points.isEmpty)
  }

  @Test("A run that is called off keeps what was measured before, and no window that was cut")
  func calledOff() throws {
    let kept = Kept()
    let cancellation = LoadCancellation()
    #expect(throws: CalledOff(cause: "SIGINT")) {
      _ = try measure(kept, cancellation: cancellation) { point in
        if kept.points.count == 3 { cancellation.cancel("SIGINT") }
      }
    }
    #expect(kept.points.count == 3)
  }

  @Test("A round that would not end in time is not begun, and one is measured whatever the time is")
  func outOfTime() throws {
    var plan = Self.plan
    plan.timeLimitS = 0
    let kept = Kept()
    #expect(try measure(kept, plan: plan) == CurveEnd(scenario: "ping", rounds: 1, cause: .outOfTime))
    #expect(kept.points.count == 2 * 4)
  }

  @Test("A server that dies is lost by name, what it lacks is missing, and the other goes on")
  func dies() throws {
    let kept = Kept()
    let server = servers[0]
    let end = try measure(kept) { point in
      if point.round.framework == "sanic", point.level == LoadLevel(.connections, 1), point.round.round == 1 {
        server.stop()
      }
    }
    #expect(end == CurveEnd(scenario: "ping", rounds: 2, cause: .allPlanned))
    #expect(kept.losses.map(\.framework) == ["sanic"])
    #expect(kept.losses.map(\.level) == [LoadLevel(.connections, 2)])
    #expect(kept.points.count { $0.round.framework == "sanic" } == 2)
    #expect(kept.points.count { $0.round.framework == "reference" } == Self.points / 2)
    let missing = CurvePlan.missing(kept.points, Self.plan, scenario: "ping", frameworks: Self.names, rounds: 2)
    #expect(missing.map(\.framework) == ["sanic", "sanic", "sanic"])
    #expect(missing.map(\.rounds) == [1, 2, 2])
  }
}
