/// The order in which the contestants of a round are measured.
///
/// Every contestant comes first, second, … equally often within a turn, and each pair as often in the one order as in the
/// other: a machine that gets faster or slower within a round favours nobody. Source: the balanced Latin square of
/// Williams (1949); with an odd number of contestants it takes a second one, which runs backwards.
public enum RoundOrder {
  /// - Parameter round: counted from 1.
  /// - Returns: the numbers from 0 up to `contestants`, each once.
  public static func order(round: Int, contestants: Int) -> [Int] {
    precondition(round >= 1 && contestants >= 0, "rounds are counted from 1")
    guard contestants > 0 else { return [] }
    // 0, n-1, 1, n-2, …: the first row of the square; the others are shifts of it.
    let first = (0..<contestants).map { $0.isMultiple(of: 2) ? $0 / 2 : contestants - 1 - $0 / 2 }
    let shifted = first.map { ($0 + round - 1) % contestants }
    let isSecondSquare = ((round - 1) / contestants).isMultiple(of: 2) == false
    return isSecondSquare ? shifted.reversed() : shifted
  }

  /// After so many rounds everything is balanced.
  public static func turn(contestants: Int) -> Int {
    contestants.isMultiple(of: 2) ? contestants : contestants * 2
  }
}
