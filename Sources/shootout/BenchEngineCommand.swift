import BenchSupport
import EngineBenchmark
import Foundation
import Results
import Stack

/// The engine beside the floor and the clients that it replaces.
struct BenchEngineCommand: Command {
  static let about = CommandDescription(
    name: "bench-engine", group: .look, summary: "the load engine beside the floor, wrk, hey and websockets",
    notes: [
      """
      The floor is what the kernel alone costs: the same bytes, and nothing done
      with them. make bench-engine builds for release and installs the peers.
      exit code: 1 where a target is missed
      """
    ],
    examples: ["shootout bench-engine --rounds 3 small-get upload"])

  private static let known = EngineWork.all.map(\.name)

  @Option("--rounds", "N", .number, "rounds of each work") private var rounds = 7
  @Option("--duration", "D", .duration, "of one round, in whole seconds") private var duration = Duration.seconds(3)
  @Operands("WORK", .words(known)) private var names: [String]

  func run() throws -> ExitCode {
    guard rounds > 0 else { throw UsageError("--rounds 0 measures nothing; right would be --rounds 5") }
    guard duration >= .seconds(1), duration.components.attoseconds == 0 else {
      throw UsageError("--duration is in whole seconds, because wrk's is; right would be --duration 3s")
    }
    if let unknown = names.first(where: { !Self.known.contains($0) }) {
      throw UsageError("unknown work '\(unknown)'; known: \(Self.known.joined(separator: ", "))")
    }
    let works = EngineWork.all.filter { names.isEmpty || names.contains($0.name) }
    let configuration = try Configuration.read(scenarios: nil)
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    try FileSystem.makeFolder(configuration.results)
    let path = configuration.results + "/engine.csv"
    let file = try ResultFile(path: path)
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let result = try EngineBenchmark(
      configuration.stack, executable: executable, works: works, rounds: rounds,
      seconds: Int(duration.components.seconds), interrupts: interrupts,
      progress: DeploymentProgress { print($0) }
    ).run()
    try file.write(result.csv)
    print("\n\(result.text)\n\nfigures of every run: \(path)")
    return result.isReached ? .success : .failed
  }
}
