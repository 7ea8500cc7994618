import Foundation
import Statistics

/// Maps figures to places on a chart, and says where the lines of its grid are.
package struct ChartAxis: Equatable {
  package enum Scale: Equatable { case linear, logarithmic }

  package let scale: Scale
  package let values: ClosedRange<Double>
  /// From the place of the lowest value to the place of the highest; may run backwards, as SVG's y does.
  package let from: Double
  package let to: Double
  package let ticks: [Double]

  /// From zero to a little above the largest value, with two to six lines.
  package static func linear(upTo largest: Double, from: Double, to: Double) -> ChartAxis {
    let largest = largest > 0 && largest.isFinite ? largest : 1
    let rough = largest / 4
    let magnitude = pow(10, log10(rough).rounded(.down))
    let step = [1.0, 2, 2.5, 5, 10].map { $0 * magnitude }.first { $0 >= rough * 0.999 } ?? rough
    let count = Int((largest / step).rounded(.up))
    let ticks = (0...max(1, count)).map { Double($0) * step }
    return ChartAxis(scale: .linear, values: 0...(ticks.last ?? largest), from: from, to: to, ticks: ticks)
  }

  /// Around all positive values, with lines at round numbers; as few as still tell the scale.
  ///
  /// - Parameter gap: The least distance from line to line, so that the figures beside them do not touch.
  package static func logarithmic(
    _ figures: [Double], from: Double, to: Double, most: Int = 6, gap: Double = 0
  ) -> ChartAxis {
    let positive = figures.filter { $0 > 0 && $0.isFinite }
    let low = (positive.min() ?? 0.5) / 1.05
    let high = (positive.max() ?? 2) * 1.05
    let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    let candidates: [[Double]] = [
      [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, 9.5],
      [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9], [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8],
      [1, 1.4, 2, 3, 4, 6, 8], [1, 1.5, 2, 3, 5, 7],
      [1, 2, 5], [1, 3], [1],
    ]
    let ticks = candidates.map { digits in
      decades.flatMap { decade in digits.map { Figure.rounded($0 * pow(10, Double(decade))) } }
        .filter { low <= $0 && $0 <= high }
    }
    func axis(_ ticks: [Double]) -> ChartAxis {
      ChartAxis(scale: .logarithmic, values: low...high, from: from, to: to, ticks: ticks)
    }
    let chosen = ticks.first { ticks in
      let places = ticks.map(axis([]).place)
      return ticks.count <= most && zip(places, places.dropFirst()).allSatisfy { abs($0 - $1) >= gap }
    }
    return axis(chosen ?? ticks[ticks.count - 1])
  }

  /// Around all figures and their intervals, but no further than so many times beyond the figures: intervals of very few
  /// rounds can span decades.
  static func logarithmic(
    _ figures: [Double], _ intervals: [ConfidenceInterval], within factor: Double, from: Double, to: Double,
    gap: Double = 0
  ) -> ChartAxis {
    let (least, most) = ((figures.min() ?? 1) / factor, (figures.max() ?? 1) * factor)
    let ends = intervals.flatMap { [max($0.low, least), min($0.high, most)] }
    return logarithmic(figures + ends, from: from, to: to, gap: gap)
  }

  /// `10`, `2.5` and `1,024`: the digits that a line of the grid needs, and no others.
  static func label(_ tick: Double) -> String {
    tick >= 1 && tick == tick.rounded() ? Figure.count(Int(tick)) : Figure.plain(tick)
  }

  /// The place of a figure; of one outside the range, the nearest end.
  package func place(_ value: Double) -> Double {
    let clamped = min(max(value, values.lowerBound), values.upperBound)
    let share =
      switch scale {
      case .linear: (clamped - values.lowerBound) / (values.upperBound - values.lowerBound)
      case .logarithmic: log(clamped / values.lowerBound) / log(values.upperBound / values.lowerBound)
      }
    return from + (to - from) * share
  }
}
