import BenchSupport
import Reports
import Results
import Stack

/// `shootout baseline [--portable] [RUN_DIR]`: keeps a run, by default the last one, to compare later ones with.
struct BaselineCommand {
  private let directory: RunDirectory
  private let store: BaselineStore
  private let isPortable: Bool

  init(_ words: Arguments) throws {
    var arguments = words
    isPortable = arguments.flag("--portable")
    let operands = try arguments.operands(known: Command.baseline.knownOptions)
    guard operands.count <= 1 else { throw UsageError("one run at a time: shootout baseline [--portable] [RUN_DIR]") }
    directory = operands.first.map(RunDirectory.init) ?? ResultsDirectory().latest
    store = BaselineStore(folder: try Checkout.find().baselines)
  }

  func run() throws -> ExitCode {
    let collected = try directory.collect()
    guard let run = RunSummary(collected) else {
      throw RunDirectoryError.noManifest(path: directory.path, problems: collected.problems)
    }
    let path = try store.write(Baseline(run), asPortable: isPortable)
    for line in Baseline.leftOut(run) { print("left out: \(line)") }
    print("baseline: \(path), from \(run.cells.count) cells; review it, and commit it where others are to use it")
    return .success
  }
}
