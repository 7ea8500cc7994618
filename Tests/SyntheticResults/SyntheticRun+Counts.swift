import Results

extension SyntheticRun {
  package static let conditions = CountConditions(
    interpreter: "3.11.2 (main) [GCC 12.2.0]", cLibrary: "glibc 2.36", architecture: "x86_64", processor: "x86-64-v3",
    valgrind: "3.19.0", allocator: "jemalloc 5.3.0", deployment: "process", packages: ["uvicorn": "0.40.0"])

  /// Adds what an exchange of a cell costs; what is not named is absent.
  package mutating func count(
    _ scenario: String, _ framework: String, _ figures: [CountMetric: Double],
    absent reason: String = "valgrind is not installed", functions: [FunctionCalls] = [],
    conditions: CountConditions = SyntheticRun.conditions
  ) {
    var absent: [CountMetric: String] = [:]
    for metric in CountMetric.allCases where figures[metric] == nil { absent[metric] = reason }
    counts.append(
      CellCounts(
        scenario: scenario, framework: framework, started: "2026-07-01T09:59:00Z", conditions: conditions,
        figures: figures.mapValues { CountedFigure(starts: [$0], halfWidth: $0 * 0.001, batches: 4) }, absent: absent,
        functions: functions))
    if manifest.counted?.contains(scenario) != true { manifest.counted = (manifest.counted ?? []) + [scenario] }
  }

  /// Adds what the gate by counts found of a scenario.
  package mutating func judgeCounts(
    _ scenario: String, baseline: String = "the other version", _ results: [CountResult]
  ) {
    countVerdicts.append(CountVerdicts(scenario: scenario, baseline: baseline, results: results))
  }

  /// With an interval of 0.1 % on either side of instructions, and none of what is a whole number.
  package static func counted(
    _ scenario: String, _ framework: String, _ metric: CountMetric, _ before: Double, _ now: Double,
    tolerated: Double = 1.005, _ verdict: ThresholdResult.Outcome, reason: String? = nil
  ) -> CountResult {
    let ratio = before > 0 ? now / before : nil
    let reach = metric == .instructions ? 1.001 : 1
    return CountResult(
      scenario: scenario, framework: framework, metric: metric, verdict: verdict, reason: reason, before: before,
      now: now,
      ratio: ratio, low: ratio.map { $0 / reach }, high: ratio.map { $0 * reach }, tolerated: tolerated, starts: 3)
  }

  /// Four scenarios on two frameworks and the reference, counted and not timed.
  package static var countedOnly: SyntheticRun {
    var run = SyntheticRun(scenarios: ["ping", "json", "db-read", "sse"], frameworks: ["alpha", "beta", "bare"])
    run.manifest.timed = false
    run.addCounts()
    return run
  }

  /// Of four scenarios; beta without valgrind, and one threshold that is exceeded.
  package mutating func addCounts() {
    let costs: [(String, Double, Double, Double)] = [
      ("ping", 123_208, 70, 0), ("json", 125_622, 74, 0), ("db-read", 350_495, 204, 1), ("sse", 619_899, 412, 0),
    ]
    for (scenario, instructions, calls, statements) in costs {
      for (framework, factor) in [("alpha", 3.4), ("beta", 1.6), ("bare", 1)] {
        var figures: [CountMetric: Double] = [
          .instructions: (instructions * factor).rounded(), .pythonCalls: (calls * factor).rounded(),
          .systemCalls: scenario == "sse" ? 52 : 4, .databaseStatements: statements, .bytesSent: 45,
          .bytesReceived: scenario == "sse" ? 2_690 : 132,
        ]
        if framework == "beta" { (figures[.instructions], figures[.systemCalls]) = (nil, nil) }
        count(scenario, framework, figures)
      }
      judgeCounts(
        scenario, baseline: "counts 0123456789ab.json, committed on 2026-06-30",
        [
          Self.counted(
            scenario, "alpha", .instructions, instructions * 3.4, instructions * (scenario == "json" ? 3.5 : 3.4),
            scenario == "json" ? .fail : .pass),
          Self.counted(scenario, "alpha", .databaseStatements, statements, statements, tolerated: 1, .pass),
          CountResult(
            scenario: scenario, framework: "beta", metric: .instructions, verdict: .undecided,
            reason: "not counted: valgrind is not installed", tolerated: 1.005, starts: 0),
        ])
    }
  }
}
