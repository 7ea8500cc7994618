/// The order in which the contestants of a round are measured.
///
/// Every contestant comes first, second, … about equally often, and each pair in both orders: a machine that gets
/// faster or slower within a round favours nobody. Source: the balanced Latin square of Williams (1949).
public enum RoundOrder {
  /// - Parameter round: counted from 1.
  /// - Returns: the numbers from 0 up to `contestants`, each once.
  public static func order(round: Int, contestants: Int) -> [Int] {
    precondition(round >= 1 && contestants >= 0, "rounds are counted from 1")
    // 0, n-1, 1, n-2, …: the first row of the square; the others are shifts of it, and every other round runs backwards.
    let first = (0..<contestants).map { $0.isMultiple(of: 2) ? $0 / 2 : contestants - 1 - $0 / 2 }
    let shifted = first.map { ($0 + round - 1) % contestants }
    return round.isMultiple(of: 2) ? shifted.reversed() : shifted
  }
}
