import BenchSupport
import Foundation
import Gate
import Machine
import Reports
import Results
import Stack

/// The gate on runs whose truth is known.
struct GateSelfTestCommand: Command {
  static let about = CommandDescription(
    name: "gate-selftest", group: .look, summary: "the gate on runs whose truth is known",
    notes: [
      """
      It needs the tests to be built; make gate-selftest builds them first.
      FRAMEWORK is one on uvicorn (fastapi).
      """
    ],
    examples: ["shootout gate-selftest --runs 5 --slowdowns 0,10 fastapi"])

  private static let usualFramework = "fastapi"
  /// Their handlers never wait, so that a busy wait of a share of their time makes them slower by that share.
  private static let usualScenarios = "json,html"

  @Option("--runs", "N", .number, "runs for each slowdown") private var runs = 20
  @Option("--slowdowns", "LIST", .percentages, "percent by which one side is slower")
  private var slowdowns = [0, 5, 10, 20]
  /// nil leaves it to the perf tests.
  @Option("--tolerance", "P", .tolerance, "percent that are tolerated, or 'tests'") private var tolerance: Int? = 2
  @Operands("FRAMEWORK", .targets, mistake: mistake) private var name: String?

  private static let mistake = "shootout gate-selftest takes one framework and at least one run"

  func run() throws -> ExitCode {
    guard runs > 0 else { throw UsageError(Self.mistake) }
    let configuration = try Configuration.read(scenarios: nil)
    let known = configuration.known.filter { $0.server.contains("uvicorn") && $0.package != nil }
    let framework = name ?? Self.usualFramework
    guard let target = known.first(where: { $0.name == framework }), let package = target.package,
      let version = target.pinnedVersion(of: package)
    else {
      throw UsageError(
        "the handlers of '\(framework)' cannot be made slower: only of those on uvicorn; known: "
          + known.map(\.name).joined(separator: ", "))
    }
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    var test = GateSelfTest(trials: slowdowns.map { GateSelfTest.Trials(slowdown: $0, runs: []) })
    var isInterrupted = false
    // In turn, so that a machine that changes within the hour changes for all of them.
    measuring: for run in 1...runs {
      for (index, slowdown) in slowdowns.enumerated() {
        guard let results = try measure(target.name, version, slowdown: slowdown, configuration, interrupts) else {
          isInterrupted = true
          break measuring
        }
        test.trials[index].runs.append(results)
        let failed = results.filter { $0.verdict == .fail }
        print("run \(run)/\(runs), slower by \(slowdown) %: \(failed.isEmpty ? "green" : "red")")
        for result in results where result.verdict != .pass { print("  \(result.scenario): \(result.text)") }
      }
    }
    print(
      "\n\(framework) \(version), scenarios \(scenarios), PROFILE=\(profile), tolerated "
        + "\(tolerance.map { "\($0) %" } ?? "what the tests say")\n\n\(test.text)")
    return isInterrupted ? .interrupted : .success
  }

  private var profile: String { setting("SHOOTOUT_PROFILE") ?? Profile.quick.rawValue }
  private var scenarios: String { setting("SHOOTOUT_SCENARIOS") ?? Self.usualScenarios }

  private func setting(_ variable: String) -> String? {
    ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// One run of the perf tests with two copies of the framework as its targets; nil where it was interrupted.
  private func measure(
    _ framework: String, _ version: String, slowdown: Int, _ configuration: Configuration, _ interrupts: Interrupts
  ) throws -> [ThresholdResult]? {
    let directory = try ResultsDirectory(path: configuration.results + "/gate-selftest").newRun(now: Date())
    let own = ProcessInfo.processInfo.environment
    let environment = own.merging([
      EndWatch.owners: EndWatch.ownersWithThis(own),
      "SHOOTOUT_COMPARE_FRAMEWORK": framework, "SHOOTOUT_COMPARE_BASE": version, "SHOOTOUT_COMPARE_HEAD": version,
      "SHOOTOUT_COMPARE_SLOWDOWN": "\(slowdown)",
      "SHOOTOUT_COMPARE_TOLERANCE": tolerance.map { "\($0)" } ?? "", "SHOOTOUT_SCENARIOS": scenarios,
      "SHOOTOUT_PROFILE": profile, "SHOOTOUT_FRAMEWORKS": "", "SHOOTOUT_STRICT": "0", "SHOOTOUT_GATE": "on",
    ]) { $1 }
    let command = [
      "/usr/bin/env", "swift", "test", "--skip-build", "--filter", "Perf", "--attachments-path", directory.attachments,
    ]
    let log = directory.path + "/log.txt"
    let launch = ProgramLaunch(command: command, environment: environment, directory: configuration.checkout.path)
    guard try run(launch, log: log, interrupts) else { return nil }
    let collected = try directory.collect()
    guard let summary = RunSummary(collected), summary.isWholeAndSound, !summary.results.isEmpty else {
      throw GateSelfTestError(log: log, problems: collected.problems.map(\.description))
    }
    return summary.results
  }

  /// False where it was interrupted.
  private func run(_ launch: ProgramLaunch, log: String, _ interrupts: Interrupts) throws -> Bool {
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    let child = try ChildProcess.start(launch, output: output.fileDescriptor)
    do throws(DeploymentError) {
      // Seldom, because it measures.
      while child.reap() == nil { try interrupts.sleep(.milliseconds(500)) }
      return true
    } catch {
      // The process in which the tests run is in a group of its own, and takes the stack along.
      for process in ProcessStat.readAll() where process.pid == child.pid || process.parent == child.pid {
        kill(process.pid, SIGTERM)
      }
      while child.reap() == nil { try Interrupts.none.sleep(.milliseconds(100)) }
      guard case .interrupted = error else { throw error }
      return false
    }
  }
}

extension Parser<[Int]> {
  fileprivate static var percentages: Parser {
    Parser {
      $0.map(String.init).joined(separator: ",")
    } parse: { text, option throws(UsageError) in
      let numbers = text.split(separator: ",").map { Int($0) }
      guard numbers.allSatisfy({ $0.map((0...100).contains) ?? false }) else {
        throw UsageError("\(option) '\(text)' is no list of percentages; right would be 0,5,10,20")
      }
      return numbers.compactMap(\.self)
    }
  }
}

extension Parser<Int?> {
  /// In percent; nil for `tests`, what they tolerate.
  fileprivate static var tolerance: Parser {
    Parser {
      $0.map(String.init) ?? "tests"
    } parse: { text, option throws(UsageError) in
      let percent = Int(text)
      guard percent.map((0...100).contains) ?? (text == "tests") else {
        throw UsageError("\(option) '\(text)' is no percentage; right would be 2, or tests for what they tolerate")
      }
      return percent
    }
  }
}

struct GateSelfTestError: Error, CustomStringConvertible {
  var log: String
  var problems: [String]

  var description: String {
    "a run is not whole and sound, so its verdicts say nothing of the gate; see \(log)"
      + problems.prefix(5).map { "\n  \($0)" }.joined()
  }
}
