import Foundation
import Results
import Statistics

// What servers hold is judged beside how fast they are, and never makes a run last longer.

extension ScenarioGate {
  /// The questions about memory that this run can be asked: nothing is asked that was not recorded, or that nothing is known
  /// to compare with, so that no run is inconclusive by what nobody could have known.
  func memoryComparisons(_ rounds: [Round]) -> [GateComparison] {
    guard let reference else { return [] }
    let asked = thresholds.filter { $0.metric.isOfMemory && $0.scale == .change }
    return manifest.frameworks.filter { !$0.isReference }.flatMap { framework in
      asked.compactMap { threshold -> GateComparison? in
        let ratios = rounds.ratios(of: framework.name, to: reference.name, threshold.metric, policy: policy)
        // At rest is what no load reached yet: of all starts in the first scenario, and of all but the first in the others.
        if ratios.isEmpty || threshold.metric == .memoryAtRest && hasTooFewStarts(ratios) { return nil }
        let question = GateComparison.Question(framework: framework.name, threshold: threshold)
        let reason = [framework.name, reference.name].lazy.compactMap { side in
          rounds.filter { $0.framework == side }.fault(threshold.metric, in: manifest, policy: policy)
            .map { Reason.unsound(side: side, fault: $0) }
        }.first
        if manifest.comparison != nil {
          return GateComparison(
            question, rounds: ratios, against: .otherVersion, runToRun: nil, policy: policy, reason: reason)
        }
        guard let baseline, baseline.obstacle(manifest, reference: reference) == nil else { return nil }
        let earlier = baseline.baseline.ratios(scenario, framework.name, threshold.metric, policy: policy)
        if earlier.isEmpty { return nil }
        return GateComparison(
          question, rounds: ratios, against: .baseline(earlier), runToRun: policy.runToRun, policy: policy,
          reason: reason)
      }
    }
  }

  private func hasTooFewStarts(_ ratios: RoundRatios) -> Bool {
    manifest.comparison != nil && ratios.startCount < policy.minimumStarts
  }

  /// The growth of memory over the rounds, where they last long enough and it is known whether it is tolerated.
  func slopes(_ rounds: [Round]) -> [ThresholdResult] {
    thresholds.filter { $0.scale == .itself }.flatMap { threshold in
      manifest.frameworks.filter { !$0.isReference }.compactMap { framework in
        slope(threshold, framework.name, rounds.filter { $0.framework == framework.name })
      }
    }
  }

  /// nil where nobody asks, or where nobody could answer.
  private func slope(_ threshold: Threshold, _ framework: String, _ own: [Round]) -> ThresholdResult? {
    guard own.count >= policy.roundsForSlope,
      own.reduce(0, { $0 + $1.load.windowS }) >= policy.secondsForSlope,
      own.fault(.memorySlope, in: manifest, policy: policy) == nil
    else { return nil }
    let growth = Growth(own.memoryByStart, tolerating: threshold.ratio, from: policy.leastMemoryRise)
    guard let drift = growth.drift else { return nil }
    // Each framework of each scenario has an equal part, as in the family of a scenario.
    let questions = max(1, manifest.scenarios.count) * max(1, manifest.frameworks.count { !$0.isReference })
    let strict = 1 - policy.falseAlarmsOfMemory / Double(questions)
    let (verdict, interval): (ThresholdResult.Outcome, ConfidenceInterval)
    if growth.isVisible, drift.isRising, drift.interval(confidence: strict).low > threshold.ratio {
      (verdict, interval) = (.fail, drift.interval(confidence: strict))
    } else if drift.interval(confidence: policy.passConfidence).high <= threshold.ratio {
      (verdict, interval) = (.pass, drift.interval(confidence: policy.passConfidence))
    } else {
      return nil
    }
    var result = ThresholdResult(
      scenario: scenario, framework: framework, metric: threshold.metric, verdict: verdict,
      confidence: interval.confidence, tolerated: threshold.ratio, comparedTo: .itself, rounds: own.count)
    (result.ratio, result.low, result.high) = (drift.slope, interval.low, interval.high)
    return result
  }
}

extension [Round] {
  /// MiB after so many million exchanges, of the rounds of one framework, for each start of its server. The window at a fixed
  /// rate is a part of its round.
  fileprivate var memoryByStart: [[Drift.Point]] {
    Dictionary(grouping: self) { $0.start ?? 1 }.sorted { $0.key < $1.key }.map { _, rounds in
      var done = 0
      return rounds.sorted { $0.round < $1.round }.compactMap { round -> Drift.Point? in
        done += round.load.verified
        // Memory is read between the two windows of a round.
        let point = round.resources.server?.anonymousMemoryBytes.map {
          Drift.Point(done: Double(done) / 1e6, figure: Double($0) / 1_048_576)
        }
        done += round.fixedRate?.verified ?? 0
        return point
      }
    }
  }
}
