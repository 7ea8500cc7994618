import BenchSupport
import Foundation
import LoadEngine
import Reports
import Results
import Stack

/// A run that looks at how servers behave, kept record by record: what was measured before Ctrl-C is not measured again.
package struct BehaviourRun {
  package let directory: RunDirectory
  package let manifest: Manifest
  /// What was measured into it before.
  package let earlier: BehaviourRecords
  /// Which run its records say that they belong to.
  private let identity: String

  /// Begins a run in a folder of its own.
  package static func begin(
    _ configuration: Configuration, stack: Stack, plan: BehaviourPlan, in results: ResultsDirectory, now: Date = Date()
  ) throws -> BehaviourRun {
    var manifest = Manifest(configuration, stack: stack, started: now)
    (manifest.timed, manifest.gated) = (false, false)
    manifest.behaviour = plan
    let run = BehaviourRun(
      directory: try results.newRun(now: now), manifest: manifest, earlier: BehaviourRecords(),
      identity: RunDirectory.newIdentity())
    run.directory.beginMeasuring()
    try run.directory.keep("manifest.json", sealed: manifest, run: run.identity)
    return run
  }

  /// Takes up a run that ended before its time; it is the latest again.
  ///
  /// - Throws: a ``BehaviourError`` where it is no run of this kind, or one of something else than the settings say.
  package static func resume(
    _ directory: RunDirectory, _ configuration: Configuration, stack: Stack, in results: ResultsDirectory
  ) throws -> BehaviourRun {
    let collected = try directory.collect()
    guard let manifest = collected.manifest, manifest.behaviour != nil, let identity = collected.run else {
      throw BehaviourError.notResumable(
        directory.name, reason: "it is no run of make curve, make soak or make faults")
    }
    if directory.isBeingMeasured {
      throw BehaviourError.notResumable(directory.name, reason: "it is being measured now")
    }
    let now = Manifest(configuration, stack: stack, started: Date())
    let versions = { (manifest: Manifest) in
      manifest.frameworks.map { [$0.name, $0.version, $0.server, $0.python ?? ""] }
    }
    guard versions(now) == versions(manifest) else {
      throw BehaviourError.notResumable(
        directory.name,
        reason:
          "it has \(Self.names(manifest)), and what is up is \(Self.names(now))")
    }
    directory.beginMeasuring()
    try results.makeLatest(directory)
    return BehaviourRun(directory: directory, manifest: manifest, earlier: collected.behaviour, identity: identity)
  }

  private static func names(_ manifest: Manifest) -> String {
    manifest.frameworks.map { "\($0.title) \($0.version)" + ($0.python.map { " on Python \($0)" } ?? "") }
      .joined(separator: ", ")
  }

  package func keep(_ record: some BehaviourRecord) throws {
    try directory.keep(record.fileName, sealed: record, run: identity)
  }
}

package enum BehaviourError: Error, Equatable, CustomStringConvertible {
  case notResumable(String, reason: String)
  /// A setting that is not the one of the run that is to be taken up.
  case otherSettings(run: String, setting: String, own: String, theirs: String)

  package var description: String {
    switch self {
    case .notResumable(let run, let reason):
      "the run \(run) cannot be taken up: \(reason); without RUN a new one begins"
    case .otherSettings(let run, let setting, let own, let theirs):
      "the run \(run) has \(setting)=\(theirs), and it is set to \(own); right would be to go on without \(setting), or to begin "
        + "a new run without RUN"
    }
  }
}
