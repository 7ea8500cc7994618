/// One round at one level of a load curve: the attachment `curve--<scenario>--<framework>--<level>--round<k>.json`.
///
/// Of an open loop, `round.load` counts what was due in the window, also where it was answered after its end.
public struct CurvePoint: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = CurvePoint.currentSchema
  public var level: LoadLevel
  public var round: Round
  /// What was asked of an open loop; absent where the level is one of connections.
  public var offered: OfferedLoad?
  /// What idle connections came to; absent where the level is another.
  public var idle: IdleFigures?
  /// With everything around the window. A run that is taken up again has so much less time left.
  public var tookS: Double

  public init(
    _ level: LoadLevel, _ round: Round, offered: OfferedLoad? = nil, idle: IdleFigures? = nil, tookS: Double
  ) {
    self.level = level
    self.round = round
    self.offered = offered
    self.idle = idle
    self.tookS = tookS
  }

  public var fileName: String {
    "curve--\(round.scenario)--\(round.framework)--\(level.name)--round\(round.round).json"
  }
}

/// A schedule, and how far it was kept.
public struct OfferedLoad: Codable, Equatable, Sendable {
  public var perSecond: Double
  /// In the window.
  public var due: Int
  /// Due in the window, and not sent before its end.
  public var unsent: Int

  public init(perSecond: Double, due: Int, unsent: Int) {
    self.perSecond = perSecond
    self.due = due
    self.unsent = unsent
  }
}

/// What was seen in the middle of a window in which many connections were open.
public struct IdleFigures: Codable, Equatable, Sendable {
  /// Of the connections that were opened, those that stood at the end of the window.
  public var standing: Int
  /// Those that the server closed meanwhile, each opened anew.
  public var reopened: Int
  /// Proportional, of the server's whole process tree; absent where it is not seen.
  public var serverBytes: Int?
  /// The same of the generator.
  public var generatorBytes: Int?

  public init(standing: Int, reopened: Int, serverBytes: Int?, generatorBytes: Int?) {
    self.standing = standing
    self.reopened = reopened
    self.serverBytes = serverBytes
    self.generatorBytes = generatorBytes
  }
}

extension CurvePoint: BehaviourRecord {
  /// Why this cannot be, in this run; nil where it can.
  func implausibility(in manifest: Manifest) -> String? {
    guard let plan = manifest.behaviour?.curve, plan.levels(of: round.scenario).contains(level),
      manifest.scenarios.contains(where: { $0.name == round.scenario }),
      manifest.frameworks.contains(where: { $0.name == round.framework })
    else { return "the manifest expects no \(level.name) of \(round.scenario) on \(round.framework)" }
    if !(1...plan.rounds).contains(round.round) {
      return "round \(round.round), and the manifest has \(plan.rounds) at the most"
    }
    if let reason = round.implausibility ?? round.contradiction(nil) { return reason }
    guard (offered != nil) == (level.kind != .connections), (idle != nil) == (level.kind == .idle) else {
      return "a level of \(level.kind.rawValue) with the figures of another"
    }
    guard let offered else { return nil }
    if !(offered.perSecond > 0 && offered.perSecond < 1e12) { return "\(offered.perSecond) requests a second" }
    if offered.due < 0 || offered.unsent < 0 || round.load.verified + offered.unsent > offered.due {
      return "\(offered.due) requests were due, and \(round.load.verified) verified and \(offered.unsent) unsent"
    }
    return nil
  }
}
