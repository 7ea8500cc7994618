import BenchSupport
import Foundation

/// `shootout report [RUN_DIR]`: the reports of a run from its attachments, offline, as often as wanted.
struct ReportCommand {
  static let usage = "shootout report [RUN_DIR]"

  var directory: RunDirectory
  var results: ResultsDirectory

  init(_ arguments: Arguments) throws(UsageError) {
    var arguments = arguments
    let operands = try arguments.operands(known: "none")
    guard operands.count <= 1 else { throw UsageError("one run at a time: \(Self.usage)") }
    results = ResultsDirectory()
    directory = operands.first.map(RunDirectory.init) ?? results.latest
  }

  init(of run: RunDirectory) {
    directory = run
    results = ResultsDirectory()
  }

  func run() throws -> ExitCode {
    let summary = try directory.writeReports()
    try results.makeLatest(directory)
    print(TerminalReport.text(summary), terminator: "")
    for missing in summary.missing { complain("missing: \(missing)") }
    for problem in summary.problems { complain("problem: \(problem)") }
    for cell in summary.failedCells {
      complain("failed: \(cell.scenario) on \(cell.framework.name): \(cell.reason ?? cell.verdict.rawValue)")
    }
    for file in summary.ignoredFiles { print("not evidence, left aside: \(file)") }
    print("report: \(directory.htmlReport)")
    switch summary.state {
    case .complete: return .success
    case .failed: return .failed
    case .incomplete: return .couldNotMeasure
    }
  }
}

/// `shootout new-run`: makes the folder that a run's attachments go to, and prints its path.
struct NewRunCommand {
  init(_ arguments: Arguments) throws(UsageError) {
    var arguments = arguments
    guard try arguments.operands(known: "none").isEmpty else { throw UsageError("shootout new-run takes no operands") }
  }

  func run() throws -> ExitCode {
    print(try ResultsDirectory().newRun(now: Date()).path)
    return .success
  }
}
