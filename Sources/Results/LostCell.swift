/// The attachment `lost--<scenario>--<framework>.json`: a cell that has no result, because a part of the stack did not
/// outlive it. What was measured of the cell before lies among the rounds, and counts for nothing.
public struct LostCell: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = LostCell.currentSchema
  public var scenario: String
  public var framework: String
  public var outage: Outage
  /// Where it was seen, which for a database may be in another cell.
  public var seen: Place

  public init(scenario: String, framework: String, outage: Outage, seen: Place) {
    self.scenario = scenario
    self.framework = framework
    self.outage = outage
    self.seen = seen
  }

  public struct Place: Codable, Hashable, Sendable {
    public var scenario: String
    public var framework: String
    public var phase: Phase

    public init(scenario: String, framework: String, phase: Phase) {
      self.scenario = scenario
      self.framework = framework
      self.phase = phase
    }
  }

  public enum Phase: Codable, Hashable, Sendable {
    /// Before anything of the cell was measured.
    case before
    case warmUp
    /// Counted from 1.
    case beforeRound(number: Int)
    case round(number: Int)
    case retest(number: Int)
  }
}

extension LostCell {
  package var fileName: String { "lost--\(scenario)--\(framework).json" }
}

extension LostCell: VersionedRecord {
  package static let firstSealedSchema = 1

  package init(earlier schema: Int, from decoder: any Decoder) throws {
    try self.init(from: decoder)
  }
}

/// What became of a part of the stack that no measurement can do without.
public enum Outage: Codable, Hashable, Sendable {
  /// The leader of its processes is gone.
  case serverEnded(name: String, pid: Int32)
  /// Its processes are there, and nobody listens on its port.
  case notListening(name: String, port: Int)
  /// Its processes are there and its port is open, and it does not answer.
  case serverSilent(name: String, port: Int)
  /// The process that answers for the stack is gone, and takes everything with it.
  case deploymentEnded(pid: Int32)
  case containerEnded(name: String, container: String)
  case databaseEnded(pid: Int32)
  case databaseContainerEnded(container: String)
  case databaseSilent(reason: String)
  /// It answers again, and has ended all connections of the targets meanwhile.
  case databaseRestarted

  /// Whether it concerns all that use the database.
  package var isOfDatabase: Bool {
    switch self {
    case .serverEnded, .notListening, .serverSilent, .containerEnded, .deploymentEnded: false
    case .databaseEnded, .databaseContainerEnded, .databaseSilent, .databaseRestarted: true
    }
  }

  /// Whether nothing can be measured any more, with the database or without.
  package var isOfAll: Bool { if case .deploymentEnded = self { true } else { false } }

  /// Whether what follows can be measured again.
  package var isOver: Bool { self == .databaseRestarted }
}
