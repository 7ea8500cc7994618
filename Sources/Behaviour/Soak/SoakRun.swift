import BenchSupport
import Foundation
import Gate
import LoadEngine
import Results
import Stack

/// One scenario at a fixed rate for a long time, on each target: what its server holds in the end, and what it held before.
///
/// The targets take turns, segment by segment: while one is loaded the others are idle, so that no p99 is that of a
/// neighbour, and whatever the machine does meanwhile, it does to all of them. Loaded together they take a fraction of
/// the time and disturb each other: what they hold is as true, and how long they take is not.
package struct SoakRun {
  private let settings: SoakSettings
  private let configuration: Configuration
  private let scenario: Scenario
  private let work: Work
  private let stack: MeasuredStack
  private let interrupts: Interrupts
  private let say: (String) -> Void

  /// At the beginning of each segment its new connections come to rest.
  private static let settling = Duration.milliseconds(250)
  /// Of each start, in a closed loop: it fills caches, and shows what the server can.
  private static let warmUp = Duration.seconds(3)
  private static let pauseOfProgress = Duration.seconds(30)

  /// - Parameter configuration: its targets take part.
  package init(
    _ settings: SoakSettings, _ configuration: Configuration, stack: MeasuredStack, interrupts: Interrupts,
    say: @escaping (String) -> Void
  ) throws {
    guard let scenario = Scenario.all.first(where: { $0.name == settings.scenario }) else {
      preconditionFailure("the scenario of a soak is one that is known")
    }
    self.settings = settings
    self.configuration = configuration
    self.scenario = scenario
    work = try scenario.work(ScenarioMaterial(configuration, stack.stack, for: scenario))
    self.stack = stack
    self.interrupts = interrupts
    self.say = say
  }

  /// Servers that are up and warm.
  package struct Prepared {
    var servers: [SoakedServer]
    package let capacities: [String: Double]
  }

  /// Reads what each server holds at rest, and then loads one after the other.
  ///
  /// - Parameter earlier: the segments that the run holds already.
  package func prepare(after earlier: [SoakSegment] = []) throws -> Prepared {
    var servers = configuration.targets.map { SoakedServer($0.name, after: earlier) }
    let atRest = try servers.map { try measurement($0.framework).memoryBytes }
    var capacities: [String: Double] = [:]
    for index in servers.indices {
      let load = try warmUp(&servers[index], atRest: atRest[index])
      capacities[servers[index].framework] = load.verifiedPerSecond
      say(
        "\(servers[index].framework): \(Int(load.verifiedPerSecond)) \(scenario.unit) a second in a closed loop of "
          + "\(configuration.connections) connections")
    }
    return Prepared(servers: servers, capacities: capacities)
  }

  /// Measures what is left of the plan, and keeps each segment as it ends.
  package func measure(_ plan: SoakPlan, into run: BehaviourRun, _ prepared: Prepared) throws {
    var servers = Dictionary(uniqueKeysWithValues: prepared.servers.map { ($0.framework, $0) })
    let schedule = SoakSchedule(plan, configuration.targets.map(\.name), done: run.earlier.soak)
    var said = Instant.now()
    for (number, step) in schedule.steps.enumerated() {
      let names = step.frameworks.filter { servers[$0].map { $0.losses < SoakedServer.mostLosses } ?? false }
      for segment in try measure(step.segment, names, plan, &servers) { try run.keep(segment) }
      try forgetRows()
      let left = schedule.steps.count - number - 1
      if Instant.now() >= said + Self.pauseOfProgress, left > 0 {
        said = .now()
        say("segment \(step.segment) of \(plan.segments); about \(Self.time(plan.segmentS * Double(left))) left")
      }
    }
  }

  // MARK: One segment

  /// The targets at the same time.
  private func measure(
    _ segment: Int, _ names: [String], _ plan: SoakPlan, _ servers: inout [String: SoakedServer]
  ) throws -> [SoakSegment] {
    for name in names { try look(at: name, &servers) }
    let window = Duration.nanoseconds(Int64(plan.segmentS * 1e9))
    let beginning = Instant.now()
    let isAlone = names.count == 1
    let loads = try names.enumerated().map { position, name in
      let measurement = try measurement(name, seed: configuration.seed &+ UInt64(segment))
      return { (monitor: LoadMonitor) in
        try measurement.run(
          segment: segment, position: position + 1, atRate: plan.ratePerSecond, settling: Self.settling,
          window: window, monitor: monitor, looksAtDatabase: isAlone)
      }
    }
    let results = try LoadsInBackground(loads).finish(interrupts)
    let end = Instant.now()
    return try zip(names, results).map { name, result in
      guard var server = servers[name] else { preconditionFailure("only servers that are known are measured") }
      let (round, unsent) = try measured(result)
      var record = server.measured(segment, round, unsent: unsent, from: beginning, to: end)
      try lookAfter(&record, &server)
      servers[name] = server
      return record
    }
  }

  /// A database that is gone is nothing that a soak can go on without.
  private func measured(_ result: Result<(round: Round, unsent: Int), any Error>) throws -> (Round, Int) {
    do { return try result.get() } catch let error as DatabaseError {
      if let outage = stack.watch.databaseOutage() { throw SoakError.ended(outage) }
      throw error
    }
  }

  private func look(at name: String, _ servers: inout [String: SoakedServer]) throws {
    guard let server = stack.stack[name], var soaked = servers[name] else { throw MeasuringError.notUp(name) }
    let finding = stack.watch.before(server, usesDatabase: scenario.asksDatabase)
    for check in finding.checks {
      soaked.failed(check)
      soaked.replaced()
    }
    if let outage = finding.outage {
      try refuse(outage)
      soaked.failed(.stack(outage))
      if !outage.isOfDatabase { try startAnew(&soaked) }
    }
    servers[name] = soaked
  }

  private func lookAfter(_ record: inout SoakSegment, _ soaked: inout SoakedServer) throws {
    guard let server = stack.stack[soaked.framework] else { throw MeasuringError.notUp(soaked.framework) }
    let round = record.round
    let hasFailed = round.load.errorCount > 0 || round.load.verified == 0 || round.checks.contains { !$0.passed }
    let finding = stack.watch.after(server, usesDatabase: scenario.asksDatabase, hasFailed: hasFailed)
    record.round.checks += finding.checks
    if let outage = finding.outage {
      try refuse(outage)
      record.round.checks.append(.stack(outage))
      guard outage.isOfDatabase else {
        soaked.lost()
        if soaked.losses < SoakedServer.mostLosses { try startAnew(&soaked) }
        return
      }
    } else if !finding.checks.isEmpty {
      soaked.replaced()
    }
    soaked.lasted()
  }

  private func refuse(_ outage: Outage) throws {
    if outage.isOfAll || (outage.isOfDatabase && !outage.isOver) { throw SoakError.ended(outage) }
  }

  // MARK: Starts

  private func startAnew(_ server: inout SoakedServer) throws {
    try stack.startAnew([server.framework])
    _ = try warmUp(&server, atRest: try measurement(server.framework).memoryBytes)
  }

  private func warmUp(_ server: inout SoakedServer, atRest bytes: Int?) throws -> LoadFigures {
    let measurement = try measurement(server.framework)
    let load = { (monitor: LoadMonitor) in
      try measurement.run(0, position: 1, warmUp: .zero, window: Self.warmUp, monitor: monitor)
    }
    guard let round = try LoadsInBackground([load]).finish(interrupts).first?.get() else {
      preconditionFailure("one load has one result")
    }
    guard round.load.verified > 0 else {
      throw SoakError.nothingVerified(server.framework, failure: round.load.failures.first)
    }
    server.started(
      WarmUpFigures(lengthS: round.load.windowS, isSteady: true, memoryAtRestBytes: bytes), round.load)
    for check in round.checks where !check.passed { server.failed(check) }
    return round.load
  }

  private func measurement(_ name: String, seed: UInt64? = nil) throws -> RoundMeasurement {
    guard let server = stack.stack[name] else { throw MeasuringError.notUp(name) }
    return RoundMeasurement(
      scenario: scenario, server: server, stack: stack.stack, work: work, connections: configuration.connections,
      seed: seed ?? configuration.seed)
  }

  /// Rows that were inserted would make the table another one from hour to hour.
  private func forgetRows() throws {
    guard scenario.insertsRows, let postgres = stack.stack.postgres else { return }
    _ = try DatabaseConnection(postgres).deleteBenchUsers()
  }

  /// `250`, `1.5`.
  package static func rate(_ perSecond: Double) -> String { String(format: "%.6g", perSecond) }

  /// `2 h 5 min`, `12 min`, `40 s`.
  package static func time(_ seconds: Double) -> String {
    let minutes = Int((seconds / 60).rounded())
    if seconds < 100 { return "\(Int(seconds.rounded())) s" }
    return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h" + (minutes % 60 == 0 ? "" : " \(minutes % 60) min")
  }
}

extension CheckFigure {
  fileprivate static func stack(_ outage: Outage) -> CheckFigure {
    CheckFigure(name: "server", passed: false, detail: outage.text)
  }
}

package enum SoakError: Error, Equatable, CustomStringConvertible {
  case ended(Outage)
  case nothingVerified(String, failure: String?)
  case tooFast(rate: Double, framework: String, capacity: Double)
  case otherwise(run: String, differences: [String])

  package var description: String {
    switch self {
    case .ended(let outage): outage.text
    case .nothingVerified(let framework, let failure):
      "\(framework) gives no right answer, so it cannot be soaked\(failure.map { ": \($0)" } ?? "")"
    case .tooFast(let rate, let framework, let capacity):
      "\(SoakRun.rate(rate)) requests a second are asked for, and \(framework) serves \(Int(capacity)) at most; right would be "
        + "RATE=\(max(1, Int(capacity / 2)))"
    case .otherwise(let run, let differences):
      "the run \(run) was begun \(differences.joined(separator: ", ")), and goes on with that; right would be: make soak "
        + "RUN=\(run)"
    }
  }
}
