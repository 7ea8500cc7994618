import BenchSupport
import Foundation
import LoadEngine
import Results
import Stack

/// The curves of all scenarios of a run, one after the other.
package struct CurveRun {
  private let run: BehaviourRun
  private let configuration: Configuration
  private let stack: Stack
  private let cancellation: LoadCancellation
  private let progress: CurveProgress

  /// - Parameters:
  ///   - run: begun or taken up; what is in it already is not measured again.
  ///   - configuration: with the scenarios and targets of the run.
  package init(
    _ run: BehaviourRun, _ configuration: Configuration, stack: Stack, cancellation: LoadCancellation,
    progress: CurveProgress
  ) {
    self.run = run
    self.configuration = configuration
    self.stack = stack
    self.cancellation = cancellation
    self.progress = progress
  }

  /// Whether nothing of it is missing.
  private static func isThrough(_ scenario: String, _ manifest: Manifest, _ records: BehaviourRecords) -> Bool {
    guard let plan = manifest.behaviour?.curve, let end = records.curveEnds.first(where: { $0.scenario == scenario })
    else { return false }
    let frameworks = manifest.frameworks.map(\.name)
    return end.rounds > 0
      && CurvePlan.missing(records.curve, plan, scenario: scenario, frameworks: frameworks, rounds: end.rounds).isEmpty
  }

  /// Measures what is missing.
  ///
  /// - Throws: a ``CalledOff`` where it was called off; what was measured is kept.
  package func measure() throws {
    guard let plan = run.manifest.behaviour?.curve else { return }
    let watch = StackWatch(stack)
    for entry in run.manifest.scenarios {
      guard let scenario = Scenario.all.first(where: { $0.name == entry.name }) else { continue }
      let earlier = run.earlier.curve.filter { $0.round.scenario == scenario.name }
      if Self.isThrough(scenario.name, run.manifest, run.earlier) {
        progress.say("\(scenario.name): is there already")
        continue
      }
      let measurement = CurveMeasurement(
        scenario: scenario, configuration: configuration, plan: plan, stack: stack, watch: watch,
        cancellation: cancellation, progress: progress)
      let sink = CurveMeasurement.Sink(keep: { try run.keep($0) }, lose: { try run.keep($0) })
      try run.keep(measurement.run(after: earlier, into: sink))
    }
  }
}
