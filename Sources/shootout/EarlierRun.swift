import Behaviour
import BenchSupport
import Foundation
import Results

/// A run of `make curve`, `make soak` or `make faults` that ended before its time, and is taken up again.
struct EarlierRun<Plan> {
  let directory: RunDirectory
  let manifest: Manifest
  let records: BehaviourRecords
  let plan: Plan

  /// - Parameters:
  ///   - name: its name, its folder, or `latest`.
  ///   - command: the one that makes such runs.
  init(_ name: String, _ plan: KeyPath<BehaviourPlan, Plan?>, of command: String) throws {
    directory = ResultsDirectory().run(named: name)
    let collected = try directory.collect()
    guard let manifest = collected.manifest, let plan = manifest.behaviour?[keyPath: plan] else {
      throw BehaviourError.notResumable(directory.name, reason: "it is no run of make \(command)")
    }
    (self.manifest, self.plan, records) = (manifest, plan, collected.behaviour)
  }

  /// The user's settings with what the run measures. What is set and is not the run's contradicts it.
  func settings(_ own: Configuration) throws -> Configuration {
    do { return try own.resuming(manifest, run: directory.name) { $0.isSet } } catch {
      throw UsageError(Setting.asTyped("\(error)", ProcessInfo.processInfo.environment))
    }
  }
}

extension RunDirectory {
  /// Reports what there is of a run that was ended before its time, and says how to go on with it.
  func reportEnded(by cause: String, of command: String) throws -> ExitCode {
    _ = try ReportCommand.report(self)
    print("ended by \(cause); what was measured is kept. To go on: make \(command) RUN=\(name)")
    return .interrupted
  }
}
