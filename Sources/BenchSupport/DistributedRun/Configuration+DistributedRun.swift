import Results

extension Configuration {
  /// What has to be the same for all generators of a run, in words.
  public var plan: String {
    "PROFILE=\(profile.rawValue) CONNECTIONS=\(connections) SCENARIOS=\(scenarios.joined(separator: ","))"
      + " FRAMEWORKS=\(frameworks.joined(separator: ","))"
  }

  /// This generator's share of what one would do alone: a seed of its own, and its part of the connections.
  ///
  /// No generator judges: each sees a part of the load, and only what is merged is a result.
  public func share(of place: DistributedPlace) throws(ConfigurationError) -> Configuration {
    guard connections >= place.generators else {
      throw .external(
        "\(connections) connections cannot be shared by \(place.generators) generators; right would be CONNECTIONS="
          + "\(place.generators * profile.connections)")
    }
    var share = self
    share.seed = place.ownSeed
    share.connections = place.share(of: connections)
    share.isGateOn = false
    return share
  }
}
