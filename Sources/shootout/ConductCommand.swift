import BenchSupport
import Foundation
import LoadEngine
import Results
import WireFormats

/// `shootout conduct --generators N [--listen HOST:PORT]`: the place where generators meet and where their evidence ends up.
struct ConductCommand {
  private let generators: Int
  private let endpoint: Endpoint

  init(_ words: Arguments) throws {
    var arguments = words
    let listen = try arguments.option("--listen") ?? ConductorAddress.usual
    let text = try arguments.option("--generators")
    guard try arguments.operands(known: Command.conduct.knownOptions).isEmpty else {
      throw UsageError("shootout conduct takes no names")
    }
    guard let number = text.flatMap({ Int($0) }), (1...1_000).contains(number) else {
      throw UsageError("how many generators? right would be: shootout conduct --generators 2")
    }
    generators = number
    do {
      endpoint = try ConductorAddress.parse(listen)
    } catch {
      throw UsageError("--listen: \(error)")
    }
  }

  func run() throws -> ExitCode {
    let seed = try Configuration.seed(ProcessInfo.processInfo.environment)
    let conductor = try Conductor(listening: endpoint, generators: generators, seed: seed)
    let run = try ResultsDirectory().newRun(now: Date())
    print("waiting for \(generators) generators at \(conductor.endpoint.authority), seed \(seed)")
    try conductor.conduct { generator, name, content in
      try run.part(generator).keep(name, content)
    } say: { line in
      print(line)
    }
    return try MergeCommand.merge((1...generators).map(run.part), into: run)
  }
}
