import Foundation
import Statistics

/// The rounds behind an interval, a tick for each on the interval's own axis: whether it comes of three or of twenty, and
/// whether one of them made it.
///
/// The mean is in the middle, and the axis is logarithmic. All strips of a column reach equally far, so that an equal distance
/// is an equal share.
struct RoundStrip {
  /// Logarithms.
  var rounds: [Double]
  var mean: Double
  /// Half of the interval, as a logarithm; nil where there is none.
  var halfWidth: Double?

  /// nil of no rounds, and where a figure is no logarithm.
  init?(_ logarithms: [Double], _ estimate: LogEstimate?) {
    guard let middle = estimate?.mean ?? logarithms.mean, (logarithms + [middle]).allSatisfy(\.isFinite) else {
      return nil
    }
    (rounds, mean, halfWidth) = (logarithms, middle, estimate?.halfWidth())
  }

  /// As far as the farthest round or interval; intervals of very few rounds reach no farther than twice as far as rounds.
  static func reach(_ strips: [RoundStrip?]) -> Double {
    let strips = strips.compactMap(\.self)
    let rounds = strips.flatMap { strip in strip.rounds.map { abs($0 - strip.mean) } }.max() ?? 0
    let intervals = strips.compactMap(\.halfWidth).filter(\.isFinite).max() ?? 0
    return max(rounds, min(intervals, 2 * rounds), least)
  }

  /// A tenth of a percent: without, figures that do not scatter would have an axis of no length.
  private static let least = 0.001
  private static let (width, height) = (96.0, 9.0)

  /// - Parameter reach: Of the axis, to either side of the mean.
  func svg(reach: Double) -> Markup {
    func place(_ distance: Double) -> Double {
      Self.width / 2 * (1 + max(-1, min(1, distance / reach)) * 0.98)
    }
    let ticks = rounds.map { "M\(place($0 - mean)) 0v\(Self.height)" as Markup }
    let interval = halfWidth.map { half -> Markup in
      "<path class=\"reach\" d=\"M\(place(-half)) \(Self.height / 2)H\(place(half))\"/>"
    }
    return """
      <svg class="strip" viewBox="0 0 \(Self.width) \(Self.height)" width="\(Self.width)" height="\(Self.height)" role="img" \
      aria-label="\(Figure.counted(rounds.count, "round"))">\(interval ?? "")<path d="\(ticks)"/></svg>
      """
  }
}

extension CellSummary {
  /// Of its throughput.
  var throughputStrip: RoundStrip? {
    let figures = rounds.map(\.load.verifiedPerSecond)
    return RoundStrip(figures.map { log($0) }, LogMean(of: figures)?.estimate)
  }

  /// Of its ratio to the reference.
  var ratioStrip: RoundStrip? {
    ratioToReference.flatMap { RoundStrip(roundRatios, $0.logMean.estimate) }
  }
}

extension [CellSummary] {
  /// Strips of all cells with the share that lies between the mean and an end; nil where no cell has one.
  func strips(_ strip: (CellSummary) -> RoundStrip?) -> (pictures: [Markup], share: Double)? {
    let strips = map(strip)
    if strips.allSatisfy({ $0 == nil }) { return nil }
    let reach = RoundStrip.reach(strips)
    return (strips.map { $0?.svg(reach: reach) ?? "" }, exp(reach) - 1)
  }
}
