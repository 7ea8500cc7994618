import Foundation

/// How much a figure goes up with what was done meanwhile, such as memory with requests: the slope of a line, with an
/// interval that allows for figures that remember.
///
/// Memory over time is no cloud of independent points: it warms up, it stays where it came to lie, it goes up and down with
/// collections. An ordinary regression would take each point for news, and find a leak in every second series. So
///
/// - the first part of each series is left out, because caches and arenas fill there;
/// - the rest is written as a constant, a line, and a few slower and faster waves: orthonormal polynomials. Without a drift
///   the share of the line is as large as those of the waves next to it, and these say how well it is known. A step, or a
///   curve that levels off, is large in the waves too, and so is no drift. Source: Phillips, "HAC estimation by
///   automated regression", Econometric Theory 21 (2005); Sun, "A heteroskedasticity and autocorrelation robust F test
///   using an orthonormal series variance estimator", Econometrics Journal 16 (2013): the ratio has Student's t
///   distribution, with a degree of freedom for each wave;
/// - what neighbours have in common is larger in the line than in the faster waves. So the waves are brought to the line by
///   the spectrum of a first-order autoregression. Source: Andrews and Monahan, "An improved heteroskedasticity and
///   autocorrelation consistent covariance matrix estimator", Econometrica 60 (1992); its coefficient is corrected for the
///   bias that a fitted line causes (Kendall, Biometrika 41, 1954).
///
/// Several series, each begun anew, have the slope in common and each its own level.
public struct Drift: Equatable, Sendable {
  /// A figure after so much was done.
  public struct Point: Equatable, Sendable {
    public var done: Double
    public var figure: Double

    public init(done: Double, figure: Double) {
      self.done = done
      self.figure = figure
    }
  }

  /// Why there is no slope.
  public enum Problem: Error, Equatable, Sendable {
    /// Of the longest series, without its first part.
    case tooFewPoints(found: Int, needed: Int)
    /// Nothing was done from one point to the next, or a figure is not finite.
    case notAscending
  }

  /// Of the figure for each unit of what was done.
  public let slope: Double
  public let standardError: Double
  public let degreesOfFreedom: Double
  /// What it is made of: the series that are long enough, without their first parts.
  private let settled: [[Point]]
  /// The median of the slopes between all pairs of points: what few points cannot pull. Source: Sen, "Estimates of the
  /// regression coefficient based on Kendall's tau", JASA 63 (1968).
  public var medianSlope: Double { settled.flatMap(Self.slopes).median ?? 0 }
  /// The same of the later half of each series.
  public var laterSlope: Double { settled.flatMap { Self.slopes($0.suffix($0.count / 2)) }.median ?? 0 }
  /// How many points it is made of, over all series.
  public var points: Int { settled.reduce(0) { $0 + $1.count } }

  /// The share of each series that is left out at its beginning.
  public static let warmUp = 0.25
  /// A series with fewer points, without its first part, says nothing of waves.
  public static let fewestPoints = 10
  private static let mostWaves = 6
  private static let fewestWaves = 2
  private static let pointsOfWave = 6
  /// A memory that is longer cannot be told from a drift.
  private static let longestMemory = 0.95
  /// A figure that goes on rising does so by at least this share of its slope in the later half.
  private static let goesOn = 1.0 / 3

  /// How long a series has to be for so many points to be left without its first part.
  public static func points(leaving rest: Int) -> Int { Int((Double(rest) / (1 - warmUp)).rounded(.up)) }

  /// - Parameter series: each in the order in which it was observed. Those that are too short are left out, unless all are.
  public init(_ series: [[Point]]) throws(Problem) {
    let rests = series.map { $0.dropFirst(Int((Double($0.count) * Self.warmUp).rounded(.up))) }
    let long = rests.filter { $0.count >= Self.fewestPoints }.map(Array.init)
    guard !long.isEmpty else {
      throw .tooFewPoints(found: rests.map(\.count).max() ?? 0, needed: Self.fewestPoints)
    }
    let waves = try long.map { points throws(Problem) in
      guard
        let waves = Waves(points, atMost: min(Self.mostWaves, max(Self.fewestWaves, points.count / Self.pointsOfWave)))
      else {
        throw .notAscending
      }
      return waves
    }
    let weight = waves.reduce(0) { $0 + $1.reach * $1.reach }
    slope = waves.reduce(0) { $0 + $1.reach * $1.line } / weight
    let memory = Self.memory(waves)
    let shares = waves.flatMap { waves in
      waves.others.enumerated().map { index, share in
        share * share * Self.spectrum(1, of: waves.points, memory) / Self.spectrum(index + 2, of: waves.points, memory)
      }
    }
    standardError = ((shares.mean ?? 0) / weight).squareRoot()
    degreesOfFreedom = Double(shares.count)
    settled = long
    guard slope.isFinite, standardError.isFinite else { throw .notAscending }
  }

  /// Two-sided.
  public func interval(confidence: Double = 0.95) -> ConfidenceInterval {
    let reach = StudentT(degreesOfFreedom: degreesOfFreedom).halfWidth(containing: confidence) * standardError
    return ConfidenceInterval(low: slope - reach, high: slope + reach, confidence: confidence)
  }

  /// Whether the figure goes up, and still did in the later half: what levels off rises at first and then hardly.
  public var isRising: Bool { interval().low > 0 && medianSlope > 0 && laterSlope > slope * Self.goesOn }

  /// Whether the figure went up and does so less and less.
  public var isLevellingOff: Bool { interval().low > 0 && !isRising }

  /// The correlation of neighbours in what the line leaves, of all series together, corrected for its bias.
  private static func memory(_ waves: [Waves]) -> Double {
    let (squares, products) = waves.reduce((0.0, 0.0)) { sums, waves in
      let rest = waves.rest
      return (
        sums.0 + rest.reduce(0) { $0 + $1 * $1 }, sums.1 + zip(rest, rest.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
      )
    }
    guard squares > 0 else { return 0 }
    let found = products / squares
    let count = Double(waves.map(\.points).max() ?? 1)
    return min(max(found + (2 + 4 * found) / count, 0), longestMemory)
  }

  /// Of a first-order autoregression at the frequency of a wave with so many half periods, up to a factor.
  private static func spectrum(_ halves: Int, of points: Int, _ memory: Double) -> Double {
    1 / (1 - 2 * memory * cos(.pi * Double(halves) / Double(points)) + memory * memory)
  }

  /// Between all pairs of points; of many points, between those that are left when they are thinned out.
  private static func slopes(_ points: some Collection<Point>) -> [Double] {
    let step = max(1, points.count / 200)
    let thin = points.enumerated().filter { $0.offset.isMultiple(of: step) }.map(\.element)
    return thin.indices.flatMap { later in
      thin[..<later].compactMap { earlier in
        let done = thin[later].done - earlier.done
        return done > 0 ? (thin[later].figure - earlier.figure) / done : nil
      }
    }
  }
}

/// One series as a constant, a line and waves.
private struct Waves {
  let points: Int
  /// The share of the line, and what it is of a series that rises by one for each unit that is done.
  let line: Double
  let reach: Double
  /// Those of the waves, the slowest first.
  let others: [Double]
  /// What constant and line leave of each figure.
  let rest: [Double]

  /// nil where what was done does not grow, or a number is not finite.
  init?(_ series: [Drift.Point], atMost count: Int) {
    guard let first = series.first?.done, let last = series.last?.done, last > first,
      series.allSatisfy({ $0.done.isFinite && $0.figure.isFinite }),
      zip(series, series.dropFirst()).allSatisfy({ $0.done < $1.done })
    else { return nil }
    points = series.count
    let places = series.map { 2 * ($0.done - first) / (last - first) - 1 }
    // As from its mean, so that a large level costs no digits.
    let level = series.map(\.figure).mean ?? 0
    let figures = series.map { $0.figure - level }
    var basis: [[Double]] = []
    for degree in 0..<(count + 2) {
      var next = degree == 0 ? places.map { _ in 1 } : zip(basis[degree - 1], places).map { $0 * $1 }
      // Twice is enough: Kahan and Parlett.
      for _ in 0..<2 {
        for earlier in basis {
          let common = Self.product(next, earlier)
          next = zip(next, earlier).map { $0 - common * $1 }
        }
      }
      let length = Self.product(next, next).squareRoot()
      basis.append(next.map { $0 / length })
    }
    let shares = basis.map { Self.product(figures, $0) }
    line = shares[1]
    reach = Self.product(series.map(\.done), basis[1])
    others = Array(shares[2...])
    rest = figures.indices.map { figures[$0] - shares[0] * basis[0][$0] - shares[1] * basis[1][$0] }
  }

  private static func product(_ one: [Double], _ other: [Double]) -> Double {
    zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
