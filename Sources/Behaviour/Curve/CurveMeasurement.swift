import BenchSupport
import Foundation
import Gate
import LoadEngine
import Results
import Stack
import Statistics

/// Measures the curve of one scenario: in every round all levels, and at every level each target once, in an order that is
/// balanced over the rounds.
///
/// The rates of a round are shares of the capacity that the same target showed in the same round, so that they keep to a
/// machine that drifts.
struct CurveMeasurement {
  let scenario: Scenario
  let configuration: Configuration
  let plan: CurvePlan
  let stack: Stack
  let watch: StackWatch
  let cancellation: LoadCancellation
  let progress: CurveProgress

  /// What is handed out as soon as it is there.
  struct Sink {
    var keep: (CurvePoint) throws -> Void
    var lose: (CurveLoss) throws -> Void
  }

  /// Runs the rounds that are not there yet.
  ///
  /// - Parameter earlier: what was measured of the scenario before.
  /// - Throws: a `CalledOff` where the run was called off; and where nothing can be measured at all.
  func run(after earlier: [CurvePoint], into sink: Sink) throws -> CurveEnd {
    let names = configuration.targets.map(\.name)
    var points = Dictionary(earlier.map { ($0.fileName, $0) }) { first, _ in first }
    var losses = Losses(scenario, names)
    let spent = earlier.map(\.tookS).reduce(0, +)
    let end = Instant.now() + .seconds(max(0, plan.timeLimitS - spent))
    func scenarioEnd(_ rounds: Int, _ cause: CurveEnd.Cause) -> CurveEnd {
      CurveEnd(scenario: scenario.name, rounds: rounds, cause: cause)
    }
    func lose(_ level: LoadLevel?) throws {
      for cell in losses.takeNew() {
        let loss = CurveLoss(scenario: scenario.name, framework: cell.framework, outage: cell.outage, level: level)
        let place = level.map { " at \($0.inWords)" } ?? ""
        progress.say("\(scenario.name): \(cell.framework) is lost\(place): \(cell.outage.text)")
        try sink.lose(loss)
      }
    }
    guard let work = try work(&losses) else {
      try lose(nil)
      return scenarioEnd(0, .allLost)
    }
    var warmUps: [String: WarmUpParts] = [:]
    var longestRound = Duration.zero
    for number in 1...plan.rounds {
      let levels = plan.levels(of: scenario.name).filter { plan.measures($0, inRound: number) }
      let order = RoundOrder.order(round: number, targets: names.count)
      let open = levels.contains { level in
        names.contains { losses[$0] == nil && points[CurvePoint.fileName(scenario.name, $0, level, number)] == nil }
      }
      guard open else { continue }
      // A round that would not end in time is not begun, unless there is none. One that was begun is finished.
      let isBegun = number == 1 || points.values.contains { $0.round.round == number }
      if !isBegun, Instant.now() + longestRound > end { return scenarioEnd(number - 1, .outOfTime) }
      let began = Instant.now()
      if warmUps.isEmpty {
        warmUps = try warmUp(work, &losses)
        try lose(nil)
      }
      for level in levels {
        var measured: [CurvePoint] = []
        for (position, index) in order.enumerated() {
          let name = names[index]
          let file = CurvePoint.fileName(scenario.name, name, level, number)
          guard losses[name] == nil, points[file] == nil, let server = stack[name] else { continue }
          let before = Array(points.values)
          guard let window = window(level, before, name, number, warmUps[name]) else { continue }
          let taken = try watched(server, level, number, &losses) {
            try measure(server, work, level, window, number, position: position + 1)
          }
          try lose(level)
          guard var point = taken else { continue }
          if let parts = warmUps[name]?.takeParts() { point.round.add(parts) }
          try sink.keep(point)
          points[file] = point
          measured.append(point)
        }
        progress.tell(scenario, level, round: number, of: plan.rounds, measured)
      }
      longestRound = max(longestRound, .nanoseconds(Int64(Instant.now().nanoseconds(since: began))))
      if losses.areAll { return scenarioEnd(number, .allLost) }
      if number < plan.rounds, isKnown(Array(points.values)) { return scenarioEnd(number, .known) }
    }
    return scenarioEnd(plan.rounds, .allPlanned)
  }

  /// nil where the database that it is made of is not there.
  private func work(_ losses: inout Losses) throws -> Work? {
    do { return try scenario.work(ScenarioMaterial(configuration, stack, for: scenario)) } catch let error
      as DatabaseError
    {
      guard let outage = watch.databaseOutage(), !outage.isOver, let first = configuration.targets.first else {
        throw error
      }
      try cancellation.checkPatiently()
      losses.add(outage, of: first.name, .before)
      return nil
    }
  }

  /// nil where it cannot be known what to offer: nothing was verified of the target before.
  private func window(
    _ level: LoadLevel, _ points: [CurvePoint], _ name: String, _ number: Int, _ warmUp: WarmUpParts?
  ) -> CurveWindow? {
    switch level.kind {
    case .connections: return .connections(level.value, in: plan)
    case .rate:
      let capacity =
        points.filter { $0.level.kind == .connections && $0.round.framework == name && $0.round.round == number }
        .map(\.round.load.verifiedPerSecond).max() ?? 0
      return capacity > 0 ? .rate(level.value, ofCapacity: capacity, in: plan) : nil
    case .idle:
      return .idle(
        level.value, ofCapacity: warmUp?.perSecond ?? 0, beginsWithExchange: beginsWithExchange, in: plan)
    }
  }

  /// A WebSocket idles from its handshake on. Of others only a connection that was of use is one that idles.
  private var beginsWithExchange: Bool { scenario.name != Scenario.webSocket.name }

  private func measure(
    _ server: Stack.Server, _ work: Work, _ level: LoadLevel, _ window: CurveWindow, _ number: Int, position: Int
  ) throws -> CurvePoint {
    let began = Instant.now()
    let monitor = try cancellation.monitor()
    progress.begin(scenario, level, server.name, round: number, of: plan.rounds, monitor)
    defer { progress.end() }
    var measurement = RoundMeasurement(
      scenario: scenario, server: server, stack: stack, work: work, connections: window.connections,
      seed: configuration.seed &+ UInt64(number))
    measurement.adjustment = { [beginsWithExchange] in window.apply(to: &$0, beginsWithExchange: beginsWithExchange) }
    let memory = window.isIdle ? IdleMemory(monitor, stack, server.name) : nil
    let result = Result {
      try measurement.observe(
        number, position: position, warmUp: window.warmUp, window: window.window, monitor: monitor)
    }
    let bytes = memory?.finish()
    let (round, load) = try result.get()
    try cancellation.check()
    let took = Double(Instant.now().nanoseconds(since: began)) * 1e-9
    var point = CurvePoint(level, round.onlyOfCurve(load), tookS: took)
    point.offered = window.perSecond.map { rate in
      OfferedLoad(
        perSecond: rate, due: load.schedule?.dueInWindow ?? 0, unsent: load.schedule?.unsentInWindow ?? 0)
    }
    point.idle = bytes.map { bytes in
      IdleFigures(
        standing: load.standing, reopened: max(0, load.connectionsOpened - window.connections),
        serverBytes: bytes.serverBytes, generatorBytes: bytes.generatorBytes)
    }
    return point
  }

  /// Runs a load, and looks at the stack before and after it.
  ///
  /// - Returns: nil where the target is lost: it is not there any more, and another window would show the same.
  private func watched(
    _ server: Stack.Server, _ level: LoadLevel, _ number: Int, _ losses: inout Losses, load: () throws -> CurvePoint
  ) throws -> CurvePoint? {
    let before = watch.before(server, usesDatabase: scenario.asksDatabase)
    if let outage = before.outage {
      try cancellation.checkPatiently()
      losses.add(outage, of: server.name, .beforeRound(number: number))
      return nil
    }
    var point: CurvePoint
    do { point = try load() } catch let error as DatabaseError {
      let outage = watch.after(server, usesDatabase: scenario.asksDatabase, hasFailed: true).outage
      try cancellation.checkPatiently()
      guard let outage else { throw error }
      losses.add(outage, of: server.name, .round(number: number))
      return nil
    }
    let isSound = point.round.load.errorCount == 0 && point.round.load.verified > 0
    let after = watch.after(server, usesDatabase: scenario.asksDatabase, hasFailed: !isSound)
    if let outage = after.outage {
      try cancellation.checkPatiently()
      losses.add(outage, of: server.name, .round(number: number))
      return nil
    }
    point.round.checks += before.checks + after.checks
    return point
  }

  /// Warms every target up until it is steady. Its errors belong to the first level that follows: none is lost.
  private func warmUp(_ work: Work, _ losses: inout Losses) throws -> [String: WarmUpParts] {
    var warmUps: [String: WarmUpParts] = [:]
    for (position, target) in configuration.targets.enumerated() {
      guard let server = stack[target.name] else { throw MeasuringError.notUp(target.name) }
      var warmUp = WarmUp(configuration.profile)
      var parts = WarmUpParts()
      while losses[server.name] == nil, !warmUp.isOver {
        let window = CurveWindow(
          connections: configuration.connections, warmUp: .zero, window: configuration.profile.warmUp,
          minimumEnded: configuration.connections, longest: configuration.profile.warmUp * 4)
        let level = LoadLevel(.connections, configuration.connections)
        let part = try watched(server, level, 1, &losses) {
          try measure(server, work, level, window, 0, position: position + 1)
        }
        guard let part else { break }
        warmUp.add(verified: part.round.load.perSecond.map(\.verified), seconds: part.round.load.windowS)
        parts.add(part.round)
      }
      parts.figures = warmUp.figures
      warmUps[server.name] = parts
    }
    return warmUps
  }

  /// Whether the throughput relative to the reference is known well enough at every number of connections.
  private func isKnown(_ points: [CurvePoint]) -> Bool {
    guard let reference = configuration.targets.first(where: { $0.role == .reference })?.name,
      configuration.targets.count > 1
    else { return false }
    let policy = GatePolicy.standard
    return plan.levels(of: scenario.name).filter { $0.kind == .connections }.allSatisfy { level in
      let rounds = points.filter { $0.level == level }.map(\.round)
      return configuration.targets.allSatisfy { target in
        if target.name == reference { return true }
        let ratios = rounds.ratios(of: target.name, to: reference, .throughput, policy: policy)
        return ratios.count >= policy.minimumRounds && ratios.mean()?.estimate.isKnown(within: plan.halfWidth) ?? false
      }
    }
  }
}

/// The warm-up of one target, until it is told of in a round.
private struct WarmUpParts {
  private var rounds: [Round] = []
  private var isTaken = false
  var figures = WarmUpFigures(lengthS: 0, isSteady: false)
  /// What was verified in a second of its last part.
  private(set) var perSecond = 0.0

  mutating func add(_ round: Round) {
    rounds.append(round)
    perSecond = round.load.verifiedPerSecond
  }

  /// nil where it was taken before.
  mutating func takeParts() -> (rounds: [Round], figures: WarmUpFigures)? {
    if isTaken { return nil }
    isTaken = true
    return (rounds, figures)
  }
}

extension Round {
  fileprivate mutating func add(_ warmUp: (rounds: [Round], figures: WarmUpFigures)) {
    for part in warmUp.rounds {
      add(errorsOf: part.load, in: "the warm-up")
      checks += part.checks.filter { !$0.passed }
    }
    self.warmUp = warmUp.figures
  }

  /// What a curve is made of: thousands of points need no more. Of an open loop, what was never sent is told beside it, and is
  /// no part of what was sent; and what was due in the window and answered after it counts with its bytes.
  fileprivate func onlyOfCurve(_ load: LoadResult) -> Round {
    var round = self
    round.histograms = histograms.filter { $0.key == "latency" || $0.key == "intended_latency" }
    guard load.schedule != nil else { return round }
    round.load.accounting?.unfinished -= load.unfinished.unsent
    round.load.bytesReceived += load.drain.bytesReceived
    return round
  }
}

extension CurvePoint {
  fileprivate static func fileName(_ scenario: String, _ framework: String, _ level: LoadLevel, _ round: Int) -> String
  {
    "curve--\(scenario)--\(framework)--\(level.name)--round\(round).json"
  }
}
