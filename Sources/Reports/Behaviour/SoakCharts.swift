import Results
import Statistics

/// What a soak showed over time, a chart for each figure with a line for each framework. Time is time under load.
enum SoakCharts {
  /// Those that have something to show.
  static func all(_ soaks: [SoakSummary], _ run: RunSummary) -> [(caption: String, chart: Markup)] {
    [
      (
        "Verified \(SoakReading.unit(run)) per second",
        chart("Throughput", soaks, run) { $0.round.load.verifiedPerSecond }
      ),
      (
        "p99 in ms, from the instant due, logarithmic", chart("p99", soaks, run, isLogarithmic: true) { $0.latency(99) }
      ),
      ("Anonymous memory of the server processes in MiB", chart("Memory", soaks, run) { $0.memoryMebibytes }),
      ("Open file descriptors", chart("Open descriptors", soaks, run) { $0.descriptors.map(Double.init) }),
    ].compactMap { caption, chart in chart.map { (caption, $0) } }
  }

  /// nil where no segment has the figure.
  private static func chart(
    _ what: String, _ soaks: [SoakSummary], _ run: RunSummary, isLogarithmic: Bool = false,
    _ figure: (SoakSegment) -> Double?
  ) -> Markup? {
    let series = soaks.map { soak in (soak, starts(soak, figure)) }
    let figures = series.flatMap { $1.flatMap { $0.map(\.figure) } }
    guard let largest = figures.max(), let plan = soaks.first?.plan else { return nil }
    let minutes = Double(plan.segments) * plan.segmentS / 60
    let y =
      isLogarithmic
      ? ChartAxis.logarithmic(figures, from: Plot.bottom, to: Plot.top)
      : ChartAxis.linear(upTo: largest, from: Plot.bottom, to: Plot.top)
    let x = ChartAxis.linear(upTo: minutes, from: Plot.left + 4, to: Plot.right - 4)
    let lines = series.map { soak, starts in
      Plot.line(
        starts.map { $0.map { (x: x.place($0.minutes), y: y.place($0.figure)) } }, .of(soak.framework, in: run),
        name: soak.framework.title, marks: 12)
    }
    let labels = x.ticks.map { Plot.label(ChartAxis.label($0), x: x.place($0)) }
    return Plot.svg(
      words(what, series),
      [Plot.levels(y, ChartAxis.label)] + labels + [Plot.title("minutes under load")] + lines)
  }

  /// A line for each start of the server: what a new one holds does not go on from the one before.
  private static func starts(
    _ soak: SoakSummary, _ figure: (SoakSegment) -> Double?
  ) -> [[(minutes: Double, figure: Double)]] {
    Dictionary(grouping: soak.segments, by: \.start).sorted { $0.key < $1.key }.map { _, segments in
      segments.compactMap { segment in figure(segment).map { (soak.minutes(segment), $0) } }
    }
  }

  private static func words(
    _ what: String, _ series: [(SoakSummary, [[(minutes: Double, figure: Double)]])]
  ) -> String {
    let parts = series.compactMap { soak, starts -> String? in
      let figures = starts.flatMap { $0.map(\.figure) }
      guard let first = figures.first, let last = figures.last, let least = figures.min(), let most = figures.max()
      else { return nil }
      return "\(soak.framework.title) from \(Figure.significant(first)) to \(Figure.significant(last)), between "
        + "\(Figure.significant(least)) and \(Figure.significant(most))"
    }
    return "\(what) over time: \(parts.joined(separator: "; "))."
  }
}
