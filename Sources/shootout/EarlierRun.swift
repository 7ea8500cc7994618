import Behaviour
import BenchSupport
import Foundation
import Reports
import Results

/// A run of `make curve`, `make soak` or `make faults` that ended before its time, and is taken up again.
struct EarlierRun<Plan> {
  let directory: RunDirectory
  let manifest: Manifest
  let plan: Plan
  /// Whether nothing of it is missing.
  let isWhole: Bool

  /// - Parameters:
  ///   - name: its name, its folder, or `latest`.
  ///   - command: the one that makes such runs.
  init(_ name: String, _ plan: KeyPath<BehaviourPlan, Plan?>, of command: String) throws {
    directory = ResultsDirectory().run(named: name)
    let collected = try directory.collect()
    guard let manifest = collected.manifest else {
      throw BehaviourError.notResumable(
        directory.name, reason: collected.problems.first?.description ?? "it has no manifest.json")
    }
    guard let plan = manifest.behaviour?[keyPath: plan] else {
      throw BehaviourError.notResumable(directory.name, reason: "it is no run of make \(command)")
    }
    (self.manifest, self.plan) = (manifest, plan)
    for problem in collected.problems { print("warning: \(problem); what is missing for that is measured again") }
    isWhole = RunSummary(collected).map { $0.state != .incomplete } ?? false
  }

  /// The user's settings with what the run measures. What is set and is not the run's contradicts it.
  func settings(_ own: Configuration) throws -> Configuration {
    do { return try own.resuming(manifest, run: directory.name) { $0.isSet } } catch {
      throw UsageError(Setting.asTyped("\(error)", ProcessInfo.processInfo.environment))
    }
  }
}

extension RunDirectory {
  /// Reports a run of which nothing is missing.
  func reportWhole() throws -> ExitCode {
    print("nothing is missing in \(name)")
    return try ReportCommand.report(self)
  }

  /// Reports what there is of a run that an error ended, and says how to go on with it.
  func reportFailed(of command: String) {
    do { _ = try ReportCommand.report(self) } catch { print("no report could be made: \(error)") }
    print("what was measured is kept. To go on: make \(command) RUN=\(name)")
  }

  /// Reports what there is of a run that was ended before its time, and says how to go on with it.
  func reportEnded(by cause: String, of command: String) throws -> ExitCode {
    _ = try ReportCommand.report(self)
    print("ended by \(cause); what was measured is kept. To go on: make \(command) RUN=\(name)")
    return .interrupted
  }
}
