import Results

extension CountConditions {
  package static func synthetic(interpreter: String = "3.11.2 (main) [GCC 12.2.0]") -> CountConditions {
    CountConditions(
      interpreter: interpreter, cLibrary: "glibc 2.36", architecture: "x86_64", processor: "x86-64-v3",
      valgrind: "3.19.0", allocator: "jemalloc 5.3.0", deployment: "process", packages: ["alpha": "1.2.3"])
  }
}

extension CellCounts {
  /// One start of each figure. What is not named costs one of it.
  package static func synthetic(
    _ scenario: String = "ping", _ framework: String, _ values: [CountMetric: Double] = [:],
    conditions: CountConditions = .synthetic(), functions: [FunctionCalls] = []
  ) -> CellCounts {
    CellCounts(
      scenario: scenario, framework: framework, started: "2026-07-01T10:00:00Z", conditions: conditions,
      figures: Dictionary(
        uniqueKeysWithValues: CountMetric.allCases.map {
          ($0, CountedFigure(starts: [values[$0] ?? 1], halfWidth: 0, batches: 4))
        }), functions: functions)
  }
}
