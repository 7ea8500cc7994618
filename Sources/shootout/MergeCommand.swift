import BenchSupport
import Foundation
import Results

/// `shootout merge RUN_DIR RUN_DIR…`: makes one run of what several generators measured together, and its reports.
struct MergeCommand {
  private let parts: [RunDirectory]

  init(_ words: Arguments) throws(UsageError) {
    var arguments = words
    parts = try arguments.operands(known: "none").map(RunDirectory.init)
    guard !parts.isEmpty else { throw UsageError("which runs? right would be: shootout merge RUN_DIR RUN_DIR…") }
  }

  func run() throws -> ExitCode {
    try Self.merge(parts, into: ResultsDirectory().newRun(now: Date()))
  }

  static func merge(_ parts: [RunDirectory], into run: RunDirectory) throws -> ExitCode {
    let merge = try DistributedMerge(parts.map { try $0.collect() })
    try run.write(merge)
    for reason in merge.leftOut { complain("left out: \(reason)") }
    return try ReportCommand(of: run).run()
  }
}
