/// What a load curve is made of: every level on every framework of the manifest, in each of its scenarios.
public struct CurvePlan: Codable, Equatable, Sendable {
  public var levels: [LoadLevel]
  /// At the most, of each level.
  public var rounds: Int
  /// The p99 up to which a rate counts as held.
  public var latencyLimitMs: Double

  public init(levels: [LoadLevel], rounds: Int, latencyLimitMs: Double) {
    self.levels = levels
    self.rounds = rounds
    self.latencyLimitMs = latencyLimitMs
  }
}

/// A point on the axis of a load curve.
public struct LoadLevel: Codable, Hashable, Sendable {
  public enum Kind: String, Codable, CaseIterable, Sendable {
    /// So many connections in a closed loop.
    case connections
    /// So many percent of the capacity that was just measured, in an open loop with Poisson arrivals.
    case rate
    /// So many open connections that next to nothing is sent on.
    case idle
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

/// One round at one level of a load curve: the attachment `curve--<scenario>--<framework>--<level>--round<k>.json`.
public struct CurvePoint: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = CurvePoint.currentSchema
  public var level: LoadLevel
  public var round: Round

  public init(_ level: LoadLevel, _ round: Round) {
    self.level = level
    self.round = round
  }

  public var fileName: String {
    "curve--\(round.scenario)--\(round.framework)--\(level.name)--round\(round.round).json"
  }
}

extension CurvePoint: VersionedRecord {
  package static let firstSealedSchema = 1

  package init(earlier schema: Int, from decoder: any Decoder) throws { throw UnknownSchema(found: schema) }
}
