import Foundation
import Results
import Statistics

extension Round {
  /// What the gate watches of a round; nil where it was not measured, or is not a positive number.
  package func value(_ metric: Metric) -> Double? {
    let value: Double?
    switch metric {
    case .throughput: value = load.verifiedPerSecond
    case .cpuPerRequest: value = resources.server.map { $0.cpuS / Double(load.verified) }
    case .p99: value = fixedRate.flatMap { $0.hasTail ? $0.p99Ms : nil }
    }
    return value.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
  }

  /// How much faster the machine was than in the other window, as a logarithm; nil where one of them was not probed.
  fileprivate func logSpeed(beside other: Round) -> Double? {
    guard let own = resources.speedProbeNs, let others = other.resources.speedProbeNs, own > 0, others > 0 else {
      return nil
    }
    return log(others / own)
  }
}

extension Metric {
  /// The window at a fixed rate is another one, in which the machine is not probed.
  fileprivate var isOfProbedWindow: Bool { self != .p99 }
}

extension [Round] {
  /// The ratios of two targets in the rounds in which both have the figure, by round.
  package func ratios(of framework: String, to reference: String, _ metric: Metric) -> RoundRatios {
    func rounds(_ name: String) -> [Int: Round] {
      reduce(into: [:]) { if $1.framework == name { $0[$1.round] = $1 } }
    }
    let (above, below) = (rounds(framework), rounds(reference))
    var ratios: RoundRatios = []
    for round in above.keys.sorted() {
      guard let one = above[round], let other = below[round], let figure = one.value(metric),
        let otherFigure = other.value(metric)
      else { continue }
      ratios.append(log(figure / otherFigure), speed: metric.isOfProbedWindow ? one.logSpeed(beside: other) : nil)
    }
    return ratios
  }

  /// What speaks against any decision from these rounds, however clear their figures; nil where nothing does.
  ///
  /// - Parameter planned: how many rounds there will be, where what is asked for is a doubt that will last to the last of
  ///   them, whatever they are like.
  package func doubt(_ metric: Metric, in manifest: Manifest, ofRounds planned: Int = 0) -> Doubt? {
    if contains(where: { $0.load.errorCount > 0 || $0.load.verified == 0 }) {
      return .unsoundMeasurement("there were errors")
    }
    if contains(where: { $0.checks.contains { !$0.passed } }) {
      return .unsoundMeasurement("a check beside the load failed")
    }
    for (name, isSo) in disturbances(manifest) + limits(metric) {
      let affected = count(where: isSo)
      if affected * 2 > Swift.max(count, planned) {
        return .unsoundMeasurement("\(name) in \(affected) of \(count) rounds")
      }
    }
    return nil
  }

  private typealias Nuisance = (name: String, isSo: (Round) -> Bool)

  /// What disturbs every figure of a round.
  private func disturbances(_ manifest: Manifest) -> [Nuisance] {
    let processors = Double(Swift.max(1, manifest.environment.processors))
    func share(_ seconds: Double?, _ round: Round) -> Double {
      (seconds ?? 0) / round.load.windowS / processors
    }
    // Of servers elsewhere nobody here knows what disturbs them.
    let isSeen = manifest.deployment != DeploymentKind.external.rawValue
    return [
      ("the machine was busy with other work", { share($0.resources.otherCPUS, $0) > WarningLimit.otherCPU }),
      ("the hypervisor gave the machine to others", { share($0.resources.stealCPUS, $0) > WarningLimit.stealCPU }),
      ("the CPU quota held the machine back", { share($0.resources.quotaThrottledS, $0) > WarningLimit.quota }),
      ("processors were slowed down for heat", { ($0.resources.heatThrottlings ?? 0) > 0 }),
      (
        "a target that was not under load used the machine",
        { ($0.resources.idleCPUS.values.max() ?? 0) / $0.load.windowS > WarningLimit.idleCPU }
      ),
      ("what else used the machine was not seen", { isSeen && $0.resources.otherCPUS == nil }),
    ]
  }

  /// What makes one figure of a round something else than what was asked for.
  private func limits(_ metric: Metric) -> [Nuisance] {
    switch metric {
    case .throughput: [("limited by the generator", \.isLimitedByGenerator)]
    case .cpuPerRequest: [("CPU time was not seen", { $0.resources.server == nil })]
    case .p99:
      [
        ("limited by the generator at a fixed rate", { $0.fixedRate?.isLimitedByGenerator ?? false }),
        ("requests were due and not sent", { $0.fixedRate?.isCutShort ?? false }),
        ("fewer than \(Figure.count(FixedRateFigures.fewestForTail)) answers", { $0.fixedRate?.hasTail == false }),
      ]
    }
  }
}

extension FixedRateFigures {
  /// With fewer answers, less than ten lie beyond the p99, and single ones decide.
  package static let fewestForTail = 1000
  package var hasTail: Bool { verified >= FixedRateFigures.fewestForTail }

  /// Those never sent would have waited longest: where they are half of the hundredth that the p99 is about, it is another
  /// figure.
  package var isCutShort: Bool { Double(unsent) > 0.005 * Double(verified + unsent) }
}
