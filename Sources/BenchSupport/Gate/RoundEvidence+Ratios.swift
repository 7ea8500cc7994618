import Foundation

extension RoundEvidence {
  /// What the gate watches of a round; nil where it was not measured, or is not a positive number.
  func value(_ metric: Metric) -> Double? {
    let value: Double?
    switch metric {
    case .throughput: value = load.verifiedPerSecond
    case .cpuPerRequest: value = resources.server.map { $0.cpuS / Double(load.verified) }
    // With fewer, less than ten lie beyond it, and single ones decide.
    case .p99: value = fixedRate.flatMap { $0.verified >= 1000 ? $0.p99Ms : nil }
    }
    return value.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
  }

  /// How much faster the machine was than in the other window, as a logarithm; nil where one of them was not probed.
  fileprivate func logSpeed(beside other: RoundEvidence) -> Double? {
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

extension [RoundEvidence] {
  /// The ratios of two contestants in the rounds in which both have the figure, by round.
  func ratios(of framework: String, to reference: String, _ metric: Metric) -> RoundRatios {
    func rounds(_ name: String) -> [Int: RoundEvidence] {
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
  func doubt(_ metric: Metric, on machine: Manifest.Environment, ofRounds planned: Int = 0) -> Doubt? {
    if contains(where: { $0.load.errorCount > 0 || $0.load.verified == 0 }) {
      return .unsoundMeasurement("there were errors")
    }
    if contains(where: { $0.checks.contains { !$0.passed } }) {
      return .unsoundMeasurement("a check beside the load failed")
    }
    func most(_ name: String, _ isSo: (RoundEvidence) -> Bool) -> Doubt? {
      let affected = count(where: isSo)
      return affected * 2 > Swift.max(count, planned)
        ? .unsoundMeasurement("\(name) in \(affected) of \(count) rounds") : nil
    }
    let processors = Double(Swift.max(1, machine.processors))
    return most("the machine was busy with other work") {
      ($0.resources.otherCPUS ?? 0) / $0.load.windowS / processors > WarningLimit.otherCPU
    }
      ?? most("the hypervisor gave the machine to others") {
        ($0.resources.stealCPUS ?? 0) / $0.load.windowS / processors > WarningLimit.stealCPU
      }
      ?? most("the CPU quota held the machine back") {
        ($0.resources.quotaThrottledS ?? 0) / $0.load.windowS / processors > WarningLimit.quota
      }
      ?? most("processors were slowed down for heat") { ($0.resources.heatThrottlings ?? 0) > 0 }
      ?? (metric == .cpuPerRequest ? nil : most("limited by the generator") { !$0.warnings.isEmpty })
  }
}
