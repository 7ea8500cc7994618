extension Configuration {
  /// What has to be the same for all generators of a run, in words.
  public var plan: String {
    "PROFILE=\(profile.rawValue) CONNECTIONS=\(connections) SCENARIOS=\(scenarios.joined(separator: ","))"
      + " FRAMEWORKS=\(frameworks.joined(separator: ","))"
  }

  /// This generator's share of what one would do alone: a seed of its own, and its part of the connections.
  ///
  /// No generator judges: each sees a part of the load, and only what is merged is a result.
  public func share(of place: EnsemblePlace) throws(ConfigurationError) -> Configuration {
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

/// Which of several generators one is.
public struct EnsemblePlace: Codable, Equatable, Sendable {
  /// Counted from 1.
  public var generator: Int
  public var generators: Int
  /// Of the whole run, as text because JSON numbers end at 2^53.
  public var seed: String

  public init(generator: Int, generators: Int, seed: UInt64) {
    self.generator = generator
    self.generators = generators
    self.seed = String(seed)
  }

  /// The first generator has the seed of the run. The others are apart by an odd constant, so that no two rounds, whose
  /// seeds are counted on, draw alike.
  var ownSeed: UInt64 { (UInt64(seed) ?? 0) &+ UInt64(generator - 1) &* 0x9E37_79B9_7F4A_7C15 }

  /// As equal parts as can be; the first ones take what is over.
  func share(of number: Int) -> Int { number / generators + (generator <= number % generators ? 1 : 0) }
}
