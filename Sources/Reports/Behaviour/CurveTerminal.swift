import Results
import Statistics
import Text

/// A load curve for a terminal: throughput by connections and what is held, a line for each framework.
enum CurveTerminal {
  static func lines(_ run: RunSummary) -> [String] {
    LoadCurve.all(run).flatMap { curve in
      [table(curve), [""]].flatMap(\.self)
    }
  }

  private static func table(_ curve: LoadCurve) -> [String] {
    let levels = curve.plan.levels(of: curve.entry.name).filter { $0.kind == .connections }
    let header = [curve.entry.name] + levels.map { Figure.count($0.value) } + ["holds"]
    let rows = curve.frameworks.map { one in
      [one.framework.name]
        + levels.map { level in
          one.levels.first { $0.level == level }.map {
            Figure.significant($0.throughput.value) + ($0.isLimitedByGenerator ? "†" : "")
          } ?? Figure.missing
        } + [knee(one.knee)]
    }
    let columns: [TextTable.Column] =
      [.left(atLeast: 10)] + levels.map { _ in .right(atLeast: 7) } + [.right(atLeast: 9)]
    let isLimited = curve.frameworks.contains { $0.levels(.connections).contains(where: \.isLimitedByGenerator) }
    return TextTable(columns, [header] + rows, gap: 1).lines
      + [
        "\(curve.entry.unit) per second by connections; holds: p99 within "
          + "\(Figure.plain(curve.plan.latencyLimitMs)) ms"
      ] + (isLimited ? ["† the generator was the limit: no figure of the server"] : [])
  }

  /// `4,120`, `≥4,120`, `<12`
  private static func knee(_ knee: Knee?) -> String {
    switch knee {
    case .known(let rate, _, _): Figure.significant(rate)
    case .atLeast(let rate, _): rate > 0 ? "≥\(Figure.significant(rate))" : Figure.missing
    case .below(let rate): "<\(Figure.significant(rate))"
    case nil: Figure.missing
    }
  }
}
