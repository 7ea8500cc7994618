import BenchSupport
import Foundation
import Gate
import Machine
import Reports
import Results
import Synchronization

/// `shootout gate-selftest [--runs N] [--slowdowns 0,5,10,20] [FRAMEWORK]`: the gate on runs whose truth is known.
struct GateSelfTestCommand {
  private let configuration: Configuration
  private let framework: String
  private let version: String
  private let runs: Int
  private let slowdowns: [Int]

  /// Their handlers never wait, so that a busy wait of a share of their time makes them slower by that share.
  private static let usualScenarios = "json,html"
  /// In percent, instead of what the perf tests tolerate; nil leaves it to them.
  private let tolerance: Int?
  private static let usualTolerance = 2

  init(_ words: Arguments) throws {
    var arguments = words
    runs = try arguments.number("--runs") ?? 20
    let list = try arguments.option("--slowdowns") ?? "0,5,10,20"
    slowdowns = try list.split(separator: ",").map { text in
      guard let percent = Int(text), (0...100).contains(percent) else {
        throw UsageError("--slowdowns '\(list)' is no list of percentages; right would be 0,5,10,20")
      }
      return percent
    }
    let tolerated = try arguments.option("--tolerance") ?? "\(GateSelfTestCommand.usualTolerance)"
    tolerance = Int(tolerated)
    guard tolerance.map((0...100).contains) ?? (tolerated == "tests") else {
      throw UsageError("--tolerance '\(tolerated)' is no percentage; right would be 2, or tests for what they tolerate")
    }
    let operands = try arguments.operands(known: Command.gateSelfTest.knownOptions)
    guard operands.count <= 1, runs > 0 else {
      throw UsageError("shootout gate-selftest takes one framework and at least one run")
    }
    let name = operands.first ?? "fastapi"
    framework = name
    configuration = try Configuration.read(scenarios: nil)
    let known = configuration.known.filter { $0.server.contains("uvicorn") && $0.package != nil }
    guard let target = known.first(where: { $0.name == name }), let package = target.package,
      let version = target.pinnedVersion(of: package)
    else {
      throw UsageError(
        "the handlers of '\(name)' cannot be made slower: only of those on uvicorn; known: "
          + known.map(\.name).joined(separator: ", "))
    }
    self.version = version
  }

  func run() throws -> ExitCode {
    var test = GateSelfTest(trials: slowdowns.map { GateSelfTest.Trials(slowdown: $0, runs: []) })
    let tests = RunningTests()
    let interrupt = InterruptHandler([SIGINT, SIGTERM, SIGHUP]) { tests.interrupt() }
    defer { interrupt.end() }
    // In turn, so that a machine that changes within the hour changes for all of them.
    measuring: for run in 1...runs {
      for (index, slowdown) in slowdowns.enumerated() {
        guard let rulings = try measure(slowdown: slowdown, tests) else { break measuring }
        test.trials[index].runs.append(rulings)
        let failed = rulings.filter { $0.verdict == .fail }
        print("run \(run)/\(runs), slower by \(slowdown) %: \(failed.isEmpty ? "green" : "red")")
        for ruling in rulings where ruling.verdict != .pass { print("  \(ruling.scenario): \(ruling.text)") }
      }
    }
    print(
      "\n\(framework) \(version), scenarios \(scenarios), PROFILE=\(profile), tolerated "
        + "\(tolerance.map { "\($0) %" } ?? "what the tests say")\n\n\(test.text)")
    return tests.areInterrupted ? .interrupted : .success
  }

  private var profile: String { setting("SHOOTOUT_PROFILE") ?? Profile.quick.rawValue }
  private var scenarios: String { setting("SHOOTOUT_SCENARIOS") ?? GateSelfTestCommand.usualScenarios }

  private func setting(_ variable: String) -> String? {
    ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// One run of the perf tests with two copies of the framework as its targets; nil where it was interrupted.
  private func measure(slowdown: Int, _ tests: RunningTests) throws -> [ThresholdResult]? {
    let directory = try ResultsDirectory(path: configuration.results + "/gate-selftest").newRun(now: Date())
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "swift", "test", "--skip-build", "--filter", "Perf", "--attachments-path", directory.attachments,
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: configuration.checkout.path)
    process.environment = ProcessInfo.processInfo.environment.merging([
      "SHOOTOUT_COMPARE_FRAMEWORK": framework, "SHOOTOUT_COMPARE_BASE": version, "SHOOTOUT_COMPARE_HEAD": version,
      "SHOOTOUT_COMPARE_SLOWDOWN": "\(slowdown)",
      "SHOOTOUT_COMPARE_TOLERANCE": tolerance.map { "\($0)" } ?? "", "SHOOTOUT_SCENARIOS": scenarios,
      "SHOOTOUT_PROFILE": profile, "SHOOTOUT_FRAMEWORKS": "", "SHOOTOUT_STRICT": "0", "SHOOTOUT_GATE": "on",
    ]) { $1 }
    let log = directory.path + "/log.txt"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    process.standardOutput = FileHandle(forWritingAtPath: log)
    process.standardError = process.standardOutput
    try tests.run(process)
    if tests.areInterrupted { return nil }
    let collected = try directory.collect()
    guard let summary = RunSummary(collected), summary.isWholeAndSound, !summary.results.isEmpty else {
      throw GateSelfTestError(log: log, problems: collected.problems.map(\.description))
    }
    return summary.results
  }
}

/// The `swift test` that runs, if any, and whether another may follow.
private final class RunningTests: Sendable {
  private let process = Atomic<Int32>(0)
  private let isInterrupted = Atomic(false)

  var areInterrupted: Bool { isInterrupted.load(ordering: .acquiring) }

  /// Returns when it has ended; at once where it is not to begin.
  func run(_ process: Process) throws {
    if areInterrupted { return }
    try process.run()
    self.process.store(process.processIdentifier, ordering: .releasing)
    if areInterrupted { terminate() }
    process.waitUntilExit()
    self.process.store(0, ordering: .releasing)
  }

  func interrupt() {
    isInterrupted.store(true, ordering: .releasing)
    terminate()
  }

  /// It has a process group of its own, which Ctrl-C does not reach, and so has the process in which the tests run. That
  /// one takes the stack along.
  private func terminate() {
    let number = process.load(ordering: .acquiring)
    guard number > 0 else { return }
    for process in ProcessStat.readAll() where process.pid == number || process.parent == number {
      kill(process.pid, SIGTERM)
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
