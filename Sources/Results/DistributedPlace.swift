/// Which of several generators one is.
public struct DistributedPlace: Codable, Equatable, Sendable {
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
  package var ownSeed: UInt64 { (UInt64(seed) ?? 0) &+ UInt64(generator - 1) &* 0x9E37_79B9_7F4A_7C15 }

  /// As equal parts as can be; the first ones take what is over.
  package func share(of number: Int) -> Int { number / generators + (generator <= number % generators ? 1 : 0) }
}
