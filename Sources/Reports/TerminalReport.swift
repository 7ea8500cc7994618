import Foundation
import Statistics
import Text

/// The run as a table of at most 80 columns for a terminal or a test's output.
public enum TerminalReport {
  public static func text(_ run: RunSummary) -> String {
    var lines = table(run.scenarios)
    lines += [
      "", "* fastest   = tied for fastest   ! no rank   vs ref: throughput to the reference",
      "latency in ms   CPU %: 100 is one core   ~ too few responses for the percentile", "",
    ]
    for sentence in Reading.inOneMinute(run) { lines += TerminalText.wrapped(sentence) }
    if let gate = Reading.gate(run) { lines += TerminalText.wrapped(gate) }
    if run.manifest.comparison != nil { lines += changes(run) }
    if !run.warnings.isEmpty {
      lines += TerminalText.wrapped("\(Figure.counted(run.warnings.count, "warning")), in full in the report:")
      for warning in run.warnings { lines += TerminalText.wrapped(warning.text, indent: "  ") }
    }
    lines += TerminalText.wrapped(Reading.state(run))
    return shown(lines)
  }

  /// How head differs from base: a line for each scenario and metric.
  private static func changes(_ run: RunSummary) -> [String] {
    func percent(_ ratio: Double?) -> String {
      ratio.map { String(format: "%+.1f %%", ($0 - 1) * 100) } ?? Figure.missing
    }
    let rows = run.results.map { result in
      [
        result.scenario, result.metric.title, percent(result.ratio),
        "\(percent(result.low)) to \(percent(result.high))", result.verdict.title,
      ]
    }
    let columns: [TextTable.Column] = [10, 20, 8, 20, 0].map { .left(atLeast: $0) }
    return [""] + TextTable(columns, [["scenario", "metric", "change", "interval", "result"]] + rows).lines + [""]
  }

  /// One scenario with its header, and who is fastest below.
  public static func text(_ scenario: ScenarioSummary, of run: RunSummary) -> String {
    let lines =
      table([scenario]) + TerminalText.wrapped(Reading.outcome(scenario, run))
      + Reading.reasons(scenario).flatMap { TerminalText.wrapped($0) }
    return shown(lines)
  }

  /// Several runs, and what changed between them.
  public static func text(_ trend: RunTrend) -> String {
    var lines = TextTable(
      [.left, .left, .left, .left],
      trend.runs.map { [$0.label, $0.name, $0.summary.manifest.profile.name, $0.summary.state.rawValue] }
    ).lines
    for caution in trend.cautions { lines += TerminalText.wrapped("Read with care: \(caution.text)") }
    for sentence in TrendText.inOneMinute(trend) { lines += TerminalText.wrapped(sentence) }
    return shown(lines)
  }

  private static func shown(_ lines: [String]) -> String { lines.map { $0.escapingControls + "\n" }.joined() }

  /// 78 characters wide, or as much wider as the longest names ask for.
  private static func table(_ scenarios: [ScenarioSummary]) -> [String] {
    let header = ["scenario", "framework", "", "per s", "vs ref", "p50", "p95", "p99", "errors", "CPU %"]
    let rows = scenarios.flatMap { scenario in
      scenario.cellsInOrder.map { cell in
        [
          cell.scenario, cell.framework.name, mark(cell, scenario), Figure.significant(cell.throughput),
          Figure.ratio(cell.ratioToReference?.ratio), percentile(cell, 50), percentile(cell, 95), percentile(cell, 99),
          Figure.count(cell.errorCount), Figure.significant(cell.serverCPUPercent),
        ]
      }
    }
    let columns: [TextTable.Column] =
      [11, 10, 1].map { .left(atLeast: $0) } + [9, 6, 7, 7, 7, 6, 5].map { .right(exactly: $0) }
    return TextTable(columns, [header] + rows, gap: 1).lines
  }

  private static func mark(_ cell: CellSummary, _ scenario: ScenarioSummary) -> String {
    if !cell.verdict.isSound { return "!" }
    guard scenario.outcome.winners.contains(cell.framework.name) else { return " " }
    return scenario.outcome.winners.count > 1 ? "=" : "*"
  }

  private static func percentile(_ cell: CellSummary, _ percent: Double) -> String {
    TableText.percentile(cell, percent, mark: "~")
  }
}
