import BenchSupport
import EngineBenchmark
import Foundation
import Results
import Stack

/// `shootout bench-engine [--rounds N] [--duration D] [WORK…]`: the engine beside the clients that it replaces.
struct BenchEngineCommand {
  private let configuration: Configuration
  private let works: [EngineWork]
  private let rounds: Int
  private let seconds: Int

  init(_ words: Arguments) throws {
    var arguments = words
    rounds = try arguments.number("--rounds") ?? 5
    guard rounds > 0 else { throw UsageError("--rounds 0 measures nothing; right would be --rounds 5") }
    let duration = try arguments.duration("--duration") ?? .seconds(3)
    guard duration >= .seconds(1), duration.components.attoseconds == 0 else {
      throw UsageError("--duration is in whole seconds, because wrk's is; right would be --duration 3s")
    }
    seconds = Int(duration.components.seconds)
    let names = try arguments.operands(known: Command.benchEngine.knownOptions)
    let known = EngineWork.all.map(\.name)
    if let unknown = names.first(where: { !known.contains($0) }) {
      throw UsageError("unknown work '\(unknown)'; known: \(known.joined(separator: ", "))")
    }
    works = EngineWork.all.filter { names.isEmpty || names.contains($0.name) }
    configuration = try Configuration.read(scenarios: nil)
  }

  func run() throws -> ExitCode {
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    try FileManager.default.createDirectory(atPath: configuration.results, withIntermediateDirectories: true)
    let path = configuration.results + "/engine.csv"
    let file = try ResultFile(path: path)
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let result = try EngineBenchmark(
      configuration.stack, executable: executable, works: works, rounds: rounds, seconds: seconds,
      interrupts: interrupts,
      progress: DeploymentProgress { print($0) }
    ).run()
    try file.write(result.csv)
    print("\n\(result.text)\n\nfigures of every run: \(path)")
    return result.isReached ? .success : .failed
  }
}
