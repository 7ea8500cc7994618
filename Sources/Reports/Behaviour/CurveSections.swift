import Gate
import Results
import Statistics

/// What a report says of a load curve.
enum CurveSections {
  static func blocks(_ run: RunSummary) -> [Block] {
    let curves = LoadCurve.all(run)
    guard !curves.isEmpty else { return [] }
    return [
      .section(
        id: "curve",
        [
          .heading(2, "As load grows"), .paragraph(Methodology.curve(run)),
          .list(run.manifest.behaviour?.curve?.bounds ?? []),
        ])
    ] + curves.map { scenario($0, run) }
  }

  private static func scenario(_ curve: LoadCurve, _ run: RunSummary) -> Block {
    let name = curve.entry.name
    let latencies = [
      CurveCharts.latency("p50", \.p50, curve, run), CurveCharts.latency("p99", \.p99, curve, run),
    ]
    return .section(
      id: "curve-\(name)",
      [
        .heading(3, "\(name): throughput and latency by load"),
        .list([CurveText.holds(curve), CurveText.idle(curve)].compactMap(\.self)),
        .note(
          Words([CurveText.end(curve), CurveText.disturbance(name, run)].compactMap(\.self).joined(separator: " "))),
        .markup(HTMLPage.key(run.manifest.frameworks, run)),
      ]
        + part([CurveCharts.byRate(curve, run)], [.curveKnees(curve, run), .curveRates(curve, run)])
        + part([CurveCharts.throughput(curve, run)], [.curveThroughput(curve, run)])
        + part(latencies, [.curveLatency(curve, run), .curveCost(curve, run)])
        + (Table.curveIdle(curve, run).map { [.heading(4, "Idle connections")] + described($0) + idleNote(curve) } ?? [])
    )
  }

  /// Charts beside each other, and their figures below.
  private static func part(_ charts: [(caption: String, chart: Markup)?], _ tables: [Table]) -> [Block] {
    let figures = charts.compactMap(\.self).map { HTMLPage.figure("\($0.caption)", $0.chart) }
    return [.markup(figures.isEmpty ? "" : "<div class=\"charts two\">\n\(figures)</div>\n")]
      + tables.flatMap(described)
  }

  /// Markdown has no captions.
  private static func described(_ table: Table) -> [Block] {
    [.only(.markdown, [.paragraph(.strong("\(table.title).") + Words(" \(table.caption)"))]), .table(table)]
  }

  private static func idleNote(_ curve: LoadCurve) -> [Block] {
    curve.entry.name == "sse"
      ? [
        .note(
          Words(
            "A stream ends after its events, so an idle connection here is one that is kept alive after a stream. A server that "
              + "ends those by itself has fewer: each that it closed was opened anew, without a stream."))
      ] : []
  }

  static func sentences(_ run: RunSummary) -> [String] {
    let curves = LoadCurve.all(run)
    return curves.compactMap(CurveText.holds) + curves.compactMap(CurveText.idle)
      + curves.compactMap { CurveText.disturbance($0.entry.name, run) }
  }

  /// Wrong answers and failed checks: they fail the run. That a server refuses or drops connections under more load than it
  /// takes is a figure of its curve.
  static func findings(_ run: RunSummary) -> [String] {
    run.behaviour.curve.flatMap { point in
      let place =
        "\(point.round.scenario) on \(point.round.framework), \(CurveText.level(point.level)), round \(point.round.round)"
      let wrong = point.round.load.errors.filter {
        ["verification", "malformed", "status"].contains($0.key) && $0.value > 0
      }
      .sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
      let example = point.round.load.failures.first.map { "; \($0)" } ?? ""
      return (wrong.isEmpty ? [] : ["\(place): \(wrong.joined(separator: ", "))\(example)"])
        + point.round.checks.filter { !$0.passed }.map { "\(place): \($0.name): \($0.detail)" }
    }
  }

  /// Scenarios that are not through, and levels that lack rounds in those that are.
  static func missing(_ run: RunSummary) -> [String] {
    guard let plan = run.manifest.behaviour?.curve else { return [] }
    let names = run.manifest.frameworks.map(\.name)
    return run.manifest.scenarios.flatMap { entry -> [String] in
      let points = run.behaviour.curve.filter { $0.round.scenario == entry.name }
      let losses = run.behaviour.curveLosses.filter { $0.scenario == entry.name }
      guard let end = run.behaviour.curveEnds.first(where: { $0.scenario == entry.name }) else {
        let rounds = points.map(\.round.round).max() ?? 0
        return ["the curve of \(entry.name), " + (rounds == 0 ? "not begun" : "ended in round \(rounds)")]
      }
      let lacking = CurvePlan.missing(
        points, plan, scenario: entry.name, frameworks: names, rounds: max(1, end.rounds))
      return names.compactMap { name in
        let own = lacking.filter { $0.framework == name }
        guard !own.isEmpty else { return nil }
        let levels = own.map { "\(CurveText.level($0.level)) (\(Figure.counted($0.rounds, "round")))" }
        let shown = levels.count > 4 ? levels.prefix(3) + ["\(levels.count - 3) more levels"] : levels[...]
        let loss = losses.first { $0.framework == name }
        return "\(entry.name) on \(name): \(Reading.list(Array(shown)))"
          + (loss.map { ": \($0.outage.text)\($0.level.map { ", at \(CurveText.level($0))" } ?? "")" } ?? "")
      }
    }
  }
}
