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
}

extension [RoundEvidence] {
  /// Logarithms of the ratio of two contestants, of the rounds in which both have the figure, by round.
  func logRatios(of framework: String, to reference: String, _ metric: Metric) -> [Double] {
    func values(_ name: String) -> [Int: Double] {
      reduce(into: [:]) { if $1.framework == name { $0[$1.round] = $1.value(metric) } }
    }
    let (above, below) = (values(framework), values(reference))
    return above.keys.sorted().compactMap { round in
      guard let one = above[round], let other = below[round] else { return nil }
      return log(one / other)
    }
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
      ?? (metric == .cpuPerRequest ? nil : most("limited by the generator") { !$0.warnings.isEmpty })
  }
}
