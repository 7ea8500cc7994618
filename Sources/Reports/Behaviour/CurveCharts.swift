import Results
import Statistics

/// The charts of a curve, each with what it shows in a line.
enum CurveCharts {
  static func throughput(_ curve: LoadCurve, _ run: RunSummary) -> (caption: String, chart: Markup)? {
    let caption =
      "Verified \(curve.entry.unit) per second by connections, both logarithmic; bands are 95 % intervals"
    return chart(curve, run, .connections, \.throughput, caption) { Figure.significant($0) }
  }

  static func latency(
    _ name: String, _ figure: @escaping (CurveLevel) -> CurveLevel.Estimate?, _ curve: LoadCurve, _ run: RunSummary
  ) -> (caption: String, chart: Markup)? {
    let caption = "\(name) in ms by connections, both logarithmic; bands are 95 % intervals"
    return chart(curve, run, .connections, figure, caption) { Figure.significant($0) }
  }

  static func byRate(_ curve: LoadCurve, _ run: RunSummary) -> (caption: String, chart: Markup)? {
    let limit = Figure.plain(curve.plan.latencyLimitMs)
    let caption = """
      p99 in ms from the instant at which a request was due, by \(curve.entry.unit) offered per second, both logarithmic; the \
      red line is the limit of \(limit) ms, upright lines are the highest rates that are held, with their 95 % intervals
      """
    return chart(curve, run, .rate, \.p99, caption) { Figure.significant($0) }
  }

  private static func chart(
    _ curve: LoadCurve, _ run: RunSummary, _ kind: LoadLevel.Kind, _ figure: (CurveLevel) -> CurveLevel.Estimate?,
    _ caption: String, _ words: @escaping (Double) -> String
  ) -> (caption: String, chart: Markup)? {
    let series = curve.frameworks.map { one in
      CurveChart.Series(
        mark: .of(one.framework, in: run), name: one.framework.title,
        points: one.levels(kind).compactMap { level in
          figure(level).flatMap { estimate in
            // A logarithmic axis has no zero.
            estimate.value > 0 && level.x > 0
              ? CurveChart.Point(
                x: level.x, y: estimate.value, interval: estimate.interval, isLimited: level.isLimitedByGenerator)
              : nil
          }
        }, knee: kind == .rate ? one.knee?.drawn : nil)
    }
    let xWords: (Double) -> String = kind == .rate ? { Figure.significant($0) } : { Figure.count(Int($0)) }
    let isLimited = series.contains { $0.points.contains(where: \.isLimited) }
    let drawn = CurveChart(
      words: "\(caption). " + series.map { told($0, xWords, words) }.joined(separator: "; ") + ".",
      xTitle: kind == .rate ? "\(curve.entry.unit) offered per second" : "connections", series: series,
      xTicks: kind == .rate
        ? nil : curve.plan.levels(of: curve.entry.name).filter { $0.kind == kind }.map { Double($0.value) },
      limit: kind == .rate ? curve.plan.latencyLimitMs : nil, xWords: xWords, yWords: words)
    return drawn.svg().map {
      (caption + (isLimited ? ". At ringed marks the generator was the limit." : "."), $0)
    }
  }

  /// For who cannot see it.
  private static func told(
    _ series: CurveChart.Series, _ xWords: (Double) -> String, _ words: (Double) -> String
  ) -> String {
    let figures = series.points.map { point in
      "\(words(point.y)) at \(xWords(point.x))" + (point.isLimited ? " (limited by the generator)" : "")
    }
    let knee = series.knee.map { ", holds \(Figure.significant($0.x))" } ?? ""
    return "\(series.name) \(figures.isEmpty ? "no figures" : figures.joined(separator: ", "))\(knee)"
  }
}

extension Knee {
  /// Only what is known on both sides is marked.
  fileprivate var drawn: CurveChart.Knee? {
    guard case .known(let rate, let interval, _) = self else { return nil }
    return CurveChart.Knee(x: rate, interval: interval)
  }
}
