import Results

extension StoredBaseline {
  /// What forbids to hold a run against it; nil where nothing does.
  ///
  /// - Parameter reference: Of the run. The ratios to another one cannot be compared.
  package func obstacle(_ manifest: Manifest, reference: Manifest.FrameworkEntry) -> Reason? {
    let (then, now) = (Reason.RoundPlan(baseline.conditions), Reason.RoundPlan(Baseline.Conditions(manifest)))
    if then != now { return .otherRounds(then: then, now: now) }
    let changed = changes(reference)
    if !changed.isEmpty { return .outdatedBaseline(isReference: true, changes: changed) }
    // A baseline of another machine ran beside another database, and with other limits, anyway.
    guard isOwn, let settings = baseline.settings else { return nil }
    let changes = Change.all(from: settings, to: Baseline.settings(manifest))
    return changes.isEmpty ? nil : .outdatedBaseline(isReference: false, changes: changes)
  }

  /// What is recorded of it beside the result of a framework.
  package func use(for framework: Manifest.FrameworkEntry) -> BaselineUse {
    BaselineUse(name: name, isOwn: isOwn, changes: changes(framework))
  }
}
