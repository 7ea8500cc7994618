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
  private let measuredStack: MeasuredStack
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
    _ scenario: Scenario, configuration: Configuration, stack: MeasuredStack, progress: RunProgress,
    timesFixedRate: Bool, distributedRun: DistributedRun? = nil
  ) {
    self.scenario = scenario
    self.configuration = configuration
    measuredStack = stack
    self.progress = progress
    self.timesFixedRate = timesFixedRate
    self.distributedRun = distributedRun
  }

  private var stack: Stack { measuredStack.stack }
  private var watch: StackWatch { measuredStack.watch }

  /// What came of the rounds.
  public struct Outcome {
    /// Without those of lost cells.
    public var rounds: [Round] = []
    public var end: ScenarioEnd
    /// In the order in which they were lost.
    public var lost: [LostCell] = []
  }

  /// Runs all rounds, and hands out each, and each cell that is lost, as soon as it is there.
  ///
  /// - Parameter earlyEnd: asked after each round, with the rounds so far; an answer spares those that would follow.
  /// - Throws: where a round cannot be measured at all, such as on a server that is not up. Errors of a server under
  ///   load are results.
  public func run(
    earlyEnd: ([Round]) -> ScenarioEnd.Cause? = { _ in nil }, record: (Round) throws -> Void,
    lose: (LostCell) throws -> Void
  ) throws -> Outcome {
    let names = configuration.targets.map(\.name)
    var servers = try servers(names)
    var losses = Losses(scenario, names)
    let rounds = configuration.profile.rounds
    func outcome(_ measured: [Round], _ number: Int, _ cause: ScenarioEnd.Cause) -> Outcome {
      Outcome(rounds: measured, end: ScenarioEnd(rounds: number, cause: cause), lost: losses.cells)
    }
    guard let work = try work(&losses) else {
      for cell in losses.takeNew() { try lose(cell) }
      return outcome([], rounds, .allPlanned)
    }
    var measured: [Round] = []
    /// By target, until they are told of in a round.
    var warmUps: [String: WarmUpParts] = [:]
    var speeds: [String: Double] = [:]
    for number in 1...rounds {
      if let start = startBefore(round: number) {
        if start > 1 {
          let left = names.filter { losses[$0] == nil }
          try measuredStack.startAnew(left)
          servers = try self.servers(names)
        }
        warmUps = try warmUp(servers, work, &losses)
        for cell in losses.takeNew() { try lose(cell) }
        speeds = warmUps.compactMapValues { $0.parts.last?.load.verifiedPerSecond }
      }
      for (position, index) in RoundOrder.order(round: number, targets: servers.count).enumerated() {
        let server = servers[index]
        guard losses[server.name] == nil else { continue }
        let step = step(server, .round(number, of: rounds), position: position, of: servers.count)
        let round = try watched(server, step, &losses) {
          try measure(server, work, number, step, speed: speeds[server.name] ?? 0)
        }
        for cell in losses.takeNew() { try lose(cell) }
        guard var round else { continue }
        speeds[server.name] = round.load.verifiedPerSecond
        round.start = start(ofRound: number)
        if let warmUp = warmUps.removeValue(forKey: server.name) { round.add(warmUp) }
        try record(round)
        measured.append(round)
      }
      measured.removeAll { losses[$0.framework] != nil }
      if losses.areAll { break }
      if number < rounds, let cause = earlyEnd(measured) { return outcome(measured, number, cause) }
    }
    return outcome(measured, rounds, .allPlanned)
  }

  /// Of the servers, counted from 1; nil where they are started once for all rounds.
  private func start(ofRound number: Int) -> Int? {
    guard configuration.comparison != nil else { return nil }
    return configuration.profile.roundsOfStart.map { (number - 1) / $0 + 1 }
  }

  /// The start of the servers with which a round begins; nil where it goes on with those of the round before.
  private func startBefore(round number: Int) -> Int? {
    guard number > 1 else { return 1 }
    let start = start(ofRound: number)
    return start == self.start(ofRound: number - 1) ? nil : start
  }

  private func servers(_ names: [String]) throws -> [Stack.Server] {
    try names.map { name in
      guard let server = stack[name] else { throw MeasuringError.notUp(name) }
      return server
    }
  }

  /// nil where the database that it is made of is not there.
  private func work(_ losses: inout Losses) throws -> Work? {
    do { return try scenario.work(ScenarioMaterial(configuration, stack, for: scenario)) } catch let error
      as DatabaseError
    {
      guard let outage = watch.databaseOutage(), !outage.isOver, let first = configuration.targets.first else {
        throw error
      }
      losses.add(outage, of: first.name, .before)
      return nil
    }
  }

  /// Runs a load, and looks at the stack before and after it.
  ///
  /// - Returns: nil where the cell is lost: a part of the stack is not there any more, and another window would show the
  ///   same.
  private func watched(
    _ server: Stack.Server, _ step: MeasuringStep, _ losses: inout Losses, load: () throws -> Round
  ) throws -> Round? {
    let before = watch.before(server, usesDatabase: scenario.asksDatabase)
    if let outage = before.outage, distributedRun == nil {
      losses.add(outage, of: server.name, step.phase.ofLossBefore)
      return nil
    }
    var round: Round
    do { round = try load() } catch let error as DatabaseError {
      let outage = watch.after(server, usesDatabase: scenario.asksDatabase, hasFailed: true).outage
      guard let outage, distributedRun == nil else { throw error }
      losses.add(outage, of: server.name, step.phase.ofLoss)
      return nil
    }
    let after = watch.after(server, usesDatabase: scenario.asksDatabase, hasFailed: !round.isSound)
    if let outage = after.outage {
      guard distributedRun != nil else {
        losses.add(outage, of: server.name, step.phase.ofLoss)
        return nil
      }
      // The others wait for this one, whatever it sees.
      round.checks.append(CheckFigure(name: "stack", passed: false, detail: outage.text))
    }
    round.checks += before.checks + after.checks
    return round
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
        atRate: rate, warmUp: ScenarioMeasurement.settling, window: configuration.profile.window, monitor: LoadMonitor()
      )
      round.add(atRate, atRate: rate)
    }
    measured = round
    return round
  }

  /// Warms every target up until it is steady. Its errors belong to the round that follows: none is lost.
  private func warmUp(
    _ servers: [Stack.Server], _ work: Work, _ losses: inout Losses
  ) throws -> [String: WarmUpParts] {
    var warmUps: [String: WarmUpParts] = [:]
    // Of all, before the first of them is loaded.
    let atRest = servers.map { measuredStack.memoryAtRest(of: $0.name) }
    for (position, server) in servers.enumerated() {
      let step = step(server, .warmUp, position: position, of: servers.count)
      let monitor = LoadMonitor()
      progress.begin(step, monitor)
      defer { progress.end(step, nil) }
      var warmUp = WarmUp(configuration.profile)
      var parts: [Round] = []
      while losses[server.name] == nil, try isNeeded(warmUp, by: step) {
        // Each part is a load of its own whose window is not reported.
        let part = try watched(server, step, &losses) {
          try measurement(server, work, seed: configuration.seed)
            .run(
              0, position: step.position, warmUp: .zero, window: configuration.profile.warmUp, monitor: monitor,
              sliceLength: configuration.profile.warmUp / WarmUp.slicesOfPart, step: together(step, window: .zero))
        }
        guard let part else { break }
        warmUp.add(verified: part.load.perSecond.map(\.verified), seconds: part.load.windowS)
        parts.append(part)
      }
      var figures = warmUp.figures
      figures.memoryAtRestBytes = atRest[position]
      warmUps[server.name] = WarmUpParts(parts: parts, figures: figures)
    }
    return warmUps
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
      case .round(let round, let last):
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

extension MeasuringStep.Phase {
  fileprivate var ofLossBefore: LostCell.Phase {
    switch self {
    case .warmUp: .before
    case .round(let number, _): .beforeRound(number: number)
    }
  }

  fileprivate var ofLoss: LostCell.Phase {
    switch self {
    case .warmUp: .warmUp
    case .round(let number, _): .round(number: number)
    }
  }
}

/// The warm-up of one target, in parts that are loads of their own.
private struct WarmUpParts {
  var parts: [Round]
  var figures: WarmUpFigures
}

extension Round {
  /// Takes what went wrong in the warm-up before it for its own.
  fileprivate mutating func add(_ warmUp: WarmUpParts) {
    for part in warmUp.parts {
      add(errorsOf: part.load, in: "the warm-up")
      checks += part.checks.filter { !$0.passed }
    }
    self.warmUp = warmUp.figures
  }

  /// Whether nothing went wrong in it.
  fileprivate var isSound: Bool { load.errorCount == 0 && load.verified > 0 && checks.allSatisfy(\.passed) }
}

extension ScenarioMaterial {
  /// With the rows that the database was seeded with, where the scenario uses it.
  package init(_ configuration: Configuration, _ stack: Stack, for scenario: Scenario) throws(DatabaseError) {
    var users = (1...DatabaseConnection.seededRows).map(BenchUser.seeded)
    if scenario.asksDatabase, let postgres = stack.postgres {
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
