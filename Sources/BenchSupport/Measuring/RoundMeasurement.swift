import Foundation
import LoadEngine
import Results
import Stack
import WireFormats

/// One round of one cell: a load, and what is observed beside it.
package struct RoundMeasurement {
  package let scenario: Scenario
  package let server: Stack.Server
  package let stack: Stack
  package let work: Work
  package let connections: Int
  package let seed: UInt64
  /// What a plan has beside the usual, such as another pacing.
  package var adjustment: @Sendable (inout LoadPlan) -> Void = { _ in }

  package init(
    scenario: Scenario, server: Stack.Server, stack: Stack, work: Work, connections: Int, seed: UInt64
  ) {
    self.scenario = scenario
    self.server = server
    self.stack = stack
    self.work = work
    self.connections = connections
    self.seed = seed
  }

  /// Requests of a target that is much slower than its peers still end within this.
  private static let timeout = Duration.seconds(30)

  /// A window sees so many exchanges end, two of each connection on the average, however short the profile and long the
  /// exchange.
  package static func fewestExchanges(connections: Int) -> Int { connections * 2 }

  private static let longestWindow = Duration.seconds(20)

  package static func longest(_ window: Duration) -> Duration { max(window * 4, longestWindow) }

  /// - Parameters:
  ///   - number: the round's, counted from 1; 0 is a part of the warm-up.
  ///   - position: in the order of the round, counted from 1.
  ///   - step: where several generators measure together; the window is then what all agree on.
  package func run(
    _ number: Int, position: Int, warmUp: Duration, window: Duration, monitor: LoadMonitor,
    sliceLength: Duration = .seconds(1),
    step: DistributedStep? = nil
  ) throws -> Round {
    try observe(
      number, position: position, warmUp: warmUp, window: window, monitor: monitor, sliceLength: sliceLength, step: step
    ).round
  }

  /// The same, with what the engine counted beside.
  package func observe(
    _ number: Int, position: Int, warmUp: Duration, window: Duration, monitor: LoadMonitor,
    sliceLength: Duration = .seconds(1), step: DistributedStep? = nil
  ) throws -> (round: Round, load: LoadResult) {
    var plan = try plan(warmUp: warmUp, window: window)
    plan.sliceLength = sliceLength
    plan.minimumEnded = RoundMeasurement.fewestExchanges(connections: connections)
    plan.longestWindow = RoundMeasurement.longest(window)
    adjustment(&plan)
    // One of several generators looks for all.
    let isLooking = (step?.distributedRun.place.generator ?? 1) == 1
    let checks = try isLooking ? WorkChecks(scenario, stack.postgres, seed: seed) : nil
    let agreement = try step?.meet()
    if let agreement { plan.agree(agreement) }
    var observed = try observe(plan, number, position: position, checks, monitor) { try counted($0, step) }
    observed.round.distributedRun = step.flatMap { step in
      agreement.map { DistributedFigures(step.distributedRun.place, $0, observed.load) }
    }
    return observed
  }

  /// Runs a load, and looks beside it at resources, memory and the work.
  ///
  /// - Parameter counted: what all who load the target have sent, once the load has ended.
  func observe(
    _ plan: LoadPlan, _ number: Int, position: Int, _ checks: WorkChecks?, _ monitor: LoadMonitor,
    counted: (LoadResult) throws -> ExchangeCount
  ) throws -> (round: Round, load: LoadResult) {
    let memory = MemoryWatch(server, stack.postgres)
    let started = Date()
    let observer = WindowObserver(monitor, ResourceSampler(stack, underLoad: server.name))
    let probing = checks?.begin(plan, monitor)
    let run = Result { try plan.run(monitor: monitor) }
    let resources = observer.finish()
    let probed = probing?.finish()
    let load = try run.get()
    let count = try counted(load)
    var round = Round(
      scenario: scenario.name, framework: server.name, round: number, position: position, started: started,
      seed: seed, connections: connections, load, resources)
    try checks?.add(to: &round, count, probed)
    round.checks += memory.checks() + load.failedChecks()
    return (round, load)
  }

  /// The exchanges of all generators, once all of them have ended.
  private func counted(_ load: LoadResult, _ step: DistributedStep?) throws -> ExchangeCount {
    guard scenario.asksDatabase, let step else { return ExchangeCount(answered: load.acknowledged, sent: load.sent) }
    return ExchangeCount(
      answered: try step.sum(of: load.acknowledged, "over"), sent: try step.sum(of: load.sent, "sent"))
  }

  /// Latency at a rate that does not depend on the answers.
  package func run(atRate rate: Double, warmUp: Duration, window: Duration, monitor: LoadMonitor) throws -> LoadResult {
    var plan = try plan(warmUp: warmUp, window: window)
    plan.pacing = .openLoop(perSecond: rate, arrivals: .poisson)
    // The workers have to share the connections as they do in the window before.
    plan.isBusyInRampUp = true
    return try plan.run(monitor: monitor)
  }

  package func plan(warmUp: Duration, window: Duration) throws -> LoadPlan {
    var plan = LoadPlan(endpoint: try Endpoint.parse(url: server.baseURL).endpoint, work: work)
    plan.connections = connections
    plan.warmUp = warmUp
    plan.window = window
    plan.timeout = RoundMeasurement.timeout
    plan.seed = seed
    return plan
  }
}

extension LoadPlan {
  fileprivate mutating func agree(_ agreement: DistributedRun.Agreement) {
    agreedStart = agreement.instant
    guard agreement.maximum > 0 else { return }
    window = .nanoseconds(Int64(clamping: agreement.maximum))
    minimumEnded = 0
  }
}

extension DistributedFigures {
  fileprivate init(_ place: DistributedPlace, _ agreement: DistributedRun.Agreement, _ load: LoadResult) {
    let late = load.windowStart.map { Double($0.nanoseconds(since: agreement.instant)) * 1e-9 } ?? 0
    self.init(
      generator: place.generator, generators: place.generators, lateS: late,
      uncertaintyS: agreement.uncertainty.inSeconds)
  }
}
