import Statistics

/// One scenario over the runs: the ratio to the reference of each framework, with its 95 % interval.
enum TrendChart {
  /// nil where no framework has a ratio in two runs: a single point is no trend.
  static func svg(_ scenario: String, _ trend: RunTrend) -> Markup? {
    let series = trend.series(scenario)
    let ratios = series.flatMap { $0.ratios.compactMap(\.self) }
    guard series.contains(where: { $0.ratios.count { $0 != nil } > 1 }) else { return nil }
    let axis = ChartAxis.logarithmic(
      ratios.map(\.ratio), ratios.map { $0.interval() }, within: 1.5, from: Plot.bottom, to: Plot.top)
    let lines = series.map { one -> Markup in
      let place = trend.frameworks.firstIndex { $0.name == one.framework.name } ?? 0
      let mark = ChartMark(index: place)
      // Side by side, so that intervals do not hide each other.
      let shift = 6 * (Double(place) - Double(trend.frameworks.count - 1) / 2)
      let points = one.ratios.enumerated().compactMap { run, ratio in
        ratio.map { (x: Plot.x(Double(run), of: trend.runs.count) + shift, ratio: $0) }
      }
      let reaches = points.map { point -> Markup in
        let interval = point.ratio.interval()
        return """
          <line class="\(mark.style) stroke" x1="\(point.x)" x2="\(point.x)" y1="\(axis.place(interval.low))" \
          y2="\(axis.place(interval.high))"/>
          """
      }
      let line = Plot.line(
        [points.map { (x: $0.x, y: axis.place($0.ratio.ratio)) }], mark, name: one.framework.title, marks: 26)
      return "\(reaches)\(line)"
    }
    let labels = trend.runs.enumerated().map { Plot.label($1.label, x: Plot.x(Double($0), of: trend.runs.count)) }
    return Plot.svg(
      words(series, trend),
      [Plot.levels(axis) { Figure.plain($0) + "×" }] + labels + [Plot.title("run")] + lines)
  }

  private static func words(_ series: [RunTrend.Series], _ trend: RunTrend) -> String {
    let lines = series.map { one in
      "\(one.framework.title) \(one.ratios.map { Figure.ratio($0?.ratio) }.joined(separator: ", "))"
    }
    return "Throughput relative to the reference in the runs \(trend.runs.map(\.label).joined(separator: ", ")): "
      + lines.joined(separator: "; ") + "."
  }

  /// How each framework changed from the first run to the last; filled marks are shown changes.
  static func changes(_ trend: RunTrend) -> DotPlot {
    let rows = trend.scenarios.compactMap { scenario -> DotPlot.Row? in
      let series = trend.series(scenario)
      if series.allSatisfy({ $0.change == nil }) { return nil }
      let shown = series.compactMap(\.change).filter(\.isShown)
      let slower = shown.count { !$0.isFaster }
      let notes = [(shown.count - slower, "faster"), (slower, "slower")].filter { $0.0 > 0 }.map { "\($0) \($1)" }
      return DotPlot.Row(
        label: scenario, note: notes.isEmpty ? "=" : notes.joined(separator: ", "), isBad: slower > 0,
        dots: trend.frameworks.enumerated().map { place, framework in
          series.first { $0.framework.name == framework.name }?.change.map { change in
            DotPlot.Dot(
              mark: ChartMark(index: place), ratio: change.estimate.ratio, interval: change.interval,
              isFilled: change.isShown,
              words: "\(framework.title) in \(scenario): \(Figure.change(change.estimate.ratio)), "
                + TrendText.interval(change))
          }
        })
    }
    return DotPlot(
      words: "Change of the throughput relative to the reference, logarithmic. The table below holds the same figures.",
      rows: rows)
  }
}
