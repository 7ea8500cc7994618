import Foundation
import LoadEngine

/// Measures one scenario on all contestants, interleaved in rounds.
public struct ScenarioMeasurement {
  public let scenario: Scenario
  private let configuration: Configuration
  private let stack: Stack
  private let progress: RunProgress

  /// At the beginning of each round its new connections come to rest.
  private static let settling = Duration.milliseconds(100)

  public init(
    _ scenario: Scenario, configuration: Configuration, stack: Stack, progress: RunProgress
  ) {
    self.scenario = scenario
    self.configuration = configuration
    self.stack = stack
    self.progress = progress
  }

  /// Runs all rounds, and hands out the evidence of each as soon as it is there.
  ///
  /// - Throws: where a round cannot be measured at all, such as on a server that is not up. Errors of a server under
  ///   load are evidence.
  public func run(record: (RoundEvidence) -> Void) throws -> [RoundEvidence] {
    let material = try ScenarioMaterial(
      fixtures: configuration.checkout.fixtures, seed: configuration.seed, users: seededUsers())
    let servers = try configuration.contestants.map { contestant in
      guard let server = stack[contestant.name] else { throw MeasuringError.notUp(contestant.name) }
      return server
    }
    let work = try scenario.work(material)
    let warmUps = try warmUp(servers, work)
    var evidence: [RoundEvidence] = []
    for round in 1...configuration.profile.rounds {
      for (position, index) in RoundOrder.order(round: round, contestants: servers.count).enumerated() {
        var figures = try measure(servers[index], work, round: round, position: position)
        if round == 1 { figures.add(errorsOf: warmUps[index]) }
        record(figures)
        evidence.append(figures)
      }
    }
    return evidence
  }

  private func measure(_ server: Stack.Server, _ work: Work, round: Int, position: Int) throws -> RoundEvidence {
    let step = step(server, .round(round, of: configuration.profile.rounds), position: position)
    let seed = configuration.seed &+ UInt64(round)
    let monitor = LoadMonitor()
    var evidence: RoundEvidence?
    progress.begin(step, monitor)
    defer { progress.end(step, evidence) }
    let outcome = try measurement(server, work, seed: seed)
      .run(warmUp: ScenarioMeasurement.settling, window: configuration.profile.window, monitor: monitor)
    let figures = RoundEvidence(
      scenario: scenario.name, framework: server.name, round: round, position: position + 1, seed: seed,
      connections: configuration.profile.connections, outcome)
    evidence = figures
    return figures
  }

  /// Warms every contestant up. Its errors belong to the first round: none is lost.
  private func warmUp(_ servers: [Stack.Server], _ work: Work) throws -> [LoadResult] {
    try servers.enumerated().map { position, server in
      let step = step(server, .warmUp, position: position)
      let monitor = LoadMonitor()
      progress.begin(step, monitor)
      defer { progress.end(step, nil) }
      // The warm-up is a load of its own whose window is not reported.
      return try measurement(server, work, seed: configuration.seed)
        .run(warmUp: .zero, window: configuration.profile.warmUp, monitor: monitor).load
    }
  }

  private func measurement(_ server: Stack.Server, _ work: Work, seed: UInt64) -> RoundMeasurement {
    RoundMeasurement(
      scenario: scenario, server: server, stack: stack, work: work,
      connections: configuration.profile.connections, seed: seed)
  }

  private func seededUsers() throws -> [BenchUser] {
    guard let postgres = stack.postgres else { return [] }
    let database = try DatabaseConnection(postgres)
    return try database.benchUsers(above: 0).filter { $0.id <= DatabaseConnection.seededRows }
  }

  private func step(_ server: Stack.Server, _ phase: MeasuringStep.Phase, position: Int) -> MeasuringStep {
    let profile = configuration.profile
    let contestants = configuration.contestants.count
    let window = profile.window + ScenarioMeasurement.settling
    let rounds = window * (contestants * profile.rounds)
    let after =
      switch phase {
      case .warmUp: profile.warmUp * (contestants - position - 1) + rounds
      case .round(let round, _): rounds - window * ((round - 1) * contestants + position + 1)
      }
    let place = configuration.scenarios.firstIndex(of: scenario.name) ?? 0
    let places = max(configuration.scenarios.count, 1)
    return MeasuringStep(
      scenario: scenario.name, framework: server.name, phase: phase, place: place + 1, places: places,
      unit: scenario.unit, planned: phase == .warmUp ? profile.warmUp : window,
      plannedAfter: after + (profile.warmUp * contestants + rounds) * (places - place - 1))
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
