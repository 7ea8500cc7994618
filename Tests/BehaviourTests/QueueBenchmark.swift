import BenchSupport
import Foundation
import LoadEngine
import Results
import Statistics
import Synchronization
import SyntheticResults
import TestSupport
import Testing

@testable import Behaviour
@testable import Reports
@testable import Stack

/// The engine, the curve and the knee against a server whose truth queueing theory knows. A benchmark and no unit test: it wants
/// the machine for itself and takes minutes, so it runs where `QUEUE_BENCHMARK=1` asks for it. docs/lab-notes has its figures.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["QUEUE_BENCHMARK"] == "1")) struct QueueBenchmark {
  /// 100 a second at the most. To send and to be woken takes the engine some 0.1 ms each.
  private static let service = 0.01
  private static let tolerance = 0.05
  /// Between arrivals, in means: by chance one of a million is as long. The generator was not there.
  private static let longestGap = 14.0

  @Test("Throughput, mean, p99 and the knee are those of M/D/1 within 5 %")
  func theory() throws {
    let queue = DeterministicQueue(service: Self.service)
    let server = QueueServer(service: .seconds(Self.service), isAwake: true)
    defer { server.stop() }
    // A processor that idles comes back late, by up to 1.7 ms here: that is the machine's, and no part of the theory.
    let processors = AwakeProcessors()
    defer { processors.stop() }
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
    let percents = [25, 50, 65, 75, 85, 95]
    let plan = CurvePlan(
      levels: ["ping": [1, 4, 16].map { LoadLevel(.connections, $0) } + percents.map { LoadLevel(.rate, $0) }],
      rounds: 3, windowS: 10, rateWindowS: 60, timeLimitS: 3600, rateConnections: 200, latencyLimitMs: 100,
      servedShare: 0.99, halfWidth: 0)
    var points: [CurvePoint] = []
    /// What the queue did in the window of each point, in milliseconds and in order, by what the server saw.
    var queued: [[Double]] = []
    /// Whether the machine stood still meanwhile, for the generator or for the server.
    var isDisturbed: [Bool] = []
    _ = try CurveMeasurement(
      scenario: .ping, configuration: configuration, plan: plan, stack: stack, watch: StackWatch(stack),
      cancellation: LoadCancellation(), progress: CurveProgress(terminal: nil) { print($0) }
    ).run(
      after: [],
      into: CurveMeasurement.Sink(
        keep: { point in
          let window = point.round.load.windowS
          let (all, awayS) = server.takeVisits()
          let visits = last(window, all)
          points.append(point)
          queued.append(latencies(visits))
          // At a load of 85 % it takes a queue six times as long as a stretch to be as it was before it.
          let load = point.level.kind == .rate ? Double(point.level.value) / 100 : 0
          let rate = Double(queued.last!.count) / window
          let gap = longestGap(visits)
          isDisturbed.append(
            point.round.isLimitedByGenerator || awayS >= window * GeneratorFigures.behindAt * (1 - load)
              || point.level.kind == .rate && gap * rate > Self.longestGap)
          print(
            "\(point.level.inWords), round \(point.round.round):",
            String(
              format: "%.2f a second came, after %.3f s at the most, server away for %.3f s, p99 %.1f ms%@", rate, gap,
              awayS, percentile99(queued.last!), isDisturbed.last! ? ", disturbed" : ""))
        }, lose: { _ in }))

    func undisturbed(_ level: LoadLevel) -> [Int] {
      points.indices.filter { points[$0].level == level && !isDisturbed[$0] }
    }
    print("level                measured     theory   difference   the queue itself")
    /// - Parameter queue: of what was measured, the part that the queue did by chance: what the theory says is its mean over
    ///   all that could have come. Taken off, what is left is what the engine and the server have added.
    func compare(_ what: String, _ measured: Double, _ theory: Double, queue: Double? = nil) {
      let difference = (measured - (queue ?? theory)) / theory
      print(
        what.padding(toLength: 20, withPad: " ", startingAt: 0)
          + String(format: "%9.3f  %9.3f   %+6.2f %%", measured, theory, difference * 100)
          + (queue.map { String(format: "   %9.3f, %+6.2f %%", $0, ($0 / theory - 1) * 100) } ?? ""))
      #expect(abs(difference) <= Self.tolerance, "\(what): \(measured) for \(theory)")
    }
    for level in plan.levels(of: "ping") where level.kind == .connections {
      let own = undisturbed(level).map { points[$0] }
      compare("\(level.value) connections, /s", mean(own.map(\.round.load.verifiedPerSecond)), 1 / Self.service)
      compare(
        "\(level.value) connections, ms", mean(own.map { milliseconds($0, "latency") }),
        Double(level.value) * Self.service * 1000)
    }
    for level in plan.levels(of: "ping") where level.kind == .rate && level.value <= 85 {
      let indices = undisturbed(level)
      let own = indices.map { points[$0] }
      let rate = mean(own.compactMap(\.offered?.perSecond))
      compare("\(level.value) %, /s", mean(own.map(\.round.load.verifiedPerSecond)), rate)
      // What arrived is a sample itself: the theory of the rate that was drawn, and not of the one that was asked for.
      let drawn = mean(own.map(\.round.load.verifiedPerSecond))
      compare(
        "\(level.value) %, mean ms", mean(own.map { milliseconds($0, "intended_latency") }),
        queue.meanLatency(perSecond: drawn) * 1000, queue: mean(indices.map { mean(queued[$0]) }))
      compare(
        "\(level.value) %, p99 ms", mean(own.map { milliseconds($0, "intended_latency", percentile: 99) }),
        queue.latency(percentile: 99, perSecond: drawn) * 1000,
        queue: mean(indices.map { percentile99(queued[$0]) }))
    }
    let criterion = KneeCriterion(latencyMs: plan.latencyLimitMs, servedShare: plan.servedShare)
    let rates = points.indices.filter { points[$0].level.kind == .rate }
    let rounds = Dictionary(grouping: rates, by: { points[$0].round.round }).values.compactMap { own in
      RoundKnee(
        own.compactMap { index in
          var rate = OfferedRate(points[index])
          rate?.isLimitedByGenerator = isDisturbed[index]
          return rate
        }, criterion)
    }
    print("rounds: \(rounds)")
    guard case .known(let knee, let interval, _) = Knee(rounds) else {
      Issue.record("no knee: \(rounds)")
      return
    }
    let theory = queue.knee(p99: plan.latencyLimitMs / 1000)
    compare("held, /s", knee, theory)
    print("held: \(knee) (\(interval.low) to \(interval.high))")
    #expect(interval.contains(theory))
  }

  /// Those that came in the last so many seconds: before them were those of the warm-up.
  private func last(_ seconds: Double, _ visits: [QueueServer.Visit]) -> [QueueServer.Visit] {
    let begin = Double(visits.last?.arrival ?? 0) - seconds * 1e9
    return visits.filter { Double($0.arrival) >= begin }
  }

  /// In milliseconds and in order.
  private func latencies(_ visits: [QueueServer.Visit]) -> [Double] {
    visits.map { Double($0.departure - $0.arrival) * 1e-6 }.sorted()
  }

  /// Between two arrivals, in seconds.
  private func longestGap(_ visits: [QueueServer.Visit]) -> Double {
    Double(zip(visits, visits.dropFirst()).map { $1.arrival - $0.arrival }.max() ?? 0) * 1e-9
  }

  /// Of values in order; NaN of nothing.
  private func percentile99(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values[values.count * 99 / 100]
  }

  /// - Returns: NaN of nothing, which is within no tolerance.
  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private func milliseconds(_ point: CurvePoint, _ name: String, percentile: Double? = nil) -> Double {
    guard let histogram = try? point.round.histograms[name]?.histogram() else { return 0 }
    let nanoseconds = percentile.map { histogram.percentile($0).map { Double($0) } } ?? histogram.mean
    return (nanoseconds ?? 0) * 1e-6
  }
}

/// Keeps every processor from idling, at a priority at which whatever else wants to run comes first.
private final class AwakeProcessors: @unchecked Sendable {
  /// `SCHED_IDLE` of sched.h.
  private static let idlePolicy: Int32 = 5
  private let isOver = Atomic(false)
  private let ended = DispatchSemaphore(value: 0)
  private let count = ProcessInfo.processInfo.activeProcessorCount

  init() {
    for _ in 0..<count {
      Thread.detachNewThread { [self] in
        var parameters = sched_param()
        let code = sched_setscheduler(0, Self.idlePolicy, &parameters)
        precondition(code == 0, "sched_setscheduler: \(errno)")
        while !isOver.load(ordering: .relaxed) {}
        ended.signal()
      }
    }
  }

  func stop() {
    isOver.store(true, ordering: .relaxed)
    for _ in 0..<count { ended.wait() }
  }
}
