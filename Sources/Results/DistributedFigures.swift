/// The part that one of several generators had in a round.
public struct DistributedFigures: Codable, Equatable, Sendable {
  /// Counted from 1.
  public var generator: Int
  public var generators: Int
  /// From the instant that all agreed on to the beginning of this one's window.
  public var lateS: Double
  /// How far the agreed instant may lie from that of the others.
  public var uncertaintyS: Double

  public init(generator: Int, generators: Int, lateS: Double, uncertaintyS: Double) {
    self.generator = generator
    self.generators = generators
    self.lateS = lateS
    self.uncertaintyS = uncertaintyS
  }
}
