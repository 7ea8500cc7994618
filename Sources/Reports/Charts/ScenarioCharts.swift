import Foundation
import Statistics

/// The charts of a scenario, each with what it shows in a line.
enum ScenarioCharts {
  /// Those that have something to show.
  static func all(_ scenario: ScenarioSummary, _ run: RunSummary) -> [(caption: String, chart: Markup)] {
    let unit = scenario.entry.unit
    let one = Reading.singular(unit)
    return [
      (
        "Ranking, \(unit) per second (95 % interval)", run.manifest.comparison == nil ? ranking(scenario, run) : nil
      ),
      ("Verified \(unit) per second, by round", throughput(scenario, run)),
      ("Latency in ms by percentile, logarithmic", latency(scenario, run)),
      ("Latency in ms over time, logarithmic", LatencyOverTime.svg(scenario, run)),
      ("Within a window: median of the rounds, band from the least to the most", WithinWindow.svg(scenario, run)),
      ("CPU time per \(one); paler: kernel\(isDatabaseBusy(scenario) ? ", PostgreSQL" : "")", cpu(scenario, run)),
      ("Memory of the server processes, at most", memory(scenario, run)),
    ].compactMap { caption, chart in chart.map { (caption, $0) } }
  }

  static func ranking(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup? {
    let cells = scenario.cellsInOrder.filter { $0.throughput != nil }
    return BarChart(
      words: scenario.rankingInWords,
      rows: cells.map { cell in
        let ratio = cell.ratioToReference.map { ", \(Figure.ratio($0.ratio))" } ?? ""
        return BarChart.Row(
          mark: .of(cell.framework, in: run), name: name(cell, scenario), parts: [cell.throughput ?? 0],
          interval: cell.throughputInterval, figure: "\(Figure.significant(cell.throughput))\(ratio)",
          isHollow: !cell.verdict.isSound)
      }
    ).svg()
  }

  /// `1 Sanic ★`, `2 = Aquilia`; the reference without a rank.
  private static func name(_ cell: CellSummary, _ scenario: ScenarioSummary) -> String {
    if cell.framework.isReference { return cell.framework.title }
    guard cell.rank != nil else { return "\(cell.framework.title), no rank" }
    let star = scenario.outcome.winners == [cell.framework.name] ? " ★" : ""
    return "\(TableText.rank(cell, scenario)) \(cell.framework.title)\(star)"
  }

  /// nil where no cell has a round.
  static func throughput(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup? {
    guard let largest = scenario.cells.flatMap({ $0.rounds.map(\.load.verifiedPerSecond) }).max() else { return nil }
    let rounds = scenario.plannedRounds
    let y = ChartAxis.linear(upTo: largest, from: Plot.bottom, to: Plot.top)
    let lines = scenario.cells.map { cell in
      let points = cell.rounds.map {
        (x: Plot.x(Double($0.round - 1), of: rounds), y: y.place($0.load.verifiedPerSecond))
      }
      return Plot.line([points], .of(cell.framework, in: run), name: cell.framework.title, marks: 20)
    }
    return Plot.svg(
      scenario.roundsInWords,
      [Plot.levels(y) { Figure.significant($0) }] + Plot.rounds(rounds) + [Plot.title("round")] + lines)
  }

  /// nil where no cell has latencies.
  static func latency(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup? {
    let curves = scenario.cells.compactMap { cell in cell.latency.map { (cell, points($0)) } }
    let figures = curves.flatMap { $1.map(\.ms) }
    guard !figures.isEmpty else { return nil }
    let y = ChartAxis.logarithmic(figures, from: Plot.bottom, to: Plot.top)
    let lines = curves.map { cell, points -> Markup in
      let mark = ChartMark.of(cell.framework, in: run)
      let marks = points.filter { [50, 99].contains($0.percent) }.map { point in
        mark.drawn(x: place(point.percent), y: y.place(point.ms))
      }
      let line = Plot.line(
        [points.map { (x: place($0.percent), y: y.place($0.ms)) }], mark, name: cell.framework.title, marks: 0)
      return "\(line)\(marks)"
    }
    let percents = [10, 50, 90, 99, 99.9].map { percent -> Markup in
      """
      <line class="grid" x1="\(place(percent))" x2="\(place(percent))" y1="\(Plot.top)" y2="\(Plot.bottom)"/>\
      \(Plot.label(Figure.plain(percent), x: place(percent)))
      """
    }
    return Plot.svg(
      scenario.latencyInWords,
      [Plot.levels(y) { Figure.plain($0) }] + percents + [Plot.title("percent of responses")] + lines)
  }

  /// The percentiles that enough responses lie beyond; the very fastest responses tell nothing.
  private static func points(_ latency: LatencySummary) -> [LatencySummary.Percentile] {
    latency.percentiles.filter { (10...99.9).contains($0.percent) && $0.ms > 0 && latency.isSupported($0.percent) }
  }

  /// Each tenfold rarer response gets the same room.
  private static func place(_ percent: Double) -> Double {
    Plot.left + 10 + (Plot.right - Plot.left - 20) * -log10(1 - percent / 100) / 3
  }

  /// nil where no cell knows its CPU time.
  static func cpu(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup? {
    let isShared = isDatabaseBusy(scenario)
    return bars("CPU time per exchange", scenario, run) { cell in
      cell.cpuPerRequest.map { cpu in
        (
          [cpu.user, cpu.system] + (isShared ? [cpu.postgres] : []),
          Figure.microseconds(cpu.user + cpu.system) + (isShared ? " + \(Figure.microseconds(cpu.postgres))" : "")
        )
      }
    }
  }

  /// Where PostgreSQL has nothing to do, what little it does is no part of the picture.
  private static func isDatabaseBusy(_ scenario: ScenarioSummary) -> Bool {
    scenario.cells.compactMap(\.cpuPerRequest).contains { $0.postgres > 0.01 * ($0.user + $0.system) }
  }

  /// nil where no cell knows its memory.
  static func memory(_ scenario: ScenarioSummary, _ run: RunSummary) -> Markup? {
    bars("Memory", scenario, run) { cell in
      cell.memoryMebibytes.map { ([$0], "\(Figure.significant($0)) MiB") }
    }
  }

  private static func bars(
    _ what: String, _ scenario: ScenarioSummary, _ run: RunSummary,
    _ bar: (CellSummary) -> (parts: [Double], figure: String)?
  ) -> Markup? {
    let rows = scenario.cellsInOrder.compactMap { cell in
      bar(cell).map {
        BarChart.Row(mark: .of(cell.framework, in: run), name: cell.framework.title, parts: $0.parts, figure: $0.figure)
      }
    }
    let words = rows.map { "\($0.name) \($0.figure)" }.joined(separator: ", ")
    return BarChart(words: "\(what). \(words).", rows: rows).svg()
  }
}

/// What each chart of a scenario shows, for those who cannot see it.
extension ScenarioSummary {
  var rankingInWords: String {
    inWords("Verified \(entry.unit) per second, the fastest first", cellsInOrder) { cell in
      cell.throughput.map { throughput in
        Figure.significant(throughput) + (cell.throughputInterval.map { " (\(TableText.interval($0)))" } ?? "")
      }
    }
  }

  var roundsInWords: String {
    inWords("Verified \(entry.unit) per second in each round", cells) { reach($0.rounds.map(\.load.verifiedPerSecond)) }
  }

  var latencyInWords: String {
    inWords("Latency in milliseconds below which a share of the responses arrived", cells) { cell in
      cell.latency.map { "p50 \(Figure.significant($0[50])), p99 \(Figure.significant($0[99]))" }
    }
  }

  var latencyOverTimeInWords: String {
    inWords("The p99 of the latency in milliseconds, second by second", cells) { cell in
      reach(cell.rounds.flatMap(\.load.perSecond).compactMap(\.p99Ms))
    }
  }

  private func inWords(_ what: String, _ cells: [CellSummary], _ words: (CellSummary) -> String?) -> String {
    "\(what): \(cells.compactMap { cell in words(cell).map { "\(cell.framework.title) \($0)" } }.joined(separator: "; "))."
  }

  private func reach(_ figures: [Double]) -> String? {
    guard let least = figures.min(), let most = figures.max() else { return nil }
    return "between \(Figure.significant(least)) and \(Figure.significant(most))"
  }
}
