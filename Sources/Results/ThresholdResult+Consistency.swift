extension ScenarioVerdicts {
  /// - Parameters:
  ///   - rounds: those of its scenario.
  ///   - manifest: what the run set out to do.
  package func contradiction(_ rounds: [Round], _ manifest: Manifest) -> String? {
    let planned = manifest.profile.rounds
    if let end {
      let last = rounds.map(\.round).max() ?? end.rounds
      if last > end.rounds { return "the scenario ended after \(end.rounds) rounds, and there is a round \(last)" }
      if end.rounds > planned || (end.cause == .allPlanned && end.rounds < planned) {
        return "the scenario ended after \(end.rounds) of \(planned) rounds, by '\(end.cause.rawValue)'"
      }
    }
    if let other = results.first(where: { $0.scenario != scenario }) {
      return "a comparison result of '\(other.scenario)' among those of '\(scenario)'"
    }
    let names = manifest.frameworks.map(\.name)
    if let other = results.first(where: { !names.contains($0.framework) }) {
      return "a comparison result of '\(other.framework)', which the manifest does not expect"
    }
    return nil
  }
}

extension ThresholdResult {
  /// What this result says that cannot be; nil where nothing is.
  package var implausibility: String? {
    let place = "\(framework) \(metric.rawValue)"
    if !(0...10_000).contains(rounds) { return "\(place): 'rounds' is \(rounds)" }
    if verdict == .undecided, reason == nil { return "\(place): undecided without a reason" }
    if verdict != .undecided, reason != nil { return "\(place): '\(verdict.rawValue)' with a reason to be undecided" }
    if !(confidence >= 0 && confidence <= 1) { return "\(place): a confidence of \(confidence)" }
    let figures = [tolerated] + [ratio, low, high].compactMap(\.self)
    if let bad = figures.first(where: { comparedTo == .itself ? !$0.isFinite : !($0 >= 0) }) {
      return "\(place): a ratio of \(bad)"
    }
    if let ratio, let low, let high, !(low <= ratio && ratio <= high) {
      return "\(place): a ratio of \(ratio) outside of its interval from \(low) to \(high)"
    }
    return nil
  }
}
