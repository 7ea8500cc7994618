import BenchSupport
import Doctor
import Foundation
import LoadEngine
import Reports
import Results
import Stack
import Statistics
import Text

struct NewRunCommand: Command {
  static let about = CommandDescription(
    name: "new-run", group: .measure, summary: "make the folder for a run's attachments, and print its path")

  func run() throws -> ExitCode {
    print(try ResultsDirectory().newRun(now: Date()).path)
    return .success
  }
}

struct ReportCommand: Command {
  static let about = CommandDescription(
    name: "report", group: .measure, summary: "make the reports of a run anew, or compare several runs",
    notes: [
      """
      Offline and as often as wanted; without a name, those of the last run. A run is
      a folder, or the name of one in results/runs. Two or more are held beside each
      other instead, with a trend, in results/trend.html and trend.md.
      Profiles in the run's folder are linked. With --publish all runs of
      results/runs become a site of static pages, with their trends; a folder
      that holds anything else is refused.
      exit code: 0 all cells are there and none failed, 1 errors, failed checks or a
      regression, 2 cells are missing or no report can be made
      """
    ],
    examples: [
      "shootout report", "shootout report 20260701T101502Z", "shootout report 20260701T101502Z latest",
      "shootout report --publish site",
    ])

  @Option("--publish", "DIR", .folder, "all runs as a site of static pages") private var site: String?
  @Operands("RUN", .folders) private var names: [String]

  func run() throws -> ExitCode {
    let results = ResultsDirectory()
    if let site { return try publish(results, into: site) }
    let runs = names.isEmpty ? [results.latest] : names.map(results.run(named:))
    if runs.count == 1 {
      // Where it was ended, its process may be about to say so.
      for _ in 0..<40 where runs[0].isBeingMeasured { usleep(50_000) }
      if runs[0].isBeingMeasured {
        complain("\(results.shown(runs[0].path)) is still being measured: this is what there is by now")
      }
      return try Self.report(runs[0])
    }
    let summaries = try runs.map { (name: $0.name, summary: try $0.summary()) }
    let trend = try usage { try RunTrend(summaries) }
    let path = try results.write(trend)
    print(TerminalReport.text(trend), terminator: "")
    print("report: \(results.shown(path))")
    return .success
  }

  private func publish(_ results: ResultsDirectory, into site: String) throws -> ExitCode {
    if let name = names.first {
      throw UsageError(
        "--publish takes all runs, and was given '\(name)' beside it; right would be --publish \(site) alone")
    }
    let outcome = try SitePublication(path: site).publish(results)
    for line in outcome.unreadable { complain("without a report: \(line)".escapingControls) }
    print(
      "\(Figure.counted(outcome.runs, "run")), \(Figure.counted(outcome.files, "file")): \(site)/index.html")
    return .success
  }

  static func report(_ directory: RunDirectory) throws -> ExitCode {
    let summary = try directory.writeReports()
    print(TerminalReport.text(summary), terminator: "")
    for line in TerminalReport.answer(summary) {
      let hue: TerminalColor.Hue =
        switch line.mood {
        case .good: .green
        case .open: .yellow
        case .bad: .red
        }
      StandardOutput.write(TerminalColor.ofOutput.paint(line.text.escapingControlsWithinLines, hue) + "\n")
    }
    for missing in summary.missing { complain("missing: \(missing)".escapingControls) }
    for problem in summary.problems { complain("problem: \(problem)".escapingControls) }
    for cell in summary.failedCells {
      let reason = cell.reason ?? cell.verdict.rawValue
      complain("failed: \(cell.scenario) on \(cell.framework.name): \(reason)".escapingControls)
    }
    for file in summary.ignoredFiles { print("not raw results, left out: \(file)".escapingControls) }
    print("report: \(ResultsDirectory().shown(directory.htmlReport))")
    switch summary.state {
    case .complete: return .success
    case .failed: return .failed
    case .incomplete: return .couldNotMeasure
    }
  }
}

/// The place where generators meet, and where their raw results end up.
struct CoordinateCommand: Command {
  static let about = CommandDescription(
    name: "coordinate", group: .measure, summary: "let several generators measure at the same time",
    notes: ["It keeps what each of them saw, merges it when all have left, and reports it."],
    examples: ["shootout coordinate --generators 2"], refused: "names")

  @Option("--generators", "N", .text, "how many to wait for") private var generators: String?
  @Option("--listen", "HOST:PORT", .text, "where they find it") private var listen = CoordinatorAddress.usual

  func run() throws -> ExitCode {
    guard let text = generators else {
      throw UsageError("how many generators? right would be: shootout coordinate --generators 2")
    }
    guard let generators = Int(text), (1...1_000).contains(generators) else {
      throw UsageError("--generators '\(text)' is no number from 1 to 1000; right would be --generators 2")
    }
    let endpoint = try usage("--listen") { try CoordinatorAddress.parse(listen) }
    let seed = try Configuration.seed(ProcessInfo.processInfo.environment)
    let coordinator = try Coordinator(listening: endpoint, generators: generators, seed: seed)
    let run = try ResultsDirectory().newRun(now: Date())
    print("waiting for \(generators) generators at \(coordinator.endpoint.authority), seed \(seed)")
    try coordinator.coordinate { generator, name, content in
      try run.part(generator).keep(name, content)
    } say: { line in
      print(line)
    }
    return try MergeCommand.merge((1...generators).map(run.part)) { run }
  }
}

struct MergeCommand: Command {
  static let about = CommandDescription(
    name: "merge", group: .measure, summary: "make one run of what several generators measured together",
    notes: ["Histograms and counts are added; who was not there is named. Then as report."],
    examples: ["shootout merge /tmp/generator-1 /tmp/generator-2"])

  @Operands("RUN_DIR", .folders, mistake: "which runs? right would be: shootout merge RUN_DIR RUN_DIR…")
  private var parts: [String]

  func run() throws -> ExitCode {
    try Self.merge(parts.map(RunDirectory.init)) { try ResultsDirectory().newRun(now: Date()) }
  }

  /// - Parameter newRun: asked once it is known that the parts make a run.
  static func merge(_ parts: [RunDirectory], into newRun: () throws -> RunDirectory) throws -> ExitCode {
    let merge = try DistributedMerge(parts.map { try $0.collect() })
    let run = try newRun()
    try run.write(merge)
    for reason in merge.leftOut { complain("left out: \(reason)") }
    return try ReportCommand.report(run)
  }
}

struct BaselineCommand: Command {
  static let about = CommandDescription(
    name: "baseline", group: .measure, summary: "keep a run to compare later ones with",
    notes: ["It is written to fixtures/baselines; commit it where others are to use it."],
    examples: ["shootout baseline", "shootout baseline --portable results/latest"])

  @Option("--portable", "as ratios to the reference, for machines of any kind") private var isPortable: Bool
  @Operands("RUN_DIR", .folders, mistake: "one run at a time: shootout baseline [--portable] [RUN_DIR]")
  private var path: String?

  func run() throws -> ExitCode {
    let store = BaselineStore(folder: try Checkout.find().baselines)
    let directory = path.map(RunDirectory.init) ?? ResultsDirectory().latest
    let run = try directory.summary()
    var written: [String] = []
    if run.manifest.timed != false {
      written.append(try store.write(Baseline(run), asPortable: isPortable))
      for line in Baseline.leftOut(run) { print("left out: \(line)") }
    }
    if run.manifest.counted != nil {
      written.append(try store.write(CountBaseline(run, counts: directory.collect().counts)))
    }
    for path in written {
      print("baseline: \(path), from \(run.cells.count) cells; review it, and commit it where others are to use it")
    }
    return .success
  }
}
