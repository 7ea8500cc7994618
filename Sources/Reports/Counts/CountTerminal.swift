import Results
import Statistics
import Text

/// A run that was counted and not timed, for a terminal.
enum CountTerminal {
  static func lines(_ run: RunSummary) -> [String] {
    var lines = table(run)
    lines += [
      "", "per request: machine instructions (vs ref: to the reference), calls of Python",
      "functions and of the kernel, "
        + "database statements, bytes sent and received", "",
    ]
    lines += (run.competitors.compactMap { Reading.counts($0, run) } + Reading.absences(run))
      .flatMap { TerminalText.wrapped($0) }
    lines += gate(run)
    if !run.warnings.isEmpty {
      lines += TerminalText.wrapped("\(Figure.counted(run.warnings.count, "warning")), in full in the report:")
      for warning in run.warnings { lines += TerminalText.wrapped(warning.text, indent: "  ") }
    }
    return lines + TerminalText.wrapped(Reading.state(run))
  }

  /// What the gate by counts found: a sentence, what failed, and why something is inconclusive.
  static func gate(_ run: RunSummary) -> [String] {
    guard let sentence = Reading.countGate(run) else { return [] }
    let open = run.countResults.filter { $0.verdict == .undecided }
    let reasons = open.compactMap(\.reason).eachOnce.map { reason in
      "inconclusive: \(Figure.counted(open.count { $0.reason == reason }, "threshold")): \(reason)"
    }
    return TerminalText.wrapped(sentence)
      + (run.countRegressions.map(Reading.line) + reasons).flatMap { TerminalText.wrapped($0, indent: "  ") }
  }

  /// 80 characters wide, or as much wider as the longest names ask for.
  private static func table(_ run: RunSummary) -> [String] {
    let header = ["scenario", "framework", "instructions", "vs ref", "Python", "kernel", "db", "sent", "received"]
    let rows = run.scenarios.flatMap { scenario in
      scenario.cells.map { cell in
        let reference = run.reference.flatMap { scenario.cell($0.name)?.count(.instructions) }
        let multiple = cell.framework.isReference ? nil : CountText.multiple(cell.count(.instructions), of: reference)
        let others: [CountMetric] = [.pythonCalls, .systemCalls, .databaseStatements, .bytesSent, .bytesReceived]
        return [cell.scenario, cell.framework.name, CountText.figure(cell.count(.instructions)), multiple ?? ""]
          + others.map { CountText.figure(cell.count($0)) }
      }
    }
    let columns: [TextTable.Column] =
      [10, 9].map { .left(atLeast: $0) } + [12, 6, 7, 6, 3, 10, 9].map { .right(atLeast: $0) }
    return TextTable(columns, [header] + rows, gap: 1).lines
  }
}
