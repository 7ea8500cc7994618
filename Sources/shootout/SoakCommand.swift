import Behaviour
import BenchSupport
import Foundation
import Reports
import Results
import Stack
import Text

/// A fixed rate for a long time: throughput, latency, memory and open descriptors.
struct SoakCommand: Command {
  static let about = CommandDescription(
    name: "soak", group: .measure, summary: "a fixed rate for a long time: does memory grow?",
    notes: [
      """
      One scenario (SHOOTOUT_SCENARIOS, db-read where it names none) on the targets of
      SHOOTOUT_FRAMEWORKS, each for the duration, in segments of some seconds that
      take turns. Every response is verified. A leak is a slope whose 95 % interval
      excludes zero, as MiB for a million requests.
      """,
      """
      Ctrl-C keeps the segments that were measured, and --run goes on from there with
      new starts of the servers.
      exit code: 0 all measured and nothing found, 1 a leak, errors, or a server or
      worker that ended, 2 could not measure, 3 bad usage, 130 Ctrl-C
      """,
    ],
    examples: [
      "shootout soak --duration 30m", "SHOOTOUT_FRAMEWORKS=sanic shootout soak --duration 2h --rate 500",
      "shootout soak --run latest",
    ])

  @Option("--duration", "D", .duration, "of each target: 90s, 30m, 8h (30m)") private var duration: Duration?
  @Option("--rate", "R", .positive, "requests a second of each target (half of what the slowest can)")
  private var rate: Double?
  @Option("--together", "load all at the same time: sooner, and each p99 disturbed")
  private var isTogether: Bool
  @Option("--run", "RUN", .folder, "take up a soak that ended before its time") private var chosen: String?

  private static let usualDuration = Duration.seconds(30 * 60)

  func run() throws -> ExitCode {
    let results = ResultsDirectory()
    let earlier = try chosen.map { try EarlierRun($0, \.soak, of: "soak") }
    let (settings, configuration) = try earlier.map(taken) ?? fresh()
    if let earlier, earlier.isWhole { return try earlier.directory.reportWhole() }
    try results.prepare()
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    var run: BehaviourRun?
    do {
      let lease = try StackLease.take(configuration.stack, interrupts)
      defer { lease.giveBack() }
      let stack = MeasuredStack(lease.stack, restart: { try lease.restart($0) })
      let soak = try SoakRun(settings, configuration, stack: stack, interrupts: interrupts) { print($0) }
      run = try earlier.map { try BehaviourRun.resume($0.directory, configuration, stack: lease.stack, in: results) }
      let prepared = try soak.prepare(after: run?.earlier.soak ?? [])
      if let slow = settings.overloaded(prepared.capacities), earlier == nil {
        throw SoakError.tooFast(
          rate: settings.rate(prepared.capacities), framework: slow.framework, capacity: slow.capacity)
      }
      let plan = earlier?.plan ?? settings.plan(prepared.capacities)
      let begun =
        try run
        ?? BehaviourRun.begin(configuration, stack: lease.stack, plan: BehaviourPlan(soak: plan), in: results)
      run = begun
      print(Self.intention(plan, configuration, left: begun.earlier.soak.count))
      try soak.measure(plan, into: begun, prepared)
    } catch DeploymentError.interrupted(let cause) {
      guard let run else {
        print("ended by \(cause) before the first segment; nothing is kept")
        return .interrupted
      }
      return try run.directory.reportEnded(by: cause, of: "soak")
    } catch {
      run?.directory.reportFailed(of: "soak")
      throw error
    }
    guard let run else { return .couldNotMeasure }
    return try ReportCommand.report(run.directory)
  }

  private static func intention(_ plan: SoakPlan, _ configuration: Configuration, left done: Int) -> String {
    let names = configuration.targets.map(\.name)
    let (all, turns) = (plan.segments * names.count, plan.isTogether ? 1 : names.count)
    let time = SoakRun.time(plan.segmentS * Double(plan.segments * turns) * Double(all - done) / Double(max(1, all)))
    let how = names.count == 1 ? "" : plan.isTogether ? ", all at the same time" : ", in turns"
    return
      "\(plan.scenario) at \(SoakRun.rate(plan.ratePerSecond)) a second on \(names.joined(separator: ", "))\(how): "
      + "\(plan.segments) segments of \(Int(plan.segmentS)) s each"
      + (done > 0 ? ", \(done) are there; \(time) of load are left" : "; \(time) of load")
  }

  // MARK: What is asked for

  private func fresh() throws -> (SoakSettings, Configuration) {
    let duration = duration ?? Self.usualDuration
    guard duration >= .seconds(1) else {
      throw UsageError("--duration is a second at least; right would be --duration 30m")
    }
    if let rate, rate < 1 { throw UsageError("--rate is 1 a second at least; right would be --rate 100") }
    var configuration = try Configuration.read(scenarios: Scenario.names)
    let asked = configuration.scenarios
    if asked.count == Scenario.names.count { configuration.scenarios = [SoakSettings.usualScenario] }
    guard let scenario = configuration.scenarios.first, configuration.scenarios.count == 1 else {
      throw UsageError(
        "a soak is of one scenario, and SCENARIOS names \(asked.joined(separator: ", ")); right would be "
          + "SCENARIOS=\(SoakSettings.usualScenario)")
    }
    return (
      SoakSettings(scenario: scenario, duration: duration, rate: rate, isTogether: isTogether),
      try measuring(configuration)
    )
  }

  /// What a run began with holds to its end: whatever else is asked for contradicts it.
  private func taken(_ earlier: EarlierRun<SoakPlan>) throws -> (SoakSettings, Configuration) {
    let plan = earlier.plan
    var differences: [String] = []
    if let duration, duration.inSeconds != plan.durationS { differences.append("for \(SoakRun.time(plan.durationS))") }
    if let rate, rate != plan.ratePerSecond { differences.append("at \(SoakRun.rate(plan.ratePerSecond)) a second") }
    if isTogether, !plan.isTogether { differences.append("in turns") }
    guard differences.isEmpty else {
      throw UsageError("\(SoakError.otherwise(run: earlier.directory.name, differences: differences))")
    }
    let settings = SoakSettings(
      scenario: plan.scenario, duration: .nanoseconds(Int64(plan.durationS * 1e9)), rate: plan.ratePerSecond,
      isTogether: plan.isTogether)
    return (settings, try measuring(earlier.settings(Configuration.read(scenarios: Scenario.names))))
  }

  private func measuring(_ configuration: Configuration) throws -> Configuration {
    guard configuration.coordinator == nil else {
      throw UsageError("a soak has one generator, and COORDINATOR is set; right would be without it")
    }
    guard configuration.comparison == nil else {
      throw UsageError("a soak compares no versions; right would be FRAMEWORKS without BASE and HEAD")
    }
    return configuration
  }
}
