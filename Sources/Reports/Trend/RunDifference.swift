import Gate
import Results
import Statistics

/// Something that is not the same in all runs: its name, and its value in each of them.
struct RunDifference: Equatable, Sendable {
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
enum TrendCaution: Equatable, Sendable {
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
      "The runs differ in machine, deployment or version of Python. Ratios to the reference are only roughly the same on "
        + "different machines: a small change need not be a change of a framework."
    case .otherLoad: "The runs differ in profile, rounds, windows or connections, so the load was not the same."
    case .otherReference: "The versions that the reference runs on have changed. That alone may have changed a ratio."
    case .notSound(let run, let state): "\(run) is incomplete or has failed. \(state)"
    }
  }
}
