import Results
import Statistics
import Text

/// `results.csv`: a row for every cell that was expected, also where nothing was measured. A run that looks at how servers behave
/// expects none, and has a file of its own.
///
/// Quoting as in RFC 4180; lines end with a line feed, and no field has one. Missing is empty, never zero. Units end the
/// names.
public enum CSVReport {
  public static func text(_ run: RunSummary) -> String {
    let rows = run.manifest.behaviour == nil ? run.cells.map { cell in fields(cell, run).map(\.value) } : []
    let names = columns.map(\.name) + ["gate"] + CountMetric.allCases.map(\.rawValue) + ["count_gate"]
    return ([names] + rows).map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
  }

  /// What is known of a cell, by column.
  static func fields(_ cell: CellSummary, _ run: RunSummary) -> [(name: String, value: String)] {
    columns.map { ($0.name, $0.value(cell)) } + [("gate", run.gateVerdict(cell)?.rawValue ?? "")]
      + CountMetric.allCases.map { ($0.rawValue, Figure.plain(cell.count($0))) }
      + [("count_gate", run.countVerdict(cell)?.rawValue ?? "")]
  }

  /// The order is a promise to scripts: new columns go to the end.
  private static let columns: [(name: String, value: @Sendable (CellSummary) -> String)] = [
    ("scenario", { $0.scenario }),
    ("framework", { $0.framework.name }),
    ("req_s", { Figure.plain($0.throughput) }),
    ("p50_ms", { Figure.plain($0.latency?[50]) }),
    ("p95_ms", { Figure.plain($0.latency?[95]) }),
    ("p99_ms", { Figure.plain($0.latency?[99]) }),
    ("errors", { whole($0.errorCount) }),
    ("cpu_pct", { Figure.plain($0.serverCPUPercent) }),
    ("mem_mib", { Figure.plain($0.memoryMebibytes) }),
    ("runs", { String($0.rounds.count) }),
    ("req_s_low", { Figure.plain($0.throughputInterval?.low) }),
    ("req_s_high", { Figure.plain($0.throughputInterval?.high) }),
    ("ratio_to_reference", { Figure.plain($0.ratioToReference?.ratio) }),
    ("ratio_to_reference_low", { Figure.plain($0.ratioToReference?.interval().low) }),
    ("ratio_to_reference_high", { Figure.plain($0.ratioToReference?.interval().high) }),
    ("cpu_us_per_request", { Figure.plain($0.cpuMicrosecondsPerRequest) }),
    ("p90_ms", { Figure.plain($0.latency?[90]) }),
    ("p999_ms", { Figure.plain($0.latency?[99.9]) }),
    ("max_ms", { Figure.plain($0.latency?.maxMs) }),
    ("mean_ms", { Figure.plain($0.latency?.meanMs) }),
    ("verified", { whole($0.verified) }),
    ("rank", { whole($0.rank) }),
    ("verdict", { $0.verdict.rawValue }),
    ("runs_planned", { String($0.plannedRounds) }),
    ("postgres_cpu_pct", { Figure.plain($0.postgresCPUPercent) }),
    ("generator_cpu_pct", { Figure.plain($0.generatorCPUPercent) }),
  ]

  private static func whole(_ value: Int?) -> String { value.map(String.init) ?? "" }

  static func quoted(_ value: String) -> String {
    let field = value.escapingControls
    guard field.contains(where: { $0 == "," || $0 == "\"" }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
