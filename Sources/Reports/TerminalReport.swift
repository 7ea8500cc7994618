import Statistics
import Text

/// The run as a table of at most 80 columns for a terminal or a test's output.
public enum TerminalReport {
  public static func text(_ run: RunSummary) -> String {
    var lines = [header]
    for scenario in run.scenarios { lines += rows(scenario) }
    lines.append("")
    lines.append("* fastest   = tied for fastest   ! no rank   vs ref: throughput to the reference")
    lines.append("latency in ms   CPU %: 100 is one core   ~ too few responses for the percentile")
    lines.append("")
    for sentence in Reading.inOneMinute(run) { lines += TerminalText.wrapped(sentence) }
    if let gate = Reading.gate(run) { lines += TerminalText.wrapped(gate) }
    if run.manifest.comparison != nil { lines += changes(run) }
    if !run.warnings.isEmpty {
      lines += TerminalText.wrapped("\(Figure.counted(run.warnings.count, "warning")), told in full in the report:")
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
    func row(_ fields: [String]) -> String {
      zip(fields, [12, 22, 10, 22]).map { $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0) }
        .joined() + fields[4]
    }
    return ["", row(["scenario", "metric", "change", "interval", "verdict"])]
      + run.results.map { result in
        row([
          result.scenario, result.metric.title, percent(result.ratio),
          "\(percent(result.low)) to \(percent(result.high))",
          result.verdict.rawValue,
        ])
      } + [""]
  }

  /// One scenario with its header, and who is fastest below.
  public static func text(_ scenario: ScenarioSummary, of run: RunSummary) -> String {
    let lines =
      [header] + rows(scenario) + TerminalText.wrapped(Reading.outcome(scenario, run))
      + Reading.reasons(scenario).flatMap { TerminalText.wrapped($0) }
    return shown(lines)
  }

  /// Several runs, and what changed between them.
  public static func text(_ trend: RunTrend) -> String {
    var lines = trend.runs.map { run in
      "\(run.label)  \(run.name)  \(run.summary.manifest.profile.name)  \(run.summary.stateName)"
    }
    for caution in trend.cautions { lines += TerminalText.wrapped("Read with care: \(caution.text)") }
    for sentence in TrendText.inOneMinute(trend) { lines += TerminalText.wrapped(sentence) }
    return shown(lines)
  }

  private static func shown(_ lines: [String]) -> String { lines.map { $0.escapingControls + "\n" }.joined() }

  private static let header = line([
    "scenario", "framework", "", "per s", "vs ref", "p50", "p95", "p99", "errors", "CPU %",
  ])

  private static func rows(_ scenario: ScenarioSummary) -> [String] {
    scenario.cellsInOrder.map { cell in
      line([
        cell.scenario, cell.framework.name, mark(cell, scenario), Figure.significant(cell.throughput),
        Figure.ratio(cell.ratioToReference?.ratio), percentile(cell, 50), percentile(cell, 95), percentile(cell, 99),
        Figure.count(cell.errorCount), Figure.significant(cell.serverCPUPercent),
      ])
    }
  }

  private static func mark(_ cell: CellSummary, _ scenario: ScenarioSummary) -> String {
    if !cell.verdict.isSound { return "!" }
    guard scenario.outcome.winners.contains(cell.framework.name) else { return " " }
    return scenario.outcome.winners.count > 1 ? "=" : "*"
  }

  private static func percentile(_ cell: CellSummary, _ percent: Double) -> String {
    TableText.percentile(cell, percent, mark: "~")
  }

  /// Columns: text to the left, figures to the right; 78 characters together.
  private static let columns: [(width: Int, isText: Bool)] = [
    (11, true), (10, true), (1, true), (9, false), (6, false), (7, false), (7, false), (7, false), (6, false),
    (5, false),
  ]

  private static func line(_ fields: [String]) -> String {
    let padded = zip(fields, columns).map { field, column in
      let short = field.count > column.width ? field.prefix(column.width - 1) + "…" : field[...]
      let space = String(repeating: " ", count: column.width - short.count)
      return column.isText ? String(short) + space : space + String(short)
    }
    return padded.joined(separator: " ")
  }
}
