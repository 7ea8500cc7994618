import Foundation
import Gate
import Results
import Statistics

extension SyntheticRun {
  /// Two versions of a framework, as `make compare` has them, with nothing measured yet.
  package static func versions(
    _ base: String = "24.12.0", _ head: String = "25.12.1", scenarios: [String] = ["ping", "json", "db-read"]
  ) -> SyntheticRun {
    var run = SyntheticRun(scenarios: scenarios, frameworks: ["head", "base"], rounds: 10)
    run.manifest.frameworks = [("base", base), ("head", head)].map { side, version in
      Manifest.FrameworkEntry(
        name: side, title: "Sanic (\(side))", version: version, server: "sanic", isReference: side == "base",
        versions: ["sanic": version, "uvicorn": "0.40.0"])
    }
    run.manifest.comparison = "sanic \(base) to \(head)"
    run.manifest.compared = Manifest.ComparedSides(framework: "sanic", base: base, head: head)
    run.manifest.gated = true
    run.parities = []
    return run
  }

  /// Counts of all scenarios: as many of base, and of head what `change` makes of them.
  package mutating func countVersions(
    conditions: CountConditions = SyntheticRun.conditions, headConditions: CountConditions = SyntheticRun.conditions,
    _ change: (_ scenario: String, _ metric: CountMetric, _ value: Double) -> Double = { $2 },
    functions: (_ scenario: String) -> [FunctionCalls] = { _ in [] }
  ) {
    let usual = [
      FunctionCalls(package: "sanic", name: "sanic.router.Router.get", calls: 1),
      FunctionCalls(package: "Python", name: "asyncio.events.Handle._run", calls: 3),
    ]
    for scenario in manifest.scenarios.map(\.name) {
      let figures: [CountMetric: Double] = [
        .instructions: 200_000, .pythonCalls: 150, .systemCalls: 4, .databaseStatements: scenario == "db-read" ? 1 : 0,
        .bytesSent: 45, .bytesReceived: 132,
      ]
      let changed = Dictionary(uniqueKeysWithValues: figures.map { ($0, change(scenario, $0, $1)) })
      count(scenario, "base", figures, functions: usual, conditions: conditions)
      count(scenario, "head", changed, functions: usual + functions(scenario), conditions: headConditions)
      let isAlike = conditions.ofMachine == headConditions.ofMachine
      judgeCounts(
        scenario,
        [CountMetric.instructions, .pythonCalls, .databaseStatements].map { metric in
          let (before, now) = (figures[metric] ?? 0, changed[metric] ?? 0)
          let tolerated = metric == .databaseStatements ? 1 : 1.005
          let isWorse = before > 0 ? now / before > tolerated : now > 0
          return Self.counted(
            scenario, "head", metric, before, now, tolerated: tolerated, isAlike ? isWorse ? .fail : .pass : .undecided,
            reason: isAlike ? nil : "counted under other conditions: interpreter 3.11.2 there, 3.11.7 here")
        })
    }
  }

  /// Rounds of all scenarios, and what the gate decided on the CPU time: `ratio`, with `error` around it as a logarithm.
  package mutating func timeVersions(cpu ratio: Double, _ verdict: Verdict, error: Double = 0.01) {
    let scatter = [1.01, 0.99, 1, 1.005, 0.995, 1.01, 0.99, 1, 1.005, 0.995]
    for scenario in manifest.scenarios.map(\.name) {
      add(scenario, "base", perSecond: scatter.map { 100 * $0 })
      add(scenario, "head", perSecond: scatter.reversed().map { 100 / ratio * $0 })
      verdicts.append(
        ScenarioVerdicts(
          scenario: scenario, baseline: "two versions compared within the rounds",
          results: [
            Self.timed(scenario, .throughput(downAtMost: 0.1), verdict, ratio: 1 / ratio, error: error),
            Self.timed(scenario, .cpuPerRequest(upAtMost: 0.1), verdict, ratio: ratio, error: error),
          ]))
    }
  }

  private static func timed(
    _ scenario: String, _ threshold: Threshold, _ verdict: Verdict, ratio: Double, error: Double
  ) -> ThresholdResult {
    let rounds = (0..<20).map { log(ratio) + ($0.isMultiple(of: 2) ? error : -error) }
    let comparison = GateComparison(
      GateComparison.Question(framework: "head", threshold: threshold), rounds: RoundRatios(rounds),
      against: .otherVersion,
      runToRun: nil, policy: .standard)
    return ThresholdResult(
      scenario: scenario,
      Decision(
        comparison: comparison, verdict: verdict,
        estimate: LogEstimate(mean: log(ratio), standardError: error, degreesOfFreedom: 30), confidence: 0.95),
      baseline: nil)
  }
}
