extension [Manifest.NotCompared] {
  /// `sse (base: No module named 'fastapi.sse'), stream (base: …; head: …)`
  public var inWords: String {
    var scenarios: [String] = []
    for entry in self where !scenarios.contains(entry.scenario) { scenarios.append(entry.scenario) }
    return scenarios.map { scenario in
      let sides = filter { $0.scenario == scenario }.map { "\($0.side): \($0.reason)" }
      return "\(scenario) (\(sides.joined(separator: "; ")))"
    }.joined(separator: ", ")
  }
}
