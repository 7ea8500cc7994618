import Gate
import Results

extension Baseline {
  /// What a whole run showed. Throws where a part of it is missing or has errors: a baseline is trusted later. What most
  /// rounds were disturbed or limited in is left out; `leftOut` says what that is.
  public init(_ run: RunSummary) throws(BaselineError) {
    if run.reference != nil { try run.requireSound() }
    try self.init(run.manifest, rounds: run.cells.flatMap(\.rounds), policy: .standard)
  }

  /// In a line each: what no later run can be compared with, and why.
  public static func leftOut(_ run: RunSummary) -> [String] {
    leftOut(run.manifest, rounds: run.cells.flatMap(\.rounds), policy: .standard)
  }
}

extension CountBaseline {
  /// What was counted in a run that is whole and sound.
  public init(_ run: RunSummary, counts: [CellCounts]) throws(BaselineError) {
    try run.requireSound()
    try self.init(run.manifest, counts: counts)
  }
}

extension RunSummary {
  /// A comparison is refused for being one.
  fileprivate func requireSound() throws(BaselineError) {
    guard manifest.comparison == nil, state != .complete else { return }
    let faults = missing.map(\.description) + problems.map { "\($0)" }
    let failed = failedCells.map { "\($0.scenario) on \($0.framework.name): \($0.reason ?? $0.verdict.rawValue)" }
    throw .unsound(faults + failed)
  }
}

extension ScenarioSummary {
  /// What speaks against any decision from these rounds, and of whom; nil where nothing does.
  ///
  /// The reference is looked at as well: a limited one makes every ratio to it too large.
  func fault(
    against metric: Metric, of framework: String, in manifest: Manifest
  ) -> (cell: CellSummary, fault: Fault)? {
    cells.filter { $0.framework.name == framework || $0.framework.isReference }.compactMap { cell in
      cell.rounds.fault(metric, in: manifest, policy: .standard).map { (cell, $0) }
    }.first
  }
}
