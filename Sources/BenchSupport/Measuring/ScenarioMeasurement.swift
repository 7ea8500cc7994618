import Foundation
import LoadEngine

/// Measures one scenario on all contestants, interleaved in rounds.
public struct ScenarioMeasurement {
  public let scenario: Scenario
  private let configuration: Configuration
  private let stack: Stack
  private let progress: @Sendable (String) -> Void

  /// At the beginning of each round its new connections come to rest.
  private static let settling = Duration.milliseconds(100)

  public init(
    _ scenario: Scenario, configuration: Configuration, stack: Stack, progress: @escaping @Sendable (String) -> Void
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
        let server = servers[index]
        let seed = configuration.seed &+ UInt64(round)
        let outcome = try measurement(server, work, seed: seed)
          .run(warmUp: ScenarioMeasurement.settling, window: configuration.profile.window)
        var figures = RoundEvidence(
          scenario: scenario.name, framework: server.name, round: round, position: position + 1, seed: seed,
          connections: configuration.profile.connections, outcome)
        if round == 1 { figures.add(errorsOf: warmUps[index]) }
        record(figures)
        evidence.append(figures)
        report(figures, round: round)
      }
    }
    return evidence
  }

  /// Warms every contestant up. Its errors belong to the first round: none is lost.
  private func warmUp(_ servers: [Stack.Server], _ work: Work) throws -> [LoadResult] {
    try servers.map { server in
      progress("\(heading)  warm-up \(server.name)")
      // The warm-up is a load of its own whose window is not reported.
      return try measurement(server, work, seed: configuration.seed)
        .run(warmUp: .zero, window: configuration.profile.warmUp).load
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

  private func report(_ evidence: RoundEvidence, round: Int) {
    let rate = String(format: "%.1f", evidence.load.verifiedPerSecond)
    let errors = evidence.load.errorCount == 0 ? "" : ", \(evidence.load.errorCount) errors"
    progress(
      "\(heading)  round \(round)/\(configuration.profile.rounds)  \(evidence.framework)  "
        + "\(rate) \(scenario.unit)/s\(errors)\(timeLeft(after: evidence))")
  }

  private var heading: String {
    let place = configuration.scenarios.firstIndex(of: scenario.name).map { $0 + 1 } ?? 1
    return "[\(place)/\(max(configuration.scenarios.count, 1))] \(scenario.name)"
  }

  /// What is left by plan: this scenario's rounds, and the scenarios after it.
  private func timeLeft(after evidence: RoundEvidence) -> String {
    let profile = configuration.profile
    let contestants = configuration.contestants.count
    let round = (profile.window + ScenarioMeasurement.settling).inSeconds
    let whole = Double(contestants) * (profile.warmUp.inSeconds + Double(profile.rounds) * round)
    let place = configuration.scenarios.firstIndex(of: scenario.name) ?? 0
    let after = Double(max(0, configuration.scenarios.count - place - 1)) * whole
    let cells = Double((profile.rounds - evidence.round) * contestants + contestants - evidence.position)
    let seconds = Int(cells * round + after)
    return seconds < 1 ? "" : "  \(seconds / 60):\(String(format: "%02d", seconds % 60)) left"
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
