import Statistics

/// `junit.xml`: a test case for each scenario on each framework, for CI systems that show such files.
///
/// A cell with errors, failed checks or a regression is a failure; one that lacks rounds could not be measured and is
/// an error; an inconclusive comparison result passes and says so. Raw results that cannot be read are a case of their own, so
/// that the file is red wherever `shootout report` is. A run that looks at how servers behave has no cells: what it found wrong
/// and what is missing of it are its cases. The format is that of Apache Ant's JUnit task, which CI systems read.
public enum JUnitReport {
  public static func text(_ run: RunSummary) -> String {
    let suites =
      if let plan = run.manifest.behaviour {
        [(plan.command, behaviour(run, plan.command))]
      } else {
        run.scenarios.map { ($0.entry.name, $0.cells.map { Case($0, run) }) }
      }
    let all = suites + [("raw results", [rawResults(run)].compactMap(\.self))].filter { !$0.1.isEmpty }
    let cases = all.flatMap(\.1)
    let page: Markup = """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="Framework Shootout" \(counts(cases))>
      \(all.map { suite($0.0, $0.1, run) })</testsuites>

      """
    return page.text
  }

  private static func behaviour(_ run: RunSummary, _ command: String) -> [Case] {
    var whole = Case(suite: command, name: "is whole", seconds: 0)
    whole.errors = BehaviourSections.missing(run).map { "missing: \($0)" }
    var right = Case(suite: command, name: "nothing went wrong", seconds: 0)
    right.failures = BehaviourSections.findings(run)
    return [whole, right]
  }

  /// nil where all raw results could be read.
  private static func rawResults(_ run: RunSummary) -> Case? {
    guard !run.problems.isEmpty else { return nil }
    var own = Case(suite: "raw results", name: "can be read", seconds: 0)
    own.errors = run.problems.map(\.description)
    return own
  }

  private static func suite(_ name: String, _ cases: [Case], _ run: RunSummary) -> Markup {
    """
    <testsuite name="\(name)" \(counts(cases)) timestamp="\(run.manifest.started)">
    \(cases.map(\.markup))</testsuite>

    """
  }

  private static func counts(_ cases: [Case]) -> Markup {
    let seconds = Figure.plain(cases.reduce(0) { $0 + $1.seconds })
    return """
      tests="\(cases.count)" failures="\(cases.count { $0.errors.isEmpty && !$0.failures.isEmpty })" \
      errors="\(cases.count { !$0.errors.isEmpty })" skipped="0" time="\(seconds)"
      """
  }

  fileprivate struct Case {
    var suite: String
    var name: String
    var seconds: Double
    var properties: [(name: String, value: String)] = []
    var failures: [String] = []
    var errors: [String] = []
    var output: [String] = []

    var markup: Markup {
      let lines = properties.map { "<property name=\"\($0.name)\" value=\"\($0.value)\"/>\n" as Markup }
      let properties: Markup = lines.isEmpty ? "" : "<properties>\n\(lines)</properties>\n"
      // One of the two: readers of the format expect a case to have a single outcome.
      let faults = (errors + failures).joined(separator: "\n")
      let outcome: Markup =
        if let error = errors.first {
          "<error type=\"could not measure\" message=\"\(error)\">\(faults)</error>\n"
        } else if let failure = failures.first {
          "<failure type=\"failed\" message=\"\(failure)\">\(faults)</failure>\n"
        } else {
          ""
        }
      let output: Markup =
        output.isEmpty ? "" : "<system-out>\(output.joined(separator: "\n"))</system-out>\n"
      return """
        <testcase classname="\(suite)" name="\(name)" time="\(Figure.plain(seconds))">
        \(properties)\(outcome)\(output)</testcase>

        """
    }
  }
}

extension JUnitReport.Case {
  fileprivate init(_ cell: CellSummary, _ run: RunSummary) {
    self.init(
      suite: cell.scenario, name: cell.framework.name,
      seconds: cell.rounds.reduce(0) { $0 + $1.load.windowS })
    let results = run.results.filter { $0.scenario == cell.scenario && $0.framework == cell.framework.name }
    let fields = CSVReport.fields(cell, run).filter { !$0.value.isEmpty }
    properties = Self.properties.compactMap { name in fields.first { $0.name == name } }
    if !cell.missingRounds.isEmpty { errors.append("missing: \(MissingCell(cell))") }
    if cell.plannedRounds == 0, cell.verdict == .missing { errors.append("missing: \(Reading.reason(cell) ?? "")") }
    if !cell.verdict.isSound, cell.verdict != .missing { failures.append(Reading.failure(cell)) }
    failures += results.filter { $0.verdict == .fail }.map { "regression: \($0.text)" }
    let counted = run.countResults.filter { $0.scenario == cell.scenario && $0.framework == cell.framework.name }
    failures += counted.filter { $0.verdict == .fail }.map { "regression: \(Reading.line($0))" }
    let isStrict = run.manifest.strict == true
    failures += counted.filter { isStrict && $0.verdict == .undecided }.map { "STRICT: \(Reading.line($0))" }
    failures += results.filter { isStrict && $0.verdict == .undecided }.map { "STRICT: \($0.text)" }
    output =
      (cell.plannedRounds > 0 || cell.counts == nil ? [Reading.figures(cell)] : [])
      + counted.filter { $0.verdict == .pass || ($0.verdict == .undecided && !isStrict) }.map(Reading.line)
      + results.filter { $0.verdict == .pass || ($0.verdict == .undecided && !isStrict) }.map(\.text)
  }

  private static let properties = [
    "verdict", "gate", "rank", "req_s", "ratio_to_reference", "ratio_to_reference_low", "ratio_to_reference_high",
    "p50_ms", "p99_ms", "errors", "cpu_us_per_request", "mem_mib", "verified", "instructions", "system_calls",
    "python_calls", "database_statements", "bytes_sent", "bytes_received", "count_gate",
  ]
}
