import BenchSupport
import Gate
import Reports
import Results
import Stack

/// The gate by time on two copies of one version, one of them with a busy wait in its handlers.
struct TimedSelfTest {
  var framework: String
  var version: String
  var runs: Int
  /// In percent.
  var slowdowns: [Int]
  /// In percent; nil leaves it to the perf tests.
  var tolerance: Int?
  var configuration: Configuration
  var interrupts: Interrupts

  /// Their handlers never wait, so that a busy wait of a share of their time makes them slower by that share.
  private static let usualScenarios = "json,html"

  /// - Returns: false where it was interrupted.
  func run() throws -> Bool {
    var test = GateSelfTest(trials: slowdowns.map { GateSelfTest.Trials(slowdown: $0, runs: []) })
    var isInterrupted = false
    // In turn, so that a machine that changes within the hour changes for all of them.
    measuring: for run in 1...runs {
      for (index, slowdown) in slowdowns.enumerated() {
        guard let results = try measure(slowdown: slowdown) else {
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
    return !isInterrupted
  }

  private var profile: String { ComparisonRun.setting("SHOOTOUT_PROFILE") ?? Profile.quick.rawValue }
  private var scenarios: String { ComparisonRun.setting("SHOOTOUT_SCENARIOS") ?? Self.usualScenarios }

  /// nil where it was interrupted.
  private func measure(slowdown: Int) throws -> [ThresholdResult]? {
    let run = ComparisonRun(
      configuration: configuration, interrupts: interrupts, filter: "PerfTests",
      settings: [
        "SHOOTOUT_COMPARE_FRAMEWORK": framework, "SHOOTOUT_COMPARE_BASE": version, "SHOOTOUT_COMPARE_HEAD": version,
        "SHOOTOUT_COMPARE_SLOWDOWN": "\(slowdown)",
        "SHOOTOUT_COMPARE_TOLERANCE": tolerance.map { "\($0)" } ?? "", "SHOOTOUT_SCENARIOS": scenarios,
        "SHOOTOUT_PROFILE": profile, "SHOOTOUT_COUNTS": "off", "SHOOTOUT_TIMES": "on",
      ])
    guard let (directory, collected) = try run.measure() else { return nil }
    guard let summary = RunSummary(collected), summary.isWholeAndSound, !summary.results.isEmpty else {
      throw GateSelfTestError(log: run.log(directory), problems: collected.problems.map(\.description))
    }
    return summary.results
  }
}
