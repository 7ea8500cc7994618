import LoadEngine

/// The part that one of several generators had in a round.
public struct EnsembleFigures: Codable, Equatable, Sendable {
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

  enum CodingKeys: String, CodingKey {
    case generator, generators
    case lateS = "late_s"
    case uncertaintyS = "uncertainty_s"
  }
}

/// Where one load meets those of other generators.
struct EnsembleStep {
  let ensemble: Ensemble
  /// The same for all, such as `ping sanic round 3`.
  let name: String
  /// How long a window this generator would like to have; all get the longest.
  let window: Duration

  func meet() throws -> Ensemble.Agreement {
    try ensemble.meet(name, maximum: window.wholeNanoseconds)
  }

  /// Once all are through.
  func sum(of count: Int) throws -> Int {
    try ensemble.meet("\(name), over", sum: count).sum
  }

  /// The smallest multiple of a window that sees so many exchanges end, at most `longest`.
  ///
  /// Generators cannot prolong their windows one by one, as a load on its own does: they agree beforehand.
  static func window(_ window: Duration, perSecond: Double, exchanges: Int, atMost longest: Duration) -> Duration {
    guard perSecond > 0 else { return longest }
    let times = (Double(exchanges) / perSecond / window.inSeconds).rounded(.up)
    return max(window, min(longest, window * Int(min(times, 1_000_000))))
  }
}
