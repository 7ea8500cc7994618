/// What a load curve is made of: every level on every framework of the manifest, in each of its scenarios.
public struct CurvePlan: Codable, Equatable, Sendable {
  /// By scenario, in the order in which each round measures them.
  public var levels: [String: [LoadLevel]]
  /// At the most, of each level.
  public var rounds: Int
  /// The shortest window of a level.
  public var windowS: Double
  /// The shortest window of a rate from which on a queue may grow: overload shows only where it has time to.
  public var rateWindowS: Double
  /// How long one scenario may take.
  public var timeLimitS: Double
  /// Of the levels of a rate.
  public var rateConnections: Int
  /// The p99 up to which a rate counts as held.
  public var latencyLimitMs: Double
  /// The share of what was due that has to be served, so that a rate counts as held.
  public var servedShare: Double
  /// Half of a 95 % interval of the throughput relative to the reference, as a logarithm: where it is at most this at every
  /// number of connections, no further round is measured.
  public var halfWidth: Double
  /// What kept levels out, in sentences.
  public var bounds: [String]

  public init(
    levels: [String: [LoadLevel]], rounds: Int, windowS: Double, rateWindowS: Double, timeLimitS: Double,
    rateConnections: Int, latencyLimitMs: Double, servedShare: Double, halfWidth: Double, bounds: [String] = []
  ) {
    self.levels = levels
    self.rounds = rounds
    self.windowS = windowS
    self.rateWindowS = rateWindowS
    self.timeLimitS = timeLimitS
    self.rateConnections = rateConnections
    self.latencyLimitMs = latencyLimitMs
    self.servedShare = servedShare
    self.halfWidth = halfWidth
    self.bounds = bounds
  }

  public func levels(of scenario: String) -> [LoadLevel] { levels[scenario] ?? [] }

  /// Idle connections are held in the first round only: what a server allocated for them, it does not give back, so that later
  /// rounds would find it there.
  public func measures(_ level: LoadLevel, inRound round: Int) -> Bool { level.kind != .idle || round == 1 }
}

/// A point on the axis of a load curve.
public struct LoadLevel: Codable, Hashable, Sendable {
  public enum Kind: String, Codable, CaseIterable, Sendable {
    /// So many open connections that next to nothing is sent on.
    case idle
    /// So many connections in a closed loop.
    case connections
    /// So many percent of the capacity that was just measured, in an open loop with Poisson arrivals.
    case rate
  }

  public var kind: Kind
  public var value: Int

  public init(_ kind: Kind, _ value: Int) {
    self.kind = kind
    self.value = value
  }

  /// As in file names: `connections-64`.
  public var name: String { "\(kind.rawValue)-\(value)" }
}

extension CurvePlan {
  /// The levels that are not there in so many rounds, with how many rounds lack each.
  package static func missing(
    _ points: [CurvePoint], _ plan: CurvePlan, scenario: String, frameworks: [String], rounds: Int
  ) -> [(framework: String, level: LoadLevel, rounds: Int)] {
    let there = Set(points.filter { $0.round.scenario == scenario }.map(\.fileName))
    return frameworks.flatMap { framework in
      plan.levels(of: scenario).compactMap { level in
        let lacking = (1..<rounds + 1).filter { round in
          plan.measures(level, inRound: round)
            && !there.contains("curve--\(scenario)--\(framework)--\(level.name)--round\(round).json")
        }
        return lacking.isEmpty ? nil : (framework, level, lacking.count)
      }
    }
  }
}
