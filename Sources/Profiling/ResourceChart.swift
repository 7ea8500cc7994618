import Reports
import Statistics

/// CPU and memory over time, two charts for each scenario, as one SVG that stands alone.
///
/// Each worker has a line of its own; the processes of PostgreSQL are added up.
enum ResourceChart {
  private static let width = 760.0
  private static let head = 76.0
  private static let block = 204.0
  private static let plotHeight = 124.0
  private static let columns = [(left: 52.0, right: 366.0), (left: 436.0, right: 750.0)]

  /// One line of a chart.
  struct Series {
    var label: String
    /// The class that colours it.
    var style: String
    var cpu: [Point]
    var memory: [Point]
  }

  typealias Point = (seconds: Double, value: Double)

  static func svg(title: String, _ timelines: [ResourceTimeline]) -> Markup {
    let height = head + block * Double(timelines.count) + 12
    let all = timelines.map { ($0.scenario, series($0)) }
    var labels: [(String, String)] = []
    for series in all.flatMap(\.1) where !labels.contains(where: { $0.0 == series.label }) {
      labels.append((series.label, series.style))
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" role="img" aria-label="CPU and memory of \(title) over time: each worker, PostgreSQL and the load generator.">
      <style>\(style)</style>
      <rect class="page" width="\(width)" height="\(height)"/>
      <text class="title" x="12" y="24">\(title) under load, without a tracer</text>
      <text class="tick" x="12" y="42">CPU in percent of a core; proportional memory in MiB; seconds under load. The table is the CSV beside this file.</text>
      \(legend(labels))\(all.enumerated().map { block($1.0, $1.1, top: head + block * Double($0)) })</svg>

      """
  }

  /// The lines of a scenario: leader, workers in the order of their numbers, PostgreSQL, the generator.
  static func series(_ timeline: ResourceTimeline) -> [Series] {
    let rows = timeline.rows
    let workers = Set(rows.filter { $0.process.name == "worker" }.map(\.process.pid)).sorted()
    func line(_ label: String, _ style: String, _ own: [ResourceTimeline.Row]) -> Series {
      func sums(_ figure: (ResourceTimeline.Row) -> Double?) -> [Point] {
        let byTime = Dictionary(grouping: own, by: \.seconds).sorted { $0.key < $1.key }
        return byTime.compactMap { seconds, rows in
          let figures = rows.compactMap(figure)
          return figures.isEmpty ? nil : (seconds, figures.reduce(0, +))
        }
      }
      return Series(
        label: label, style: style, cpu: sums(\.cpuPercent),
        memory: sums { $0.memoryBytes.map { Double($0) / 1_048_576 } })
    }
    var lines = [line("leader", "leader", rows.filter { $0.process.name == "leader" })]
    for (index, pid) in workers.enumerated() {
      let own = rows.filter { $0.process.pid == pid && $0.process.group == .server }
      lines.append(line("worker \(index + 1)", "w\(index % 4)", own))
    }
    lines.append(line("PostgreSQL", "postgres", rows.filter { $0.process.group == .postgres }))
    lines.append(line("load generator", "generator", rows.filter { $0.process.group == .generator }))
    return lines.filter { !$0.cpu.isEmpty || !$0.memory.isEmpty }
  }

  private static func legend(_ labels: [(String, String)]) -> [Markup] {
    labels.enumerated().map { index, label in
      let x = 12 + 104 * Double(index)
      return """
        <path class="line \(label.1)" d="M\(x) 58h22"/><text class="tick" x="\(x + 27)" y="62">\(label.0)</text>

        """
    }
  }

  private static func block(_ scenario: String, _ series: [Series], top: Double) -> Markup {
    let length = series.flatMap { $0.cpu + $0.memory }.map(\.seconds).max() ?? 1
    return """
      <text class="name" x="12" y="\(top + 14)">\(scenario)</text>
      \(plot("CPU %", series.map { ($0.style, $0.cpu) }, length, columns[0], top: top + 44))\
      \(plot("MiB", series.map { ($0.style, $0.memory) }, length, columns[1], top: top + 44))
      """
  }

  private static func plot(
    _ unit: String, _ lines: [(style: String, points: [Point])], _ length: Double,
    _ column: (left: Double, right: Double), top: Double
  ) -> Markup {
    let bottom = top + plotHeight
    let y = ChartAxis.linear(upTo: lines.flatMap(\.points).map(\.value).max() ?? 1, from: bottom, to: top)
    let x = ChartAxis.linear(upTo: length, from: column.left, to: column.right)
    let rows = y.ticks.map { tick -> Markup in
      """
      <path class="grid" d="M\(column.left) \(y.place(tick))H\(column.right)"/>\
      <text class="tick" x="\(column.left - 6)" y="\(y.place(tick) + 4)" text-anchor="end">\(Figure.plain(tick))</text>

      """
    }
    let seconds = x.ticks.map { tick -> Markup in
      "<text class=\"tick\" x=\"\(x.place(tick))\" y=\"\(bottom + 15)\" text-anchor=\"middle\">\(Figure.plain(tick))</text>\n"
    }
    let paths = lines.filter { !$0.points.isEmpty }.map { line -> Markup in
      let path = line.points.enumerated().map { index, point -> Markup in
        "\(Markup(stringLiteral: index == 0 ? "M" : "L"))\(x.place(point.seconds)) \(y.place(point.value))"
      }
      return "<path class=\"line \(line.style)\" d=\"\(path)\"/>\n"
    }
    return """
      <text class="tick" x="\(column.left - 6)" y="\(top - 8)" text-anchor="end">\(unit)</text>
      \(rows)\(seconds)\(paths)
      """
  }

  /// The colours are those of the report; workers differ by dashes, too.
  private static let style: Markup = """
    :root { color-scheme: light dark; --page: #fff; --text: #1c1f24; --soft: #5b6470; --grid: #d9dee5;
      --a: #0072b2; --b: #c44e00; --c: #007a5a; --d: #a8528a; --e: #8f6a00; }
    @media (prefers-color-scheme: dark) { :root { --page: #14171b; --text: #e6e9ee; --soft: #a0a9b5; --grid: #333a44;
      --a: #56b4e9; --b: #ff8a4c; --c: #2cc49b; --d: #e2a0c8; --e: #f0c94a; } }
    text { font: 13px system-ui, "Liberation Sans", sans-serif; fill: var(--text); font-variant-numeric: tabular-nums; }
    .title { font-size: 17px; font-weight: 700; } .name { font-weight: 700; }
    .tick { font-size: 11px; fill: var(--soft); } .page { fill: var(--page); } .grid { stroke: var(--grid); }
    .line { fill: none; stroke-width: 1.7; stroke-linejoin: round; }
    .leader { stroke: var(--text); stroke-width: 1.1; } .w0 { stroke: var(--a); } .w1 { stroke: var(--b); stroke-dasharray: 7 2; }
    .w2 { stroke: var(--c); stroke-dasharray: 4 2; } .w3 { stroke: var(--d); stroke-dasharray: 9 2 2 2; }
    .postgres { stroke: var(--e); stroke-width: 2.4; } .generator { stroke: var(--soft); stroke-dasharray: 2 2; }
    """
}
