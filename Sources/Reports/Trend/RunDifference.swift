import Results
import Statistics

/// Something that is not the same in all runs: its name, and its value in each of them.
public struct RunDifference: Equatable, Sendable {
  public var name: String
  public var values: [String]

  package static func all(_ runs: [RunTrend.Run]) -> [RunDifference] {
    let facts = runs.map { run in
      (EnvironmentRows.machine(run.summary) + EnvironmentRows.settings(run.summary))
        .filter { !["Started", "Seed"].contains($0.0) }
        + [("Scenarios", run.summary.scenarios.map(\.entry.name).joined(separator: ", "))]
        + run.summary.manifest.frameworks.flatMap { framework in
          [("\(framework.title): server", framework.server)]
            + framework.versions.sorted { $0.key < $1.key }.map { ("\(framework.title): \($0.key)", $0.value) }
        }
    }
    let names = facts.flatMap { $0.map(\.0) }.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return names.compactMap { name in
      let values = facts.map { rows in rows.first { $0.0 == name }?.1 ?? Figure.missing }
      return Set(values).count > 1 ? RunDifference(name: name, values: values) : nil
    }
  }

  /// What speaks against comparing the runs, in sentences.
  package static func doubts(_ runs: [RunTrend.Run]) -> [String] {
    var doubts: [String] = []
    let machines = runs.map { Baseline.Conditions($0.summary.manifest).machine }
    if Set(machines.map(\.fingerprint)).count > 1 {
      doubts.append(
        "The runs were made on different machines, deployments or versions of Python. Ratios to the reference travel, "
          + "but not all the way: do not take a small change for a change of a framework.")
    }
    let loads = runs.map { "\($0.summary.manifest.profile) \($0.summary.manifest.connections)" }
    if Set(loads).count > 1 {
      doubts.append("The runs differ in profile, rounds, windows or connections, and so in what they asked for.")
    }
    let yardsticks = runs.map { $0.summary.reference?.versions ?? [:] }
    if Set(yardsticks).count > 1 {
      doubts.append(
        "What the reference runs on has changed, and with it the yardstick: a ratio may have changed by that alone.")
    }
    for run in runs where run.summary.state != .complete {
      doubts.append("\(run.label) is not whole and sound. \(Reading.state(run.summary))")
    }
    return doubts
  }
}
