/// The order in which the targets of a round are measured.
///
/// Every target comes first, second, … equally often within a turn, and each pair as often in the one order as in the
/// other: a machine that gets faster or slower within a round favours nobody. Source: the balanced Latin square of
/// Williams (1949); with an odd number of targets it takes a second one, which runs backwards.
public enum RoundOrder {
  /// - Parameter round: counted from 1.
  /// - Returns: the numbers from 0 up to `targets`, each once.
  public static func order(round: Int, targets: Int) -> [Int] {
    precondition(round >= 1 && targets >= 0, "rounds are counted from 1")
    guard targets > 0 else { return [] }
    // 0, n-1, 1, n-2, …: the first row of the square; the others are shifts of it.
    let first = (0..<targets).map { $0.isMultiple(of: 2) ? $0 / 2 : targets - 1 - $0 / 2 }
    let shifted = first.map { ($0 + round - 1) % targets }
    let isSecondSquare = ((round - 1) / targets).isMultiple(of: 2) == false
    return isSecondSquare ? shifted.reversed() : shifted
  }

  /// After so many rounds everything is balanced.
  public static func turn(targets: Int) -> Int {
    targets.isMultiple(of: 2) ? targets : targets * 2
  }
}
