import BenchSupport
import Foundation
import LoadEngine
import Results
import WireFormats

/// `shootout coordinate --generators N [--listen HOST:PORT]`: the place where generators meet and where their evidence ends up.
struct CoordinateCommand {
  private let generators: Int
  private let endpoint: Endpoint

  init(_ words: Arguments) throws {
    var arguments = words
    let listen = try arguments.option("--listen") ?? CoordinatorAddress.usual
    let text = try arguments.option("--generators")
    guard try arguments.operands(known: Command.coordinate.knownOptions).isEmpty else {
      throw UsageError("shootout coordinate takes no names")
    }
    guard let number = text.flatMap({ Int($0) }), (1...1_000).contains(number) else {
      throw UsageError("how many generators? right would be: shootout coordinate --generators 2")
    }
    generators = number
    do {
      endpoint = try CoordinatorAddress.parse(listen)
    } catch {
      throw UsageError("--listen: \(error)")
    }
  }

  func run() throws -> ExitCode {
    let seed = try Configuration.seed(ProcessInfo.processInfo.environment)
    let coordinator = try Coordinator(listening: endpoint, generators: generators, seed: seed)
    let run = try ResultsDirectory().newRun(now: Date())
    print("waiting for \(generators) generators at \(coordinator.endpoint.authority), seed \(seed)")
    try coordinator.coordinate { generator, name, content in
      try run.part(generator).keep(name, content)
    } say: { line in
      print(line)
    }
    return try MergeCommand.merge((1...generators).map(run.part), into: run)
  }
}
