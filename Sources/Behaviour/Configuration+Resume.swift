import BenchSupport
import Results

extension Configuration {
  /// The settings of a run that is taken up again.
  ///
  /// - Parameter isSet: whether the user set a variable. What is set has to be what the run has; what is not is taken from it.
  package func resuming(_ manifest: Manifest, run: String, isSet: (Setting) -> Bool) throws(BehaviourError)
    -> Configuration
  {
    func require(_ setting: Setting, _ own: String, _ theirs: String) throws(BehaviourError) {
      guard isSet(setting), own != theirs else { return }
      throw .otherSettings(run: run, setting: setting.rawValue, own: own, theirs: theirs)
    }
    let names = manifest.scenarios.map(\.name)
    let frameworks = manifest.frameworks.map(\.name)
    try require(.profile, profile.rawValue, manifest.profile.name)
    try require(.scenarios, scenarios.joined(separator: ","), names.joined(separator: ","))
    try require(.frameworks, self.frameworks.joined(separator: ","), frameworks.joined(separator: ","))
    try require(.connections, "\(connections)", "\(manifest.connections)")
    try require(.seed, "\(seed)", manifest.seed)
    // Of a deployment everybody has a value, and containers are other servers than processes.
    guard deployment.rawValue == manifest.deployment else {
      throw .otherSettings(
        run: run, setting: Setting.deployment.rawValue, own: deployment.rawValue, theirs: manifest.deployment)
    }
    guard let profile = Profile(rawValue: manifest.profile.name) else {
      throw .notResumable(run, reason: "nobody knows its profile \(manifest.profile.name)")
    }
    var configuration = self
    configuration.profile = profile
    configuration.adopt(manifest)
    return configuration
  }

  /// Takes over what a run measures: its scenarios and targets, its connections and its seed.
  package mutating func adopt(_ manifest: Manifest) {
    let frameworks = manifest.frameworks.map(\.name)
    scenarios = manifest.scenarios.map(\.name)
    targets = known.filter { frameworks.contains($0.name) }
    connections = manifest.connections
    seed = UInt64(manifest.seed) ?? seed
  }
}
