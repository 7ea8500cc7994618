/// How far two figures of the same things go together: from −1 to 1, nil of fewer than three pairs or where one of the
/// figures is always the same.
package enum Correlation {
  /// Pearson's.
  package static func linear(_ pairs: [(x: Double, y: Double)]) -> Double? {
    guard pairs.count > 2 else { return nil }
    let count = Double(pairs.count)
    let (meanX, meanY) = (pairs.reduce(0) { $0 + $1.x } / count, pairs.reduce(0) { $0 + $1.y } / count)
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for pair in pairs {
      let (dx, dy) = (pair.x - meanX, pair.y - meanY)
      (xx, yy, xy) = (xx + dx * dx, yy + dy * dy, xy + dx * dy)
    }
    guard xx > 0, yy > 0 else { return nil }
    let correlation = xy / (xx * yy).squareRoot()
    return correlation.isFinite ? min(1, max(-1, correlation)) : nil
  }

  /// Spearman's: that of the ranks, where equal figures share the mean of their ranks.
  package static func ofRanks(_ pairs: [(x: Double, y: Double)]) -> Double? {
    linear(Array(zip(ranks(pairs.map(\.x)), ranks(pairs.map(\.y)))).map { (x: $0.0, y: $0.1) })
  }

  private static func ranks(_ values: [Double]) -> [Double] {
    values.map { value in
      let (below, same) = (values.count { $0 < value }, values.count { $0 == value })
      return Double(below) + Double(same + 1) / 2
    }
  }
}
