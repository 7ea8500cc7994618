import Gate
import Results

extension SyntheticRun {
  /// Ten rounds that scatter by one percent. CPU time per request follows from the throughput.
  package static func steady(alpha: Double) -> SyntheticRun {
    var run = SyntheticRun(rounds: 10)
    let scatter = [1.01, 0.99, 1, 1.005, 0.995, 1.01, 0.99, 1, 1.005, 0.995]
    run.add("ping", "alpha", perSecond: scatter.map { alpha * $0 })
    run.add("ping", "beta", perSecond: scatter.reversed().map { 600 * $0 })
    run.add("ping", "bare", perSecond: scatter.map { _ in 1000 })
    return run
  }

  /// The same ten rounds twice, for a look at twenty.
  package var longer: SyntheticRun {
    var longer = self
    longer.rounds += rounds.map { round in
      var later = round
      later.round += 10
      return later
    }
    return longer
  }

  package var baseline: Baseline {
    get throws { try Baseline(manifest, rounds: rounds, policy: .standard) }
  }
}
