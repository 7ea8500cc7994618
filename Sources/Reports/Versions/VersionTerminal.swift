import Results
import Statistics
import Text

/// A comparison of two versions for a terminal: the answer, what changed with thresholds and reasons, and the functions.
enum VersionTerminal {
  private static let mostCalls = 12
  private static let mostOrigins = 4

  static func lines(_ run: RunSummary) -> [String] {
    guard let sides = VersionSides(run) else {
      return TerminalText.wrapped("The two versions cannot be compared: one of them is not in the run.")
    }
    let answer = VersionAnswer(run).lines.flatMap { TerminalText.wrapped($0.text) }
    var lines = [sides.title] + answer + others(sides, run) + [""] + changes(run) + calls(sides, run)
    for warning in run.versionWarnings { lines += TerminalText.wrapped("warning: \(warning.text)") }
    return lines + [""]
  }

  /// All that is worse or inconclusive, and of the rest the leading figure of each scenario and what is better.
  private static func changes(_ run: RunSummary) -> [String] {
    let judged = run.judged
    guard let leading = judged.first?.quantity else { return [] }
    let isCounted = judged.contains { $0.quantity == .count(.instructions) }
    let leader = isCounted ? JudgedFigure.Quantity.count(.instructions) : leading
    let shown = judged.filter { figure in
      figure.verdict != .pass || figure.quantity == leader || figure.isClearlyBetter || figure.isWorseAsTolerated
    }
    let header = ["scenario", "per request", "change", "interval", "tolerated", "result"]
    let rows = shown.map { figure in
      [
        figure.scenario, short(figure.quantity), counted(figure), figure.intervalText, figure.toleratedText,
        figure.result,
      ]
    }
    let columns: [TextTable.Column] = [.left(atLeast: 10), .left(atLeast: 12), .right, .right, .right, .left]
    let rest = judged.count - shown.count
    let reasons = judged.compactMap(\.reason).eachOnce.map { reason in
      "\(Figure.counted(judged.count { $0.reason == reason }, "threshold")) inconclusive: \(reason)"
    }
    return TextTable(columns, [header] + rows, gap: 1).lines
      + (rest == 0 ? [] : ["\(rest) more of \(judged.count) thresholds pass, without a change that is shown"])
      + reasons.flatMap { TerminalText.wrapped($0) }
  }

  /// `1 → 2` of what is counted on fingers, else the percentage.
  private static func counted(_ figure: JudgedFigure) -> String {
    guard case .count(let metric) = figure.quantity, metric != .instructions, let before = figure.before,
      let now = figure.now, max(before, now) < 1_000
    else { return figure.change }
    return CountText.change(from: before, to: now)
  }

  private static func short(_ quantity: JudgedFigure.Quantity) -> String {
    switch quantity {
    case .count(.databaseStatements): "statements"
    case .time(.cpuPerRequest): "CPU time"
    case .count, .time: quantity.title
    }
  }

  private static func calls(_ sides: VersionSides, _ run: RunSummary) -> [String] {
    let calls = ComparedCalls(sides, run)
    let (called, origins, scenarios) = (calls.called, calls.origins, calls.scenarios)
    func table(_ rows: [[String]]) -> [String] {
      rows.isEmpty
        ? [] : TextTable([.right, .left, .left, .left], rows, indent: 2, wrappedAt: TerminalText.width).lines
    }
    var lines = [""] + TerminalText.wrapped(VersionSections.sentence(calls, run))
    if !origins.isEmpty {
      lines += ["Where it begins, with all calls that follow:"]
      lines += table(
        origins.prefix(mostOrigins).map { origin in
          [
            origin.following, "\(origin.base) → \(origin.head)",
            short(origin.scenarios(of: scenarios), origin.places.count),
            "\(origin.caller) calls \(origin.function)",
          ]
        })
      if origins.count > mostOrigins { lines.append("  and \(origins.count - mostOrigins) more in the report") }
      lines.append(called.isEmpty ? "" : "All calls:")
    }
    lines += table(
      called.prefix(mostCalls).map { difference in
        [
          difference.difference, "\(difference.base) → \(difference.head)",
          short(difference.scenarios(of: scenarios), difference.places.count), difference.title,
        ]
      })
    if called.count > mostCalls { lines.append("  and \(called.count - mostCalls) more in the report") }
    if !calls.resumed.isEmpty {
      lines += TerminalText.wrapped(VersionSections.resumptions(calls.resumed) + ", in the report")
    }
    return lines + Reading.absences(run).flatMap { TerminalText.wrapped($0) }
  }

  /// Of scenarios, their names or their number.
  private static func short(_ names: String, _ count: Int) -> String { count > 2 ? "\(count) scenarios" : names }

  private static func others(_ sides: VersionSides, _ run: RunSummary) -> [String] {
    let differences = SideDifference.all(sides, run)
    if differences.isEmpty { return [] }
    return TerminalText.wrapped("What else differs: \(differences.map(\.text).joined(separator: "; "))")
  }
}
