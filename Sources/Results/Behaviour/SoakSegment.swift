/// What a soak is made of: one scenario at a fixed rate on each framework of the manifest, in segments.
public struct SoakPlan: Codable, Equatable, Sendable {
  public var scenario: String
  /// Of each framework, in an open loop with Poisson arrivals.
  public var ratePerSecond: Double
  /// Of the whole soak of one framework, and of one segment.
  public var durationS: Double
  public var segmentS: Double
  /// Whether all frameworks are loaded at the same time, and not in turns.
  public var isTogether: Bool
  /// The share of the capacity of the slowest framework that the rate is; absent where the rate was asked for.
  public var capacityShare: Double?
  /// What each framework served in a closed loop before the soak, in a second.
  public var capacities: [String: Double]

  public init(
    scenario: String, ratePerSecond: Double, durationS: Double, segmentS: Double, isTogether: Bool = false,
    capacityShare: Double? = nil, capacities: [String: Double] = [:]
  ) {
    self.scenario = scenario
    self.ratePerSecond = ratePerSecond
    self.durationS = durationS
    self.segmentS = segmentS
    self.isTogether = isTogether
    self.capacityShare = capacityShare
    self.capacities = capacities
  }

  /// Of each framework. A duration ends with a whole segment.
  public var segments: Int {
    // 1.2 s are six segments of 0.2 s, though not in binary.
    let count = (durationS / segmentS - 1e-6).rounded(.up)
    return count.isFinite ? Int(min(max(count, 0), 10_000)) : 0
  }
}

/// A part of a soak: the attachment `soak--<framework>--segment<k>.json`.
public struct SoakSegment: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = SoakSegment.currentSchema
  /// Counted from 1; `round.round` is the same.
  public var segment: Int
  /// Which start of the server it belongs to, counted from 1. A soak that was interrupted goes on with a new one, and so does
  /// one whose server, or a worker of it, came to an end.
  public var start: Int
  /// From the first segment of this start to the end of this one, in seconds.
  public var sinceStartS: Double
  /// Verified exchanges of this start before this segment, those that no window counts included.
  public var exchangesBefore: Int
  /// Exchanges that were due in it and not sent before its end.
  public var unsent: Int
  /// The window at the rate. Its warm-up is that of the start, in the first segment of each.
  public var round: Round

  public init(segment: Int, start: Int, sinceStartS: Double, exchangesBefore: Int, unsent: Int, _ round: Round) {
    self.segment = segment
    self.start = start
    self.sinceStartS = sinceStartS
    self.exchangesBefore = exchangesBefore
    self.unsent = unsent
    self.round = round
  }

  public var fileName: String { Self.fileName(round.framework, segment) }

  package static func fileName(_ framework: String, _ segment: Int) -> String {
    "soak--\(framework)--segment\(segment).json"
  }

  /// What was verified of this start by the end of this segment: that is when memory and descriptors are read.
  public var exchangesAfter: Int { exchangesBefore + round.load.answered }

  /// Why this cannot have been measured; nil where it can.
  var implausibility: String? {
    if segment != round.round { return "segment \(segment) holds round \(round.round)" }
    if !(1...10_000).contains(start) { return "start \(start)" }
    if !(sinceStartS >= 0 && sinceStartS < 1e9) { return "\(sinceStartS) s since the start" }
    if !(0...Int(1e15)).contains(exchangesBefore) || !(0...Int(1e15)).contains(unsent) {
      return "\(exchangesBefore) exchanges before it, and \(unsent) not sent"
    }
    return round.implausibility
  }
}

extension SoakSegment: BehaviourRecord {}

extension LoadFigures {
  /// What the server gave right answers to, in the window and around it.
  package var answered: Int { accounting?.verified ?? verified }
}
