import Results

/// What both sides of a comparison call for a request, as far as it differs.
struct ComparedCalls {
  /// Statements, system calls and Python calls in all.
  let totals: [CallDifference]
  /// Statements, system calls and Python functions.
  let functions: [CallDifference]
  /// Coroutines and generators that go on where they waited.
  let resumed: [CallDifference]
  let origins: [CallOrigin]
  /// The scenarios in which both sides' functions were counted.
  let compared: [String]
  /// All that were counted.
  let scenarios: [String]

  init(_ sides: VersionSides, _ run: RunSummary) {
    let all = CallDifference.functions(sides, run)
    totals = CallDifference.totals(sides, run)
    functions = all.filter { !$0.isResumed }
    resumed = all.filter(\.isResumed)
    origins = CallOrigin.all(sides, run)
    compared = CallDifference.comparedScenarios(sides, run)
    scenarios = run.scenarios.map(\.entry.name).filter { name in run.counts.contains { $0.scenario == name } }
  }

  var called: [CallDifference] { totals + functions }
}
