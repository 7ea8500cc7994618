import BenchSupport
import Foundation
import LoadEngine
import Reports
import Results
import Statistics
import SyntheticResults
import TestSupport
import Testing

@testable import Behaviour
@testable import Stack

/// The engine, the curve and the knee against a server whose truth queueing theory knows. A benchmark and no unit test: it wants
/// the machine for itself and takes minutes, so it runs where `QUEUE_BENCHMARK=1` asks for it. docs/lab-notes has its figures.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["QUEUE_BENCHMARK"] == "1")) struct QueueBenchmark {
  /// 200 a second at the most.
  private static let service = 0.005
  private static let tolerance = 0.05

  @Test("Throughput, mean, p99 and the knee are those of M/D/1 within 5 %")
  func theory() throws {
    let queue = DeterministicQueue(service: Self.service)
    let server = QueueServer(service: .seconds(Self.service))
    defer { server.stop() }
    let checkout = try Checkout.find()
    var configuration = try Configuration.read(
      [:], checkout: checkout, scenarios: Scenario.names, targets: Target.discover(in: checkout.frameworks))
    configuration.targets = configuration.known.filter { $0.role == .reference }
    configuration.scenarios = ["ping"]
    let name = configuration.targets[0].name
    var stack = Stack(deployment: .external, python: "3.11")
    stack.servers = [
      Stack.Server(name: name, baseURL: "http://127.0.0.1:\(server.port)", port: Int(server.port))
    ]
    // Rates as they are used everywhere. Windows so long that a p99 at 85 % is that of a queue in its steady state.
    let percents = [10, 25, 50, 65, 75, 85, 95, 105, 120]
    let plan = CurvePlan(
      levels: ["ping": [1, 4, 16].map { LoadLevel(.connections, $0) } + percents.map { LoadLevel(.rate, $0) }],
      rounds: 3, windowS: 20, rateWindowS: 40, timeLimitS: 3600, rateConnections: 200, latencyLimitMs: 50,
      servedShare: 0.99, halfWidth: 0)
    var points: [CurvePoint] = []
    _ = try CurveMeasurement(
      scenario: .ping, configuration: configuration, plan: plan, stack: stack, watch: StackWatch(stack),
      cancellation: LoadCancellation(), progress: CurveProgress(terminal: nil) { print($0) }
    ).run(after: [], into: CurveMeasurement.Sink(keep: { points.append($0) }, lose: { _ in }))

    print("level                measured     theory   difference")
    func compare(_ what: String, _ measured: Double, _ theory: Double) {
      let difference = measured / theory - 1
      print(
        what.padding(toLength: 20, withPad: " ", startingAt: 0)
          + String(format: "%9.3f  %9.3f   %+6.2f %%", measured, theory, difference * 100))
      #expect(abs(difference) <= Self.tolerance, "\(what): \(measured) for \(theory)")
    }
    for level in plan.levels(of: "ping") where level.kind == .connections {
      let own = points.filter { $0.level == level }
      compare("\(level.value) connections, /s", mean(own.map(\.round.load.verifiedPerSecond)), 1 / Self.service)
      compare(
        "\(level.value) connections, ms", mean(own.map { milliseconds($0, "latency") }),
        Double(level.value) * Self.service * 1000)
    }
    for level in plan.levels(of: "ping") where level.kind == .rate && level.value <= 85 {
      let own = points.filter { $0.level == level }
      let rate = mean(own.compactMap(\.offered?.perSecond))
      compare("\(level.value) %, /s", mean(own.map(\.round.load.verifiedPerSecond)), rate)
      // What arrived is a sample itself: the theory of the rate that was drawn, and not of the one that was asked for.
      let drawn = mean(own.map(\.round.load.verifiedPerSecond))
      compare(
        "\(level.value) %, mean ms", mean(own.map { milliseconds($0, "intended_latency") }),
        queue.meanLatency(perSecond: drawn) * 1000)
      compare(
        "\(level.value) %, p99 ms", mean(own.map { milliseconds($0, "intended_latency", percentile: 99) }),
        queue.latency(percentile: 99, perSecond: drawn) * 1000)
    }
    let criterion = KneeCriterion(latencyMs: plan.latencyLimitMs, servedShare: plan.servedShare)
    let rounds = Dictionary(grouping: points.filter { $0.level.kind == .rate }, by: \.round.round).values.compactMap {
      own in
      RoundKnee(
        own.map { point in
          OfferedRate(
            perSecond: point.offered?.perSecond ?? 0, p99Ms: milliseconds(point, "intended_latency", percentile: 99),
            servedShare: Double(point.round.load.verified) / Double(max(1, point.offered?.due ?? 0)))
        }, criterion)
    }
    guard case .known(let knee, let interval, _) = Knee(rounds) else {
      Issue.record("no knee: \(rounds)")
      return
    }
    let theory = queue.knee(p99: plan.latencyLimitMs / 1000)
    compare("held, /s", knee, theory)
    print("held: \(knee) (\(interval.low) to \(interval.high))")
    #expect(interval.contains(theory))
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

  private func milliseconds(_ point: CurvePoint, _ name: String, percentile: Double? = nil) -> Double {
    guard let histogram = try? point.round.histograms[name]?.histogram() else { return 0 }
    let nanoseconds = percentile.map { histogram.percentile($0).map { Double($0) } } ?? histogram.mean
    return (nanoseconds ?? 0) * 1e-6
  }
}
