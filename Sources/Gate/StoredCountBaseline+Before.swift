import Results

extension StoredCountBaseline {
  /// What a cell of a run is held against.
  public func before(_ now: CellCounts) -> CountGate.Before {
    guard isOfSameConditions else {
      let difference = now.conditions.differences(from: baseline.conditions) ?? "the conditions differ"
      return .nothing("\(name) was counted under other conditions: \(difference)")
    }
    guard let stored = baseline.counts(now.scenario, now.framework) else {
      return .nothing("\(name) has no counts of it")
    }
    return .stored(stored, changes: Change.all(from: stored.conditions.packages, to: now.conditions.packages))
  }

  /// One sentence: which baseline it is, and what is different about it.
  ///
  /// - Parameter conditions: of the run.
  public func origin(_ conditions: CountConditions) -> String {
    let made = "baseline \(name), counted on \(baseline.made.prefix(10))"
    guard !isOfSameConditions else { return made + " under the same conditions" }
    let difference = conditions.differences(from: baseline.conditions) ?? "unknown"
    return made + " under other conditions (\(difference)), so that nothing is decided by it; make baseline makes one"
  }
}
