import Foundation
import Gate
import Histogram
import Results
import Statistics

/// One level of a curve on one framework, over all its rounds.
struct CurveLevel: Equatable {
  var level: LoadLevel
  var rounds: Int
  /// Verified exchanges in a second.
  var throughput: Estimate
  /// To the reference; nil of the reference itself, and where fewer than two rounds have both.
  var ratio: PairedRatio?
  /// In milliseconds; nil where nothing was answered in a round.
  var p50: Estimate?
  var p99: Estimate?
  /// Over all rounds together, in a second; nil of a closed loop.
  var offered: Double?
  /// Of what was due, over all rounds together; nil of a closed loop.
  var served: Double?
  var errors: Int
  /// By kind.
  var errorKinds: [String: Int]
  /// The median of the rounds, in bytes.
  var memoryBytes: Int?
  /// In so many rounds the generator was the limit.
  var limitedRounds: Int
  /// Answers behind the percentiles.
  var samples: Int
  /// Of idle connections; nil of other levels.
  var idle: IdleFigures?

  /// A geometric mean of the rounds, with a 95 % interval of Student's t; nil of one round.
  struct Estimate: Equatable {
    var value: Double
    var interval: ConfidenceInterval?

    /// nil where a round has none, or is not positive.
    init?(_ rounds: [Double?]) {
      let known = rounds.compactMap(\.self)
      guard !known.isEmpty, known.count == rounds.count, known.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
      value = exp(known.reduce(0) { $0 + log($1) } / Double(known.count))
      interval = LogMean(of: known)?.interval()
    }

    init(_ value: Double) { self.value = value }
  }

  /// nil of no rounds.
  ///
  /// - Parameter reference: the same level of it.
  init?(_ level: LoadLevel, _ points: [CurvePoint], beside reference: [CurvePoint]) {
    guard let first = points.first else { return nil }
    self.level = level
    rounds = points.count
    let speeds = points.map(\.round.load.verifiedPerSecond)
    // A round in which nothing was verified has no logarithm; the mean is then that of all, without an interval.
    throughput = Estimate(speeds) ?? Estimate(speeds.reduce(0, +) / Double(speeds.count))
    let histograms = points.map(\.latency)
    func percentile(_ percent: Double) -> Estimate? {
      Estimate(histograms.map { $0?.percentile(percent).map { Double($0) * 1e-6 } })
    }
    (p50, p99) = (percentile(50), percentile(99))
    samples = histograms.reduce(0) { $0 + Int(clamping: $1?.count ?? 0) }
    let due = points.compactMap(\.offered?.due).reduce(0, +)
    offered = first.offered == nil ? nil : Estimate(points.map { $0.offered?.perSecond })?.value
    served = due > 0 ? min(1, Double(points.map(\.round.load.verified).reduce(0, +)) / Double(due)) : nil
    errorKinds = points.reduce(into: [:]) { $0.merge($1.round.load.errors, uniquingKeysWith: +) }
    errors = errorKinds.values.reduce(0, +)
    let memory = points.compactMap { $0.round.resources.server?.memoryBytes }.sorted()
    memoryBytes = memory.isEmpty ? nil : memory[memory.count / 2]
    limitedRounds = points.count(where: \.round.isLimitedByGenerator)
    idle = first.idle
    if first.round.framework != reference.first?.round.framework, let other = reference.first?.round.framework {
      let rounds = (points + reference.filter { point in points.contains { $0.isBeside(point) } }).map(\.round)
      ratio = PairedRatio(
        rounds.ratios(of: first.round.framework, to: other, .throughput, policy: .standard))
    }
  }

  /// Whether the figures say more of the generator than of the server: in at least half of the rounds it was the limit.
  var isLimitedByGenerator: Bool { limitedRounds * 2 >= rounds && limitedRounds > 0 }

  /// Whether ten answers lie beyond p99. With fewer, single ones decide it.
  var isP99Supported: Bool { samples >= 1000 }

  /// Where it lies on the axis of its chart.
  var x: Double { level.kind == .rate ? offered ?? 0 : Double(level.value) }

  /// Whether it is of the server: what holds, by the plan.
  func holds(_ plan: CurvePlan) -> Bool {
    guard let p99, let served else { return false }
    return p99.value <= plan.latencyLimitMs && served >= plan.servedShare
  }
}

extension CurvePoint {
  /// Whether both were measured in one round, and not before and after an interruption: a machine drifts meanwhile.
  fileprivate func isBeside(_ other: CurvePoint) -> Bool {
    guard round.round == other.round.round else { return false }
    let (one, two) = (try? Date(round.started, strategy: .iso8601), try? Date(other.round.started, strategy: .iso8601))
    guard let one, let two else { return true }
    return abs(one.timeIntervalSince(two)) <= Self.longestApart
  }

  /// In seconds: longer than a level takes on all targets at any profile.
  private static let longestApart = 600.0
}

/// What many idle connections cost a server.
struct IdleCost: Equatable {
  var level: CurveLevel
  var idle: IdleFigures
  /// Beyond the level with the fewest connections, for each connection beyond those; nil where memory was not seen, and of the
  /// level with the fewest. It may be negative, where other memory was given back meanwhile.
  var bytesOfConnection: Double?

  static func all(_ curve: LoadCurve.FrameworkCurve) -> [IdleCost] {
    let levels = curve.levels(.idle)
    guard let few = levels.first?.idle else { return [] }
    return levels.compactMap { level in
      guard let idle = level.idle else { return nil }
      let more = idle.standing - few.standing
      let bytes = idle.serverBytes.flatMap { bytes in few.serverBytes.map { bytes - $0 } }
      return IdleCost(
        level: level, idle: idle, bytesOfConnection: more > 0 ? bytes.map { Double($0) / Double(more) } : nil)
    }
  }
}
