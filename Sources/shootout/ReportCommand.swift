import BenchSupport
import Foundation
import LoadEngine
import Reports
import Results
import Text

/// `shootout report [RUN…]`: the reports of a run from its attachments, offline, as often as wanted; of several runs,
/// how they compare.
struct ReportCommand {
  private let runs: [RunDirectory]
  private let results: ResultsDirectory

  init(_ arguments: Arguments) throws(UsageError) {
    var arguments = arguments
    let operands = try arguments.operands(known: "none")
    results = ResultsDirectory()
    runs = operands.isEmpty ? [results.latest] : operands.map(results.run(named:))
  }

  init(of run: RunDirectory) {
    runs = [run]
    results = ResultsDirectory()
  }

  func run() throws -> ExitCode {
    runs.count == 1 ? try report(runs[0]) : try compare()
  }

  private func report(_ directory: RunDirectory) throws -> ExitCode {
    let summary = try directory.writeReports()
    print(TerminalReport.text(summary), terminator: "")
    for missing in summary.missing { complain("missing: \(missing)".escapingControls) }
    for problem in summary.problems { complain("problem: \(problem)".escapingControls) }
    for cell in summary.failedCells {
      let reason = cell.reason ?? cell.verdict.rawValue
      complain("failed: \(cell.scenario) on \(cell.framework.name): \(reason)".escapingControls)
    }
    for file in summary.ignoredFiles { print("not evidence, left aside: \(file)".escapingControls) }
    print("report: \(directory.htmlReport)")
    switch summary.state {
    case .complete: return .success
    case .failed: return .failed
    case .incomplete: return .couldNotMeasure
    }
  }

  private func compare() throws -> ExitCode {
    let summaries = try runs.map { (name: $0.name, summary: try $0.summary()) }
    let trend: RunTrend
    do { trend = try RunTrend(summaries) } catch { throw UsageError(error.description) }
    let path = try results.write(trend)
    print(TerminalReport.text(trend), terminator: "")
    print("report: \(path)")
    return .success
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
