import Results

extension StoredBaseline {
  /// What forbids to compare at all.
  package func obstacle(_ conditions: Baseline.Conditions) -> Doubt? {
    let then = baseline.conditions
    if (then.profile, then.windowS, then.connections) != (
      conditions.profile, conditions.windowS, conditions.connections
    ) {
      return .unsuitableBaseline(
        "the baseline was made with \(then.profile), \(then.windowS) s and \(then.connections) connections, this run with "
          + "\(conditions.profile), \(conditions.windowS) s and \(conditions.connections)")
    }
    return nil
  }

  /// What forbids to hold the ratios to this reference against those of then.
  package func obstacle(reference: Manifest.FrameworkEntry) -> Doubt? {
    let changed = differences(reference)
    guard !changed.isEmpty else { return nil }
    return .unsuitableBaseline("the baseline is stale: the reference has changed, \(changed.joined(separator: ", "))")
  }

  /// What forbids to compare with what ran beside another database, or with other limits. A foreign baseline is of another
  /// machine anyway.
  package func obstacle(settings: [String: String]) -> Doubt? {
    guard isOwn, let then = baseline.settings else { return nil }
    let changed = changes(from: then, to: settings)
    guard !changed.isEmpty else { return nil }
    return .unsuitableBaseline("the baseline is stale: \(changed.joined(separator: ", "))")
  }
}
