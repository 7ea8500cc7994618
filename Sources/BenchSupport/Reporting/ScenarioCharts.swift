import Foundation

/// The two charts of a scenario, 360 wide: throughput by round, and latency by percentile.
enum ScenarioCharts {
  private static let width = 360.0
  private static let height = 210.0
  private static let plot = (left: 48.0, right: 350.0, top: 10.0, bottom: 178.0)

  /// nil where no cell has a round.
  static func throughput(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup? {
    let figures = scenario.cells.flatMap { $0.rounds.map(\.load.verifiedPerSecond) }
    guard let largest = figures.max() else { return nil }
    let rounds = run.manifest.profile.rounds
    let y = ChartAxis.linear(upTo: largest, from: plot.bottom, to: plot.top)
    func x(_ round: Int) -> Double {
      rounds == 1
        ? (plot.left + plot.right) / 2
        : plot.left + 10 + (plot.right - plot.left - 20) * Double(round - 1) / Double(rounds - 1)
    }
    let lines = scenario.cells.map { cell in
      series(cell, run, cell.rounds.map { (x($0.round), y.place($0.load.verifiedPerSecond)) }, marks: true)
    }
    let step = (rounds + 11) / 12
    let numbers = stride(from: 1, through: rounds, by: step).map { round -> Markup in
      "<text class=\"tick\" x=\"\(x(round))\" y=\"\(plot.bottom + 15)\" text-anchor=\"middle\">\(round)</text>"
    }
    return frame(
      "Verified \(scenario.entry.unit) per second in each round of \(scenario.entry.name).",
      [horizontal(y) { Figure.significant($0) }] + numbers + [below("round")] + lines)
  }

  /// nil where no cell has latencies.
  static func latency(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup? {
    let curves = scenario.cells.compactMap { cell in cell.latency.map { (cell, points($0)) } }
    let figures = curves.flatMap { $1.map(\.ms) }
    guard !figures.isEmpty else { return nil }
    let y = ChartAxis.logarithmic(figures, from: plot.bottom, to: plot.top)
    let lines = curves.map { cell, points in
      series(cell, run, points.map { (place($0.percent), y.place($0.ms)) }, marks: false)
        .followed(
          by: points.filter { [50, 99].contains($0.percent) }.map { point in
            ChartMark.of(cell.framework, in: run).drawn(x: place(point.percent), y: y.place(point.ms))
          })
    }
    let percents = [0, 50, 90, 99, 99.9].map { percent -> Markup in
      """
      <line class="grid" x1="\(place(percent))" x2="\(place(percent))" y1="\(plot.top)" y2="\(plot.bottom)"/>\
      <text class="tick" x="\(place(percent))" y="\(plot.bottom + 15)" text-anchor="middle">\(Figure.plain(percent))</text>
      """
    }
    return frame(
      "Latency in milliseconds, logarithmic, below which a share of the responses to \(scenario.entry.name) arrived.",
      [horizontal(y) { Figure.plain($0) }] + percents + [below("percent of responses")] + lines)
  }

  /// The percentiles that enough responses lie beyond.
  private static func points(_ latency: LatencySummary) -> [LatencySummary.Percentile] {
    latency.percentiles.filter { $0.percent <= 99.9 && $0.ms > 0 && latency.isSupported($0.percent) }
  }

  /// Each tenfold rarer response gets the same room.
  private static func place(_ percent: Double) -> Double {
    plot.left + 10 + (plot.right - plot.left - 20) * -log10(1 - percent / 100) / 3
  }

  private static func series(
    _ cell: CellSummary, _ run: RunSummary, _ points: [(x: Double, y: Double)], marks: Bool
  ) -> Markup {
    guard !points.isEmpty else { return "" }
    let mark = ChartMark.of(cell.framework, in: run)
    let path: [Markup] = points.enumerated().map { index, point in
      "\(Markup(stringLiteral: index == 0 ? "M" : "L"))\(point.x) \(point.y)"
    }
    let shapes = marks ? points.map { mark.drawn(x: $0.x, y: $0.y) } : []
    return """
      <g><title>\(cell.framework.title)</title><path class="\(mark.style) stroke" d="\(path)"/>\(shapes)</g>

      """
  }

  private static func horizontal(_ axis: ChartAxis, _ words: (Double) -> String) -> Markup {
    let lines = axis.ticks.map { tick -> Markup in
      let y = axis.place(tick)
      return """
        <line class="grid" x1="\(plot.left)" x2="\(plot.right)" y1="\(y)" y2="\(y)"/>\
        <text class="tick" x="\(plot.left - 5)" y="\(y + 4)" text-anchor="end">\(words(tick))</text>

        """
    }
    return "\(lines)"
  }

  private static func below(_ words: String) -> Markup {
    "<text class=\"tick\" x=\"\((plot.left + plot.right) / 2)\" y=\"\(height - 2)\" text-anchor=\"middle\">\(words)</text>\n"
  }

  private static func frame(_ words: String, _ parts: [Markup]) -> Markup {
    """
    <svg class="chart" role="img" aria-label="\(words)" viewBox="0 0 \(width) \(height)">
    \(parts)</svg>

    """
  }
}

extension Markup {
  fileprivate func followed(by others: [Markup]) -> Markup { "\(self)\(others)" }
}
