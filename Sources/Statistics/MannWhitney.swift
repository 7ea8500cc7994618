/// Whether the values of one sample tend to be larger than those of another: a test that no outlier can move much.
///
/// It asks for independent samples and nothing else. With few values it cannot show much either: with 3 and 3 the
/// smallest two-sided p-value is 0.1. Source: Mann and Whitney, "On a test of whether one of two random variables is
/// stochastically larger than the other", Ann. Math. Statist. 18 (1947).
public struct MannWhitney: Equatable, Sendable {
  /// Of all pairs, those in which the value of the first sample is the larger one; equal ones count half.
  public let u: Double
  /// Two-sided and exact, also where values are equal: the share of all divisions of the values into samples of these
  /// sizes that are at least as uneven, on the rarer side and doubled.
  public let pValue: Double
  /// Cliff's delta, from −1 (all of the first are smaller) to 1: how often larger minus how often smaller.
  ///
  /// Source: Cliff, "Dominance statistics", Psychological Bulletin 114 (1993).
  public let delta: Double

  /// All sums of ranks are counted, which takes time and memory with the third power of the values.
  public static let mostValues = 80

  /// nil where a sample is empty, where a value is not a number, and beyond `mostValues` together.
  public init?(_ first: [Double], _ second: [Double]) {
    let all = first + second
    guard !first.isEmpty, !second.isEmpty, all.count <= MannWhitney.mostValues, !all.contains(where: \.isNaN)
    else { return nil }
    let ranks = MannWhitney.doubledRanks(all)
    let sum = ranks.prefix(first.count).reduce(0, +)
    let pairs = Double(first.count * second.count)
    u = Double(sum - first.count * (first.count + 1)) / 2
    delta = 2 * u / pairs - 1
    let counts = MannWhitney.counts(ofSums: ranks, choosing: first.count)
    let total = counts.reduce(0, +)
    let below = counts[...sum].reduce(0, +)
    let above = counts[sum...].reduce(0, +)
    pValue = min(1, 2 * min(below, above) / total)
  }

  /// Twice the rank of each value, so that the mean rank of equal values is whole.
  private static func doubledRanks(_ values: [Double]) -> [Int] {
    values.map { value in
      var rank = 1
      for other in values { rank += other < value ? 2 : other == value ? 1 : 0 }
      return rank
    }
  }

  /// In how many ways so many of the ranks can be chosen to have each sum.
  private static func counts(ofSums ranks: [Int], choosing size: Int) -> [Double] {
    let largest = ranks.reduce(0, +)
    var ways = [[Double]](repeating: [Double](repeating: 0, count: largest + 1), count: size + 1)
    ways[0][0] = 1
    for rank in ranks {
      for chosen in stride(from: size, to: 0, by: -1) {
        for sum in rank...largest where ways[chosen - 1][sum - rank] > 0 {
          ways[chosen][sum] += ways[chosen - 1][sum - rank]
        }
      }
    }
    return ways[size]
  }
}
