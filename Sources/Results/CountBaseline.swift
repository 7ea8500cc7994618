import Foundation

/// What exchanges cost in a run, kept to be compared with later on any machine that counts under the same conditions: the
/// file `counts-<fingerprint of the conditions>.json` of `fixtures/baselines/`, reviewed like code.
public struct CountBaseline: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = CountBaseline.currentSchema
  /// ISO 8601, UTC: when the run began.
  public var made: String
  /// Of all its cells, without packages.
  public var conditions: CountConditions
  /// By target: all installed distributions.
  public var packages: [String: [String: String]]
  public var cells: [Cell]

  /// One scenario on one framework.
  public struct Cell: Codable, Equatable, Sendable {
    public var scenario: String
    public var framework: String
    /// By metric, with all starts of the server.
    public var figures: [String: CountedFigure]
    /// By metric: why there is no figure, as a clause.
    public var absent: [String: String]
    /// Calls for one exchange, by package and name.
    public var functions: [String: [String: Double]]
    /// Resumptions of coroutines and generators, likewise.
    public var resumptions: [String: [String: Double]]?
  }

  /// - Throws: `unsound` where nothing was counted, or not all of it under the same conditions.
  public init(_ manifest: Manifest, counts: [CellCounts]) throws(BaselineError) {
    if let comparison = manifest.comparison { throw .comparison(comparison) }
    guard var conditions = counts.first?.conditions else { throw .unsound(["nothing was counted"]) }
    let strangers = counts.filter { $0.conditions.fingerprint != conditions.fingerprint }
    guard strangers.isEmpty else {
      throw .unsound(strangers.map { "\($0.scenario) on \($0.framework) was counted under other conditions" })
    }
    conditions.packages = [:]
    self.conditions = conditions
    made = manifest.started
    packages = Dictionary(counts.map { ($0.framework, $0.conditions.packages) }) { first, _ in first }
    cells = counts.map { counts in
      Cell(
        scenario: counts.scenario, framework: counts.framework, figures: counts.figures.mapValues(\.rounded),
        absent: counts.absent,
        functions: counts.functions.byPackage(resumed: false), resumptions: counts.functions.byPackage(resumed: true))
    }
  }

  /// What is stored of a cell, as it was counted; nil where nothing is.
  public func counts(_ scenario: String, _ framework: String) -> CellCounts? {
    guard let cell = cells.first(where: { $0.scenario == scenario && $0.framework == framework }) else { return nil }
    var conditions = conditions
    conditions.packages = packages[framework] ?? [:]
    var counts = CellCounts(
      scenario: scenario, framework: framework, started: made, conditions: conditions, figures: [:],
      functions: [FunctionCalls](cell.functions, areResumed: false)
        + [FunctionCalls](cell.resumptions ?? [:], areResumed: true))
    (counts.figures, counts.absent) = (cell.figures, cell.absent)
    return counts
  }
}

extension [FunctionCalls] {
  /// By package and name.
  fileprivate func byPackage(resumed isResumed: Bool) -> [String: [String: Double]] {
    Dictionary(grouping: filter { $0.isResumed == isResumed }, by: \.package).mapValues { functions in
      Dictionary(functions.map { ($0.name, $0.calls) }) { $0 + $1 }
    }
  }

  fileprivate init(_ byPackage: [String: [String: Double]], areResumed: Bool) {
    self = byPackage.sorted { $0.key < $1.key }.flatMap { package, functions in
      functions.sorted { $0.key < $1.key }.map {
        FunctionCalls(package: package, name: $0.key, calls: $0.value, isResumed: areResumed)
      }
    }
  }
}

extension CountedFigure {
  /// To a hundredth, which a review can read.
  fileprivate var rounded: CountedFigure {
    func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
    return CountedFigure(starts: starts.map(rounded), halfWidth: rounded(halfWidth), batches: batches)
  }
}

extension CountBaseline: VersionedRecord {
  package init(earlier schema: Int, from decoder: any Decoder) throws {
    try self.init(from: decoder)
  }
}

/// A baseline of counts, and where it lies.
public struct StoredCountBaseline: Equatable, Sendable {
  public var name: String
  public var baseline: CountBaseline
  /// Counted under the conditions of this run, so that it decides.
  public var isOfSameConditions: Bool

  public init(name: String, baseline: CountBaseline, isOfSameConditions: Bool) {
    self.name = name
    self.baseline = baseline
    self.isOfSameConditions = isOfSameConditions
  }
}
