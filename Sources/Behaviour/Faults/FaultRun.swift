import BenchSupport
import Foundation
import Reports
import Results
import Stack

/// All trials of a run of faults that are not there yet: trial after trial, and in each every fault on every framework, so that
/// a run that ends early has something of each.
package struct FaultRun {
  private let configuration: Configuration
  private let lease: StackLease
  private let run: BehaviourRun
  private let plan: FaultPlan
  private let interrupts: Interrupts
  private let progress: DeploymentProgress

  /// - Throws: a ``BehaviourError`` where the run is no run of faults.
  package init(
    _ configuration: Configuration, lease: StackLease, run: BehaviourRun, interrupts: Interrupts,
    progress: DeploymentProgress
  ) throws {
    guard let plan = run.manifest.behaviour?.faults else {
      throw BehaviourError.notResumable(run.directory.name, reason: "it is no run of make faults")
    }
    (self.configuration, self.lease, self.run, self.plan) = (configuration, lease, run, plan)
    (self.interrupts, self.progress) = (interrupts, progress)
  }

  /// How many trials are still to be made.
  package var left: Int { places.count }

  private typealias Place = (trial: Int, fault: InjectedFault, framework: String)

  private var places: [Place] {
    let kept = Set(run.earlier.faults.map(\.fileName))
    let frameworks = run.manifest.frameworks.map(\.name)
    return (1...max(1, plan.trials)).flatMap { trial in
      plan.faults.flatMap { fault in frameworks.map { (trial, fault, $0) } }
    }.filter { place in
      !kept.contains(
        FaultTrial(
          framework: place.framework, scenario: "", fault: place.fault, trial: place.trial, started: ""
        ).fileName)
    }
  }

  /// Keeps each trial as it ends.
  ///
  /// Where the process is gone that answers for the stack, everything is, and that is the cause of whatever failed.
  package func measure() throws {
    do { try measureAll() } catch {
      if let outage = lease.stack.endedDeployment { throw FaultError.ended(outage) }
      throw error
    }
  }

  private func measureAll() throws {
    let places = places
    for (number, place) in places.enumerated() {
      var trial = try measure(place)
      if var seen = trial.seen {
        seen.startedAnew = try makeWhole(place.framework, after: seen)
        trial.seen = seen
      }
      try run.keep(trial)
      progress.say(
        "\(number + 1)/\(places.count) \(place.fault.rawValue) on \(place.framework): \(FaultWords.outcome([trial], plan))"
      )
    }
  }

  private func measure(_ place: Place) throws -> FaultTrial {
    let stack = lease.stack
    guard let server = stack[place.framework] else { throw MeasuringError.notUp(place.framework) }
    return try FaultMeasurement(
      server: server, postgres: stack.postgres, plan: plan,
      material: ScenarioMaterial(configuration, stack, for: place.fault.scenario),
      folder: folder(of: server),
      controls: FaultControls(
        stopDatabase: { try lease.stopDatabase() }, startDatabase: { try lease.startDatabase() }),
      interrupts: interrupts
    ).run(place.fault, trial: place.trial)
  }

  private func folder(of server: Stack.Server) -> String? {
    guard server.container == nil else { return nil }
    return StateDirectory(of: configuration.checkout).work(server.name)
  }

  /// After a trial the stack is as it was for the next one: rows that were added are gone, and a server that is not well is
  /// started anew.
  ///
  /// - Returns: why it was.
  private func makeWhole(_ framework: String, after seen: FaultTrial.Seen) throws -> String? {
    if let postgres = lease.stack.postgres {
      try postgres.restoreContent(fixtures: configuration.checkout.fixtures)
    }
    guard let server = lease.stack[framework] else { return nil }
    let reason = seen.reasonToStartAnew(answers: server.answers)
    if reason != nil { _ = try lease.restart([framework]) }
    return reason
  }
}
