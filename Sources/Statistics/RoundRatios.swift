/// The ratio of two targets' figures, round by round, and how fast the machine was for the one beside the other.
///
/// A round measures both within seconds of each other, so that a machine which drifts by tens of percent within minutes
/// moves both figures and leaves their ratio. What it does between their two windows is in the ratio, and in the speeds.
///
/// What one start of the servers decides (where memory comes to lie, which seeds are drawn) is the same in all rounds on that
/// start. Where there were several starts, the mean of each is one observation, and rounds are none. Source: Kalibera and
/// Jones, "Rigorous benchmarking in reasonable time", ISMM 2013 (levels of repetition).
public struct RoundRatios: Equatable, Sendable {
  /// Natural logarithms of the ratio.
  public private(set) var logarithms: [Double]
  /// Natural logarithms of the machine's speed in the window of the one, divided by that in the other's: one for each
  /// ratio, zero where it is not known, which is what it is on average.
  public private(set) var speeds: [Double]
  /// The start of the servers that each ratio was measured on; nil where they were started once.
  public private(set) var starts: [Int?]
  private let adjustment: Adjustment?

  /// When the mean is taken at equal speed of the machine.
  public struct Adjustment: Equatable, Sendable {
    /// With fewer, the degree of freedom that the slope takes costs more than it brings.
    package var fewestRounds: Int
    /// The order is balanced, so neither target should have had the faster machine. Where one had it with a smaller p-value
    /// than this, its own work may be why, and then the difference is its own as well.
    package var leastPlausible: Double

    package init(fewestRounds: Int, leastPlausible: Double) {
      self.fewestRounds = fewestRounds
      self.leastPlausible = leastPlausible
    }
  }

  /// - Parameters:
  ///   - speeds: nil where none is known.
  ///   - adjustment: nil where the speeds are not to be used.
  public init(_ logarithms: [Double], speeds: [Double]? = nil, adjustment: Adjustment? = nil) {
    precondition(speeds == nil || speeds?.count == logarithms.count, "a speed for each round, or none")
    self.adjustment = adjustment
    self.logarithms = logarithms
    self.speeds = speeds ?? [Double](repeating: 0, count: logarithms.count)
    starts = [Int?](repeating: nil, count: logarithms.count)
  }

  public var count: Int { logarithms.count }
  public var isEmpty: Bool { logarithms.isEmpty }

  /// How many starts of the servers they were measured on.
  public var startCount: Int { Set(starts).count }
  /// How many observations an estimate rests on: starts where there were several, else rounds.
  public var observations: Int { startCount > 1 ? startCount : count }

  /// - Parameters:
  ///   - speed: nil where it is not known.
  ///   - start: nil where the servers were started once.
  package mutating func append(_ logarithm: Double, speed: Double?, start: Int? = nil) {
    logarithms.append(logarithm)
    speeds.append(speed ?? 0)
    starts.append(start)
  }

  package mutating func append(_ more: RoundRatios) {
    logarithms += more.logarithms
    speeds += more.speeds
    starts += more.starts
  }

  /// The mean, and how well it is known: where it can be, at equal speed of the machine. nil of fewer than two rounds, and
  /// where a figure is not finite.
  ///
  /// - Parameter autocorrelation: Of a round with the next. The means of starts have none: another start is drawn anew.
  public func mean(autocorrelation: Double = 0) -> LogMean? {
    startCount > 1 ? LogMean(ofStarts: self) : meanOfRounds(autocorrelation: autocorrelation)
  }

  private func meanOfRounds(autocorrelation: Double = 0) -> LogMean? {
    (isAdjustable ? LogMean(logarithms: logarithms, control: speeds, autocorrelation: autocorrelation) : nil)
      ?? LogMean(logarithms: logarithms, autocorrelation: autocorrelation)
  }

  /// Natural logarithms of the ratio, each as it would have been at equal speed of the machine, where that is known.
  package var adjusted: [Double] {
    guard let slope else { return logarithms }
    return zip(logarithms, speeds).map { $0 - slope * $1 }
  }

  /// How much of a ratio goes with the machine's speed; nil where it is not taken out.
  fileprivate var slope: Double? { meanOfRounds()?.slope }

  private var isAdjustable: Bool {
    guard let adjustment, count >= adjustment.fewestRounds else { return false }
    return LogMean(logarithms: speeds).map { $0.pValue >= adjustment.leastPlausible } ?? false
  }
}

extension LogMean {
  /// Of the means of starts, each of which counts as much, however many rounds it has.
  fileprivate init?(ofStarts ratios: RoundRatios) {
    let rounds = Dictionary(grouping: zip(ratios.starts, ratios.adjusted)) { $0.0 }
    // In a fixed order: a sum of doubles depends on it.
    let means = rounds.sorted { ($0.key ?? 0) < ($1.key ?? 0) }.compactMap { $0.value.map(\.1).mean }
    self.init(logarithms: means, slope: ratios.slope, ofValues: ratios.count)
  }
}

extension RoundRatios: ExpressibleByArrayLiteral {
  /// Logarithms, without speeds.
  public init(arrayLiteral logarithms: Double...) { self.init(logarithms) }
}
