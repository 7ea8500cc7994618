import BenchSupport
import Foundation
import Results
import Stack
import Statistics
import Text

/// What one request takes, counted: no noise of the machine is in it.
struct CountCommand: Command {
  static let about = CommandDescription(
    name: "count", group: .measure, summary: "count what one request takes: instructions, system calls, bytes",
    notes: [
      """
      One worker of each target runs under valgrind, and answers on one connection.
      The counts are the same on a busy machine and on a slow one; they are no speed.
      SHOOTOUT_FRAMEWORKS and SHOOTOUT_SCENARIOS say what is counted.
      """
    ],
    examples: ["shootout count", "SHOOTOUT_SCENARIOS=ping,json shootout count --json counts.json"], refused: "names")

  @Option("--json", "FILE", .file, "write the counts there; - is the standard output") private var path: String?

  func run() throws -> ExitCode {
    let configuration = try Configuration.read(scenarios: Scenario.names)
    guard configuration.deployment != .external else { throw CountingError.notOurs(configuration.deployment) }
    let file = try path.map { try ResultFile(path: $0) }
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let lease = try StackLease.take(configuration.stack, executable: executable, progress: { print($0) })
    defer { lease.giveBack() }
    let session = try CountSession(configuration, stack: lease.stack, interrupts: interrupts) { print($0) }
    defer { session.end() }
    var counts: [CellCounts] = []
    for scenario in Scenario.all where configuration.scenarios.contains(scenario.name) {
      counts += try session.count(scenario, on: configuration.targets.map(\.name))
      print("counted: \(scenario.name)")
    }
    print(CountTable.text(counts, reference: configuration.known.first { $0.role == .reference }?.name))
    try file?.write(String(decoding: ResultsCoding.encode(counts, pretty: true), as: UTF8.self) + "\n")
    return .success
  }
}

/// The counts for a terminal.
enum CountTable {
  static func text(_ counts: [CellCounts], reference: String?) -> String {
    let rows = counts.map { cell in
      let yardstick = counts.first { $0.scenario == cell.scenario && $0.framework == reference }
      return [
        cell.scenario, cell.framework, figure(cell[.instructions], places: 0), interval(cell[.instructions]),
        ratio(cell, yardstick), figure(cell[.systemCalls], places: 1), figure(cell[.pythonCalls], places: 0),
        figure(cell[.databaseStatements], places: 1), figure(cell[.bytesSent], places: 0),
        figure(cell[.bytesReceived], places: 0),
      ]
    }
    let header = [
      "scenario", "framework", "instructions", "±", "vs ref", "syscalls", "calls", "statements", "sent", "received",
    ]
    let columns = [TextTable.Column](repeating: .left, count: 2) + [TextTable.Column](repeating: .right, count: 8)
    let missing = counts.flatMap { cell in
      cell.absent.sorted { $0.key < $1.key }.map { (CountMetric(rawValue: $0.key)?.title ?? $0.key, $0.value) }
    }
    let reasons = Set(missing.map { "no \($0.0): \($0.1)" }).sorted()
    return TextTable(columns, [header] + rows).lines.joined(separator: "\n")
      + "\n\nfor each exchange, of the worker that answers; ± 95 %; bytes as the load sees them\n"
      + reasons.map { $0 + "\n" }.joined()
  }

  private static func figure(_ figure: CountedFigure?, places: Int) -> String {
    guard let value = figure?.value else { return Figure.missing }
    return places == 0 ? Figure.count(Int(value.rounded())) : String(format: "%.\(places)f", value)
  }

  private static func interval(_ figure: CountedFigure?) -> String {
    guard let figure, figure.value > 0 else { return Figure.missing }
    return String(format: "%.2f %%", figure.halfWidth / figure.value * 100)
  }

  private static func ratio(_ cell: CellCounts, _ yardstick: CellCounts?) -> String {
    guard let own = cell[.instructions], let other = yardstick?[.instructions], cell.framework != yardstick?.framework,
      other.value > 0
    else { return Figure.missing }
    return Figure.ratio(own.value / other.value)
  }
}
