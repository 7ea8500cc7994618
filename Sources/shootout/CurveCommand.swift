import Behaviour
import BenchSupport
import Foundation
import Results
import Stack

/// Throughput, latency and memory as load grows, and the highest rate that each target holds.
struct CurveCommand: Command {
  static let about = CommandDescription(
    name: "curve", group: .look, summary: "throughput, latency and memory as load grows",
    notes: [
      """
      By connections from 1 to 1,024, by rate from 10 to 120 % of the capacity that
      was just measured, and with up to 10,000 idle connections for websocket and
      sse. SHOOTOUT_SCENARIOS says which scenarios, SHOOTOUT_PROFILE how long.
      Ctrl-C loses nothing: with --run latest the run goes on.
      exit code: 0 all there, 1 wrong answers or failed checks, 2 levels are missing
      """
    ],
    examples: ["SHOOTOUT_SCENARIOS=ping SHOOTOUT_PROFILE=quick shootout curve", "shootout curve --run latest"])

  @Option("--limit", "D", .milliseconds, "the p99 up to which a rate counts as held (50ms)")
  private var limit: Double?
  @Option("--run", "RUN", .folder, "a run to go on with: its folder, its name, or latest")
  private var resumed: String?

  func run() throws -> ExitCode {
    if let limit, !(1...60_000).contains(limit) {
      throw UsageError("--limit is not from 1ms to 60s; right would be --limit 50ms")
    }
    if resumed != nil, limit != nil {
      throw UsageError("--limit is that of the run that is taken up; right would be one of --run and --limit")
    }
    var configuration = try Configuration.read(scenarios: Scenario.names)
    if configuration.coordinator != nil {
      throw UsageError("a curve has one generator, and SHOOTOUT_COORDINATOR is set; right would be without it")
    }
    if configuration.comparison != nil {
      throw UsageError("a curve has no two versions of a framework; right would be make compare")
    }
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    let results = ResultsDirectory()
    let earlier = try resumed.map { try EarlierRun($0, \.curve, of: "curve") }
    if let earlier {
      configuration = try earlier.settings(configuration)
      if earlier.isWhole { return try earlier.directory.reportWhole() }
    }
    try results.prepare()
    // Before servers are started, which get the same limit.
    CurveLimits.raiseOpenFiles()
    let lease = try StackLease.take(configuration.stack, interrupts)
    defer { lease.giveBack() }
    let run = try begin(earlier?.directory, configuration, lease.stack, in: results)
    for bound in run.manifest.behaviour?.curve?.bounds ?? [] { print(bound) }

    let cancellation = LoadCancellation(interrupts)
    let progress = CurveProgress { print($0) }
    do {
      try CurveRun(run, configuration, stack: lease.stack, cancellation: cancellation, progress: progress).measure()
    } catch let error as CalledOff {
      lease.giveBack()
      return try run.directory.reportEnded(by: error.cause, of: "curve")
    } catch {
      lease.giveBack()
      run.directory.reportFailed(of: "curve")
      throw error
    }
    lease.giveBack()
    let code = try ReportCommand.report(run.directory)
    if code == .couldNotMeasure { print("to go on with what is missing: make curve RUN=\(run.directory.name)") }
    return code
  }

  private func begin(
    _ earlier: RunDirectory?, _ configuration: Configuration, _ stack: Stack, in results: ResultsDirectory
  ) throws -> BehaviourRun {
    if let earlier { return try BehaviourRun.resume(earlier, configuration, stack: stack, in: results) }
    let scenarios = try Scenario.all.filter { configuration.scenarios.contains($0.name) }.map { scenario in
      (scenario.name, try scenario.work(ScenarioMaterial(configuration, stack, for: scenario)).bytesOfExchange)
    }
    let plan = CurvePlan(
      configuration.profile, scenarios: scenarios, connections: configuration.connections, limits: .read(stack),
      latencyLimitMs: limit ?? CurvePlan.latencyLimitMs)
    // Rates are shares of what so many connections reach.
    if let bare = configuration.scenarios.first(where: { name in
      !plan.levels(of: name).contains { $0.kind == .connections }
    }) {
      let reasons = plan.bounds.filter { $0.hasPrefix("\(bare):") }.joined(separator: " ")
      throw UsageError("there is no curve of \(bare) on this machine. \(reasons)")
    }
    return try BehaviourRun.begin(configuration, stack: stack, plan: BehaviourPlan(curve: plan), in: results)
  }
}
