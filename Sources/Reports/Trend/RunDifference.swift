import Gate
import Results
import Statistics

/// Something that is not the same in all runs: its name, and its value in each of them.
public struct RunDifference: Equatable, Sendable {
  var name: String
  var values: [String]

  static func all(_ runs: [RunTrend.Run]) -> [RunDifference] {
    let facts = runs.map { run in
      EnvironmentRows.conditions(run.summary) + EnvironmentRows.settings(run.summary)
        + [("Scenarios", run.summary.scenarios.map(\.entry.name).joined(separator: ", "))]
        + run.summary.manifest.frameworks.flatMap { framework in
          [("\(framework.title): server", framework.server)]
            + framework.versions.sorted { $0.key < $1.key }.map { ("\(framework.title): \($0.key)", $0.value) }
        }
    }
    return facts.flatMap { $0.map(\.0) }.eachOnce.compactMap { name in
      let values = facts.map { rows in rows.first { $0.0 == name }?.1 ?? Figure.missing }
      return Set(values).count > 1 ? RunDifference(name: name, values: values) : nil
    }
  }
}

/// What speaks against comparing runs.
public enum TrendCaution: Equatable, Sendable {
  case otherMachine, otherLoad, otherReference
  /// With what is wrong, in a sentence.
  case notSound(run: String, state: String)

  static func all(_ runs: [RunTrend.Run]) -> [TrendCaution] {
    func differ<Value: Hashable>(_ value: (RunTrend.Run) -> Value) -> Bool { Set(runs.map(value)).count > 1 }
    let found: [(TrendCaution, Bool)] = [
      (.otherMachine, differ { Baseline.Conditions($0.summary.manifest).machine.fingerprint }),
      (.otherLoad, differ { "\($0.summary.manifest.profile) \($0.summary.manifest.connections)" }),
      (.otherReference, differ { $0.summary.reference?.versions ?? [:] }),
    ]
    return found.filter(\.1).map(\.0)
      + runs.filter { $0.summary.state != .complete }
      .map { .notSound(run: $0.label, state: Reading.state($0.summary)) }
  }

  var text: String {
    switch self {
    case .otherMachine:
      "The runs were made on different machines, deployments or versions of Python. Ratios to the reference travel, "
        + "but not all the way: do not take a small change for a change of a framework."
    case .otherLoad: "The runs differ in profile, rounds, windows or connections, and so in what they asked for."
    case .otherReference:
      "What the reference runs on has changed, and with it the yardstick: a ratio may have changed by that alone."
    case .notSound(let run, let state): "\(run) is not whole and sound. \(state)"
    }
  }
}
