import Foundation
import Gate
import LoadEngine
import Results
import Stack
import Statistics

/// Measures one scenario on all targets, interleaved in rounds.
public struct ScenarioMeasurement {
  public let scenario: Scenario
  private let configuration: Configuration
  private let stack: Stack
  private let progress: RunProgress
  /// The others that measure at the same time; nil for one alone.
  private let distributedRun: DistributedRun?
  /// Whether each round has a window at a fixed rate, too.
  private let timesFixedRate: Bool

  /// The share of the throughput just measured at which latency is: busy, and not at the limit.
  private static let fixedRateShare = 0.5

  /// At the beginning of each round its new connections come to rest.
  private static let settling = Duration.milliseconds(50)

  public init(
    _ scenario: Scenario, configuration: Configuration, stack: Stack, progress: RunProgress, timesFixedRate: Bool,
    distributedRun: DistributedRun? = nil
  ) {
    self.scenario = scenario
    self.configuration = configuration
    self.stack = stack
    self.progress = progress
    self.timesFixedRate = timesFixedRate
    self.distributedRun = distributedRun
  }

  /// Runs all rounds, and hands out each as soon as it is there.
  ///
  /// - Parameter earlyEnd: asked after each round, with the rounds so far; an answer spares those that would follow.
  /// - Throws: where a round cannot be measured at all, such as on a server that is not up. Errors of a server under
  ///   load are results.
  public func run(
    earlyEnd: ([Round]) -> ScenarioEnd.Cause? = { _ in nil }, record: (Round) -> Void
  ) throws -> (rounds: [Round], end: ScenarioEnd) {
    let servers = try servers(configuration.targets.map(\.name))
    let work = try work()
    let warmUps = try warmUp(servers, work)
    let rounds = configuration.profile.rounds
    let speeds = Dictionary(
      uniqueKeysWithValues: zip(servers.map(\.name), warmUps.map { $0.parts.last?.load.verifiedPerSecond ?? 0 }))
    return try measure(servers, work, rounds: 1...rounds, speeds, earlyEnd: earlyEnd) { number in
      .round(number, of: rounds)
    } record: { round in
      if round.round == 1, let index = servers.firstIndex(where: { $0.name == round.framework }) {
        for part in warmUps[index].parts {
          round.add(errorsOf: part.load, in: "the warm-up")
          round.checks += part.checks.filter { !$0.passed }
        }
        round.warmUp = warmUps[index].figures
      }
      record(round)
    }
  }

  /// Measures some targets again, alone, after all rounds: what the gate suspects has to show itself again.
  ///
  /// - Parameter rounds: their numbers, counted from 1 for themselves.
  public func confirm(
    _ frameworks: [String], rounds: ClosedRange<Int>, record: (Round) -> Void
  ) throws -> [Round] {
    try measure(try servers(frameworks), try work(), rounds: rounds) { number in
      .retest(number, of: rounds.upperBound)
    } record: {
      record($0)
    }.rounds
  }

  private func servers(_ names: [String]) throws -> [Stack.Server] {
    try names.map { name in
      guard let server = stack[name] else { throw MeasuringError.notUp(name) }
      return server
    }
  }

  private func work() throws -> Work {
    try scenario.work(ScenarioMaterial(configuration, stack))
  }

  private func measure(
    _ servers: [Stack.Server], _ work: Work, rounds: ClosedRange<Int>, _ speeds: [String: Double] = [:],
    earlyEnd: ([Round]) -> ScenarioEnd.Cause? = { _ in nil }, phase: (Int) -> MeasuringStep.Phase,
    record: (inout Round) -> Void
  ) throws -> (rounds: [Round], end: ScenarioEnd) {
    var measured: [Round] = []
    var speeds = speeds
    for number in rounds {
      for (position, index) in RoundOrder.order(round: number, targets: servers.count).enumerated() {
        let step = step(servers[index], phase(number), position: position, of: servers.count)
        var round = try measure(servers[index], work, number, step, speed: speeds[servers[index].name] ?? 0)
        speeds[servers[index].name] = round.load.verifiedPerSecond
        record(&round)
        measured.append(round)
      }
      if number < rounds.upperBound, let cause = earlyEnd(measured) {
        return (measured, ScenarioEnd(rounds: number, cause: cause))
      }
    }
    return (measured, ScenarioEnd(rounds: rounds.upperBound, cause: .allPlanned))
  }

  /// - Parameter speed: how many exchanges were last seen in a second.
  private func measure(
    _ server: Stack.Server, _ work: Work, _ number: Int, _ step: MeasuringStep, speed: Double
  ) throws -> Round {
    let monitor = LoadMonitor()
    var measured: Round?
    progress.begin(step, monitor)
    defer { progress.end(step, measured) }
    let measurement = measurement(server, work, seed: configuration.seed &+ UInt64(number))
    var round = try measurement.run(
      number, position: step.position, warmUp: ScenarioMeasurement.settling, window: configuration.profile.window,
      monitor: monitor, step: together(step, window: window(speed)))
    if timesFixedRate, round.load.verified > 0 {
      let rate = round.load.verifiedPerSecond * ScenarioMeasurement.fixedRateShare
      let atRate = try measurement.run(
        atRate: rate, warmUp: ScenarioMeasurement.settling, window: configuration.profile.window,
        monitor: LoadMonitor())
      round.add(atRate, atRate: rate)
    }
    measured = round
    return round
  }

  /// Warms every target up until it is steady. Its errors belong to the first round: none is lost.
  private func warmUp(
    _ servers: [Stack.Server], _ work: Work
  ) throws -> [(parts: [Round], figures: WarmUpFigures)] {
    try servers.enumerated().map { position, server in
      let step = step(server, .warmUp, position: position, of: servers.count)
      let monitor = LoadMonitor()
      progress.begin(step, monitor)
      defer { progress.end(step, nil) }
      var warmUp = WarmUp(configuration.profile)
      var parts: [Round] = []
      while try isNeeded(warmUp, by: step) {
        // Each part is a load of its own whose window is not reported.
        let part = try measurement(server, work, seed: configuration.seed)
          .run(
            0, position: step.position, warmUp: .zero, window: configuration.profile.warmUp, monitor: monitor,
            sliceLength: configuration.profile.warmUp / WarmUp.slicesOfPart, step: together(step, window: .zero))
        warmUp.add(verified: part.load.perSecond.map(\.verified), seconds: part.load.windowS)
        parts.append(part)
      }
      return (parts, warmUp.figures)
    }
  }

  private func measurement(_ server: Stack.Server, _ work: Work, seed: UInt64) -> RoundMeasurement {
    RoundMeasurement(
      scenario: scenario, server: server, stack: stack, work: work,
      connections: configuration.connections, seed: seed)
  }

  /// Of several generators, all go on as long as one has to.
  private func isNeeded(_ warmUp: WarmUp, by step: MeasuringStep) throws -> Bool {
    guard let distributedRun else { return !warmUp.isOver }
    return try distributedRun.meet("\(step.heading), goes on", maximum: warmUp.isOver ? 0 : 1).maximum == 1
  }

  /// Where the others have to have come to, too.
  private func together(_ step: MeasuringStep, window: Duration) -> DistributedStep? {
    distributedRun.map { DistributedStep(distributedRun: $0, name: step.heading, window: window) }
  }

  private func window(_ speed: Double) -> Duration {
    let window = configuration.profile.window
    return DistributedStep.window(
      window, perSecond: speed, exchanges: RoundMeasurement.fewestExchanges(connections: configuration.connections),
      atMost: RoundMeasurement.longest(window))
  }

  private func step(
    _ server: Stack.Server, _ phase: MeasuringStep.Phase, position: Int, of targets: Int
  ) -> MeasuringStep {
    let profile = configuration.profile
    var window = profile.window + ScenarioMeasurement.settling
    if timesFixedRate { window *= 2 }
    let all = configuration.targets.count
    let rounds = window * (all * profile.rounds)
    let after =
      switch phase {
      case .warmUp: profile.warmUp * (targets - position - 1) + rounds
      case .round(let round, let last), .retest(let round, let last):
        window * ((last - round + 1) * targets - position - 1)
      }
    let place = configuration.scenarios.firstIndex(of: scenario.name) ?? 0
    let places = max(configuration.scenarios.count, 1)
    return MeasuringStep(
      scenario: scenario.name, framework: server.name, phase: phase, position: position + 1, place: place + 1,
      places: places, unit: scenario.unit, planned: phase == .warmUp ? profile.warmUp : window,
      plannedAfter: after + (profile.warmUp * all + rounds) * (places - place - 1))
  }
}

extension ScenarioMaterial {
  /// With the rows that the database was seeded with.
  package init(_ configuration: Configuration, _ stack: Stack) throws(DatabaseError) {
    var users = (1...DatabaseConnection.seededRows).map(BenchUser.seeded)
    if let postgres = stack.postgres {
      let database = try DatabaseConnection(postgres)
      try database.restoreBenchUsers()
      users = try database.benchUsers(above: 0).filter { $0.id <= DatabaseConnection.seededRows }
    }
    self.init(fixtures: configuration.checkout.fixtures, seed: configuration.seed, users: users)
  }
}

public enum MeasuringError: Error, Equatable, CustomStringConvertible {
  case notUp(String)

  public var description: String {
    switch self {
    case .notUp(let name):
      "\(name) is not up, so it cannot be measured; bring it up with: make deploy FRAMEWORK=\(name)"
    }
  }
}
