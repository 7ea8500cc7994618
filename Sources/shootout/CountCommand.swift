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
    guard configuration.deployment == .process else {
      throw UsageError(
        "servers of DEPLOYMENT=\(configuration.deployment.rawValue) cannot be counted; right would be DEPLOYMENT=process")
    }
    let file = try path.map { try ResultFile(path: $0) }
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    let programs = try CountingPrograms(environment: ProcessInfo.processInfo.environment)
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let lease = try StackLease.take(configuration.stack, executable: executable, progress: { print($0) })
    defer { lease.giveBack() }
    let counts = try CountRun(configuration, stack: lease.stack, programs: programs, interrupts: interrupts).run {
      print("counted: \($0.scenario) on \($0.framework)")
    }
    print(CountTable.text(counts, reference: configuration.known.first { $0.role == .reference }?.name))
    try file?.write(String(decoding: ResultsCoding.encode(counts, pretty: true), as: UTF8.self) + "\n")
    return .success
  }
}

/// The counts for a terminal.
enum CountTable {
  static func text(_ counts: [ExchangeCount], reference: String?) -> String {
    let rows = counts.map { count in
      let yardstick = counts.first { $0.scenario == count.scenario && $0.framework == reference }
      return [
        count.scenario, count.framework, figure(count.instructions?.mean, places: 0), interval(count.instructions),
        ratio(count, yardstick), figure(count.systemCalls?.mean, places: 1), figure(count.bytesSent, places: 0),
        figure(count.bytesReceived, places: 0),
      ]
    }
    let header = ["scenario", "framework", "instructions", "±", "vs ref", "syscalls", "sent", "received"]
    return TextTable([.left, .left, .right, .right, .right, .right, .right, .right], [header] + rows).lines
      .joined(separator: "\n")
      + "\n\nfor each request, of the worker that answers; ± 95 %; bytes as the load sees them"
  }

  private static func figure(_ value: Double?, places: Int) -> String {
    guard let value else { return Figure.missing }
    return places == 0 ? Figure.count(Int(value.rounded())) : String(format: "%.\(places)f", value)
  }

  private static func interval(_ figure: CountedFigure?) -> String {
    guard let figure, figure.mean > 0 else { return Figure.missing }
    return String(format: "%.2f %%", figure.halfWidth / figure.mean * 100)
  }

  private static func ratio(_ count: ExchangeCount, _ yardstick: ExchangeCount?) -> String {
    guard let own = count.instructions, let other = yardstick?.instructions, count.framework != yardstick?.framework,
      other.mean > 0
    else { return Figure.missing }
    return Figure.ratio(own.mean / other.mean)
  }
}
