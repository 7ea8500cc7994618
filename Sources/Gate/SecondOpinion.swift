import Statistics

/// What other methods say of the rounds that decided a threshold. They decide nothing: where they contradict the verdict,
/// the rounds are worth a look.
public struct SecondOpinion: Equatable, Sendable {
  /// How far the change stands out beside the scatter of the rounds (`LogMean.effectSize`): of the ratios of two sides
  /// measured together, or between this run and the baseline. Negative where it is a decrease.
  public let effectSize: Double?
  /// The BCa interval at 95 % of the same ratio, of rounds in which both sides were measured; it knows nothing of the
  /// shift from run to run.
  public let bootstrap: ConfidenceInterval?
  /// Two-sided and exact, of the rounds of this run against those of the baseline.
  public let mannWhitney: Double?

  package init(_ comparison: GateComparison) {
    let rounds = comparison.rounds
    let mean = rounds.mean()
    switch comparison.yardstick {
    case .withinRound:
      effectSize = mean?.effectSize
      bootstrap = Bootstrap(seed: 1).interval(logarithms: rounds.adjusted)
      mannWhitney = nil
    case .baseline(let earlier):
      effectSize = earlier.mean().flatMap { mean?.effectSize(from: $0) }
      bootstrap = nil
      mannWhitney = MannWhitney(rounds.adjusted, earlier.adjusted)?.pValue
    }
  }
}
