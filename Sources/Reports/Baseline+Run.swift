import Gate
import Results

extension Baseline {
  /// What a whole run showed. Throws where a part of it is missing or has errors: a baseline is trusted later. What most
  /// rounds were disturbed or limited in is left out; `leftOut` says what that is.
  public init(_ run: RunSummary) throws(BaselineError) {
    if run.reference != nil, run.manifest.comparison == nil, run.state != .complete {
      let faults = run.missing.map(\.description) + run.problems.map { "\($0)" }
      let failed = run.failedCells.map { "\($0.scenario) on \($0.framework.name): \($0.reason ?? $0.verdict.rawValue)" }
      throw .unsound(faults + failed)
    }
    try self.init(run.manifest, rounds: run.cells.flatMap(\.rounds), policy: .standard)
  }

  /// In a line each: what no later run can be held against, and why.
  public static func leftOut(_ run: RunSummary) -> [String] {
    leftOut(run.manifest, rounds: run.cells.flatMap(\.rounds), policy: .standard)
  }
}
