import Foundation
import Statistics
import Text

/// The run as a table of at most 80 columns for a terminal or a test's output.
public enum TerminalReport {
  public static func text(_ run: RunSummary) -> String {
    if run.manifest.comparison != nil { return shown(VersionTerminal.lines(run)) }
    if run.manifest.behaviour != nil { return shown(BehaviourTerminal.lines(run)) }
    if !run.manifest.isTimed { return shown(CountTerminal.lines(run)) }
    var lines = table(run.scenarios)
    lines += [
      "", "* fastest   = tied for fastest   ! no rank   vs ref: throughput to the reference",
      "latency in ms   CPU %: 100 is one core   ~ too few responses for the percentile", "",
    ]
    for sentence in Reading.inOneMinute(run) { lines += TerminalText.wrapped(sentence) }
    lines += run.competitors.compactMap { Reading.counts($0, run) }.flatMap { TerminalText.wrapped($0) }
    if let gate = Reading.gate(run) { lines += TerminalText.wrapped(gate) }
    lines += CountTerminal.gate(run)
    if !run.warnings.isEmpty {
      lines += TerminalText.wrapped("\(Figure.counted(run.warnings.count, "warning")), in full in the report:")
      for warning in run.warnings { lines += TerminalText.wrapped(warning.text, indent: "  ") }
    }
    lines += TerminalText.wrapped(Reading.state(run))
    return shown(lines)
  }

  /// How something is to be coloured.
  public enum Mood: Sendable { case good, open, bad }

  /// What a comparison of two versions comes to, to be printed last, because a terminal shows the end: paragraphs whose
  /// lines fit. Empty of other runs.
  public static func answer(_ run: RunSummary) -> [(text: String, mood: Mood)] {
    guard let sides = VersionSides(run) else { return [] }
    let answer = VersionAnswer(run)
    let lines = answer.lines.enumerated().map { place, line -> (text: String, mood: Mood) in
      let text = (place == 0 ? "\(sides.title): " : "") + line.text
      return (TerminalText.wrapped(text).map(\.escapingControls).joined(separator: "\n"), line.mood)
    }
    return lines + [(answer.exit, run.state == .complete ? (lines[0].mood == .good ? .good : .open) : .bad)]
  }

  /// One scenario with its header, and who is fastest below.
  public static func text(_ scenario: ScenarioSummary, of run: RunSummary) -> String {
    // What changed between two versions, the gate says.
    let outcome = run.manifest.comparison == nil ? TerminalText.wrapped(Reading.outcome(scenario, run)) : []
    let lines =
      table([scenario], isOfVersions: run.manifest.comparison != nil) + outcome
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
  private static func table(_ scenarios: [ScenarioSummary], isOfVersions: Bool = false) -> [String] {
    let header = ["scenario", isOfVersions ? "side" : "framework", "", "per s"] + (isOfVersions ? [] : ["vs ref"])
    let rows = scenarios.flatMap { scenario in
      (isOfVersions ? scenario.cells : scenario.cellsInOrder).map { cell in
        [cell.scenario, cell.framework.name, mark(cell, scenario), Figure.significant(cell.throughput)]
          + (isOfVersions ? [] : [Figure.ratio(cell.ratioToReference?.ratio)]) + [
            percentile(cell, 50), percentile(cell, 95), percentile(cell, 99),
            Figure.count(cell.errorCount), Figure.significant(cell.serverCPUPercent),
          ]
      }
    }
    let columns: [TextTable.Column] =
      [11, 10, 1].map { .left(atLeast: $0) }
      + (isOfVersions ? [9, 7, 7, 7, 6, 5] : [9, 6, 7, 7, 7, 6, 5]).map { .right(exactly: $0) }
    return TextTable(columns, [header + ["p50", "p95", "p99", "errors", "CPU %"]] + rows, gap: 1).lines
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
