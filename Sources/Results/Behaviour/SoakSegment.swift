/// What a soak is made of: one scenario at a fixed rate on each framework of the manifest, in segments.
public struct SoakPlan: Codable, Equatable, Sendable {
  public var scenario: String
  public var ratePerSecond: Double
  /// Of the whole soak of one framework, and of one segment.
  public var durationS: Double
  public var segmentS: Double

  public init(scenario: String, ratePerSecond: Double, durationS: Double, segmentS: Double) {
    self.scenario = scenario
    self.ratePerSecond = ratePerSecond
    self.durationS = durationS
    self.segmentS = segmentS
  }
}

/// A part of a soak: the attachment `soak--<framework>--segment<k>.json`.
public struct SoakSegment: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = SoakSegment.currentSchema
  /// Counted from 1; `round.round` is the same.
  public var segment: Int
  /// Which start of the server it belongs to, counted from 1: a soak that was interrupted goes on with a new one.
  public var start: Int
  /// From the first segment of this start to the end of this one, in seconds.
  public var sinceStartS: Double
  /// Verified exchanges of this start before this segment.
  public var exchangesBefore: Int
  /// Open file descriptors of the server's processes at the end of the segment; absent where they cannot be seen.
  public var descriptors: Int?
  public var round: Round

  public init(
    segment: Int, start: Int, sinceStartS: Double, exchangesBefore: Int, descriptors: Int?, _ round: Round
  ) {
    self.segment = segment
    self.start = start
    self.sinceStartS = sinceStartS
    self.exchangesBefore = exchangesBefore
    self.descriptors = descriptors
    self.round = round
  }

  public var fileName: String { "soak--\(round.framework)--segment\(segment).json" }
}

extension SoakSegment: VersionedRecord {
  package static let firstSealedSchema = 1

  package init(earlier schema: Int, from decoder: any Decoder) throws { throw UnknownSchema(found: schema) }
}
