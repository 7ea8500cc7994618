/// What makes a round doubtful. A doubtful round is still a result.
public struct RoundWarning: Codable, Hashable, Sendable {
  public var kind: Kind
  /// Which of several generators it is about, counted from 1; nil where one measured alone.
  public var generator: Int?

  public enum Kind: Codable, Hashable, Sendable {
    /// It had or wanted a processor for this share of the window, as far as it is known.
    case limitedByGenerator(share: Double?)
    /// Of an open loop: it did nothing of what was due for this share of the window.
    case behindSchedule(share: Double)
    /// By name: what could not be checked, because the database is not known.
    case checkSkipped(name: String)
    /// PostgreSQL is known and does not count its statements, or those of the suite too.
    case statementsUncounted
    /// A generator was there for a part of the window only, in seconds.
    case partOfWindow(lengthS: Double, fromS: Double, windowS: Double, generators: Int)
    /// A generator knows the agreed instant only within so many seconds.
    case uncertainInstant(withinS: Double, windowS: Double, generators: Int)
    /// A generator does not say when its window began.
    case unknownBegin(generators: Int)
    /// As an earlier version wrote it.
    case inWords(sentence: String)
  }

  public init(_ kind: Kind, generator: Int? = nil) {
    self.kind = kind
    self.generator = generator
  }

  private enum CodingKeys: CodingKey { case kind, generator }

  public init(from decoder: any Decoder) throws {
    if let sentence = try? decoder.singleValueContainer().decode(String.self) {
      self = RoundWarning(earlier: sentence)
      return
    }
    let container = try decoder.container(keyedBy: CodingKeys.self)
    kind = try container.decode(Kind.self, forKey: .kind)
    generator = try container.decodeIfPresent(Int.self, forKey: .generator)
  }
}
