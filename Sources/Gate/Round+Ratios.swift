import Foundation
import Results
import Statistics

extension Round {
  /// What the gate watches of a round; nil where it was not measured, or is not a positive number.
  package func value(_ metric: Metric, policy: GatePolicy) -> Double? {
    let value: Double?
    switch metric {
    case .throughput: value = load.verifiedPerSecond
    case .cpuPerRequest: value = resources.server.map { $0.cpuS / Double(load.verified) }
    case .p99: value = fixedRate.flatMap { $0.verified >= policy.answersForTail ? $0.p99Ms : nil }
    case .memory: value = resources.server?.anonymousMemoryBytes.map(Double.init)
    case .memoryAtRest: value = warmUp?.memoryAtRestBytes.map(Double.init)
    // It is of all rounds together.
    case .memorySlope: value = nil
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
  /// The window at a fixed rate is another one, in which the machine is not probed, and what is held does not depend on its
  /// speed.
  fileprivate var isOfProbedWindow: Bool { self != .p99 && !isOfMemory }
}

extension [Round] {
  /// The ratios of two targets in the rounds in which both have the figure, by round.
  package func ratios(of framework: String, to reference: String, _ metric: Metric, policy: GatePolicy) -> RoundRatios {
    func rounds(_ name: String) -> [Int: Round] {
      reduce(into: [:]) { if $1.framework == name { $0[$1.round] = $1 } }
    }
    let (above, below) = (rounds(framework), rounds(reference))
    let (own, others) = (figures(of: framework, metric, policy), figures(of: reference, metric, policy))
    var ratios = RoundRatios([], adjustment: policy.speedAdjustment)
    for round in above.keys.sorted() {
      guard let one = above[round], let other = below[round], let figure = own[round], let otherFigure = others[round]
      else { continue }
      ratios.append(
        log(figure / otherFigure), speed: metric.isOfProbedWindow ? one.logSpeed(beside: other) : nil,
        start: one.start)
    }
    return ratios
  }

  /// By round. What a start held at rest is known in its first round and holds for all of them.
  private func figures(of framework: String, _ metric: Metric, _ policy: GatePolicy) -> [Int: Double] {
    let own = filter { $0.framework == framework }.sorted { $0.round < $1.round }
    guard metric == .memoryAtRest else {
      return own.reduce(into: [:]) { $0[$1.round] = $1.value(metric, policy: policy) }
    }
    var (figures, start, held) = ([Int: Double](), own.first?.start, Double?.none)
    for round in own {
      if round.start != start { (start, held) = (round.start, nil) }
      held = round.value(metric, policy: policy) ?? held
      figures[round.round] = held
    }
    return figures
  }

  /// What speaks against any decision from these rounds, however clear their figures; nil where nothing does.
  ///
  /// - Parameter planned: how many rounds there will be, where what is asked for is a fault that will last to the last of
  ///   them, whatever they are like.
  package func fault(
    _ metric: Metric, in manifest: Manifest, policy: GatePolicy, ofRounds planned: Int = 0
  ) -> Fault? {
    if contains(where: { $0.load.errorCount > 0 || $0.load.verified == 0 }) { return .errors }
    if contains(where: { $0.checks.contains { !$0.passed } }) { return .failedCheck }
    let most = policy.disturbedRounds * Double(Swift.max(count, planned))
    for disturbance in Disturbance.allCases where disturbance.touches(metric) {
      let affected = count { $0.isDisturbed(by: disturbance, in: manifest, policy) }
      if Double(affected) > most { return .disturbed(by: disturbance, rounds: affected, of: count) }
    }
    return nil
  }
}

extension Disturbance {
  fileprivate func touches(_ metric: Metric) -> Bool {
    switch self {
    // What is held does not depend on how fast the machine is.
    case .otherWork, .steal, .quota, .heat, .idleTarget, .unseen: !metric.isOfMemory
    case .limitedByGenerator: metric == .throughput
    case .unseenServer: metric == .cpuPerRequest
    case .limitedAtFixedRate, .unsent, .fewAnswers: metric == .p99
    }
  }
}

extension Round {
  fileprivate func isDisturbed(by disturbance: Disturbance, in manifest: Manifest, _ policy: GatePolicy) -> Bool {
    let processors = Double(max(1, manifest.environment.processors))
    func share(_ seconds: Double?) -> Double { (seconds ?? 0) / load.windowS / processors }
    switch disturbance {
    case .otherWork: return share(resources.otherCpuS) > policy.otherCPU
    case .steal: return share(resources.stealCpuS) > policy.stealCPU
    case .quota: return share(resources.quotaThrottledS) > policy.quota
    case .heat: return (resources.heatThrottlings ?? 0) > 0
    case .idleTarget: return (resources.idleCpuS.values.max() ?? 0) / load.windowS > policy.idleCPU
    // Of servers elsewhere nobody here knows what disturbs them.
    case .unseen: return manifest.deployment != DeploymentKind.external.rawValue && resources.otherCpuS == nil
    case .limitedByGenerator: return isLimitedByGenerator
    case .unseenServer: return resources.server == nil
    case .limitedAtFixedRate: return fixedRate?.limitedByGenerator ?? false
    case .unsent:
      return fixedRate.map { Double($0.unsent) > policy.unsentShare * Double($0.verified + $0.unsent) } ?? false
    case .fewAnswers: return fixedRate.map { $0.verified < policy.answersForTail } ?? false
    }
  }
}
