/// Throughput relative to the reference: a line for each scenario, a mark with its interval for each framework.
///
/// Horizontal places are percentages, so that the chart is as wide as the page and its text stays as large
/// as the page's. Marks of the fastest and of those tied with it are filled, the others hollow.
enum OverviewChart {
  private static let rowStep = 11.0
  private static let top = 26.0

  static func svg(_ run: RunSummary) -> Markup? {
    let ratios = run.cells.compactMap(\.ratioToReference)
    guard !ratios.isEmpty, let reference = run.reference else { return nil }
    // Intervals of very few rounds can span decades; the marks decide the scale, intervals up to half and double.
    let estimates = ratios.map(\.ratio) + [1]
    let reach = ((estimates.min() ?? 1) / 2)...((estimates.max() ?? 1) * 2)
    let ends = ratios.map { $0.interval() }.flatMap { [max($0.low, reach.lowerBound), min($0.high, reach.upperBound)] }
    let axis = ChartAxis.logarithmic(estimates + ends, from: 25, to: 82)
    let rowHeight = max(28, rowStep * Double(run.competitors.count) + 8)
    let height = top + rowHeight * Double(run.scenarios.count) + 22
    let words =
      "Throughput relative to \(reference.title), logarithmic. The table below holds the same figures. "
      + "Filled marks are the fastest of a scenario or tied with it."
    return """
      <svg class="chart" role="img" aria-label="\(words)" width="100%" height="\(height)">
      \(grid(axis, height: height))
      \(run.scenarios.enumerated().map { row($1, $0, rowHeight, axis, run) })</svg>

      """
  }

  private static func grid(_ axis: ChartAxis, height: Double) -> [Markup] {
    axis.ticks.map { tick in
      let x = axis.place(tick)
      return """
        <line class="\(tick == 1 ? "one" : "grid")" x1="\(x)%" x2="\(x)%" y1="\(top - 6)" y2="\(height - 20)"/>
        <text class="tick" x="\(x)%" y="\(top - 12)" text-anchor="middle">\(Figure.plain(tick))×</text>
        <text class="tick" x="\(x)%" y="\(height - 5)" text-anchor="middle">\(Figure.plain(tick))×</text>

        """
    }
  }

  private static func row(
    _ scenario: ScenarioSummary, _ index: Int, _ rowHeight: Double, _ axis: ChartAxis, _ run: RunSummary
  ) -> Markup {
    let start = top + rowHeight * Double(index)
    let middle = start + rowHeight / 2
    let first = middle - rowStep * Double(run.competitors.count - 1) / 2
    let marks = run.competitors.enumerated().map { place, framework in
      mark(scenario, framework, y: first + rowStep * Double(place), axis, run)
    }
    return """
      <line class="rule" x1="0" x2="100%" y1="\(start)" y2="\(start)"/>
      <text class="label" x="0" y="\(middle + 4)">\(scenario.entry.name)</text>
      \(marks)<text class="label" x="100%" y="\(middle + 4)" text-anchor="end">\(verdict(scenario, run))</text>

      """
  }

  private static func mark(
    _ scenario: ScenarioSummary, _ framework: Manifest.FrameworkEntry, y: Double, _ axis: ChartAxis, _ run: RunSummary
  ) -> Markup {
    guard let ratio = scenario.cell(framework.name)?.ratioToReference else { return "" }
    let mark = ChartMark.of(framework, in: run)
    let interval = ratio.interval()
    let isFirst = scenario.outcome.winners.contains(framework.name)
    let words =
      "\(framework.title) in \(scenario.entry.name): \(Figure.ratio(ratio.ratio)), "
      + "interval \(Figure.ratio(interval.low)) to \(Figure.ratio(interval.high))"
    return """
      <line class="\(mark.style) stroke" x1="\(axis.place(interval.low))%" x2="\(axis.place(interval.high))%" \
      y1="\(y)" y2="\(y)"/>\
      <svg x="\(axis.place(ratio.ratio))%" y="\(y)" overflow="visible">\(mark.drawn(x: 0, y: 0, hollow: !isFirst))\
      <title>\(words)</title></svg>

      """
  }

  private static func verdict(_ scenario: ScenarioSummary, _ run: RunSummary) -> String {
    switch scenario.outcome {
    case .winner(let name, _): run.title(name)
    case .tie(let names): "tie (\(names.count))"
    case .uncontested(let name): "only \(run.title(name))"
    case .undecided: "undecided"
    case .nobody: "no figures"
    }
  }
}
