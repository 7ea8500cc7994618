import Statistics

/// Two targets of a scenario compared in the rounds that both have.
struct Comparison: Equatable, Sendable {
  /// By the estimate; whether it really is faster is what `isTie` answers.
  var faster: String
  var slower: String
  /// The throughput of `faster` divided by that of `slower`.
  var ratio: PairedRatio
  var decision: HolmDecision

  /// The interval at the confidence that the correction asked for: it includes 1 exactly in a tie.
  var interval: ConfidenceInterval { ratio.interval(confidence: decision.confidence) }
  var isTie: Bool { !decision.isSignificant }

  /// All pairs of the cells that share at least two rounds, corrected together.
  static func all(_ cells: [CellSummary]) -> [Comparison] {
    var pairs: [(faster: String, slower: String, ratio: PairedRatio)] = []
    for (index, one) in cells.enumerated() {
      for other in cells[(index + 1)...] {
        let rounds = one.rounds + other.rounds
        let names = (one.framework.name, other.framework.name)
        guard let ratio = PairedRatio(rounds.ratios(of: names.0, to: names.1, .throughput, policy: .standard)),
          let inverse = PairedRatio(rounds.ratios(of: names.1, to: names.0, .throughput, policy: .standard))
        else { continue }
        pairs.append(
          ratio.logMean.mean >= 0
            ? (names.0, names.1, ratio) : (names.1, names.0, inverse))
      }
    }
    return zip(pairs, holmDecisions(pairs.map(\.ratio.pValue))).map { pair, decision in
      Comparison(faster: pair.faster, slower: pair.slower, ratio: pair.ratio, decision: decision)
    }
  }
}

/// Who is fastest in a scenario, as far as the rounds can tell.
enum Outcome: Equatable, Sendable {
  /// The only one that nobody was shown to be faster than; the comparison is with the next.
  case winner(String, margin: Comparison)
  /// Nobody was shown to be faster than these.
  case tie([String])
  /// Only one valid cell: there is nothing to compare it with.
  case uncontested(String)
  /// Some of the leaders share fewer than two rounds.
  case inconclusive([String])
  /// No valid cell.
  case nobody

  /// The names that share the first place.
  var winners: [String] {
    switch self {
    case .winner(let name, _): [name]
    case .tie(let names): names
    case .uncontested, .inconclusive, .nobody: []
    }
  }
}
