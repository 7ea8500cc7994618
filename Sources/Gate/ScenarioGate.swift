import Foundation
import Results
import Statistics

/// Judges one scenario: its thresholds on every framework, against a stored baseline and against the reference.
public struct ScenarioGate: Sendable {
  public let scenario: String
  public let thresholds: [Threshold]
  let manifest: Manifest
  let baseline: StoredBaseline?
  private let gate: Gate
  let reference: Manifest.FrameworkEntry?

  /// - Parameter baseline: what is stored for this machine or for any; nil where nothing is.
  public init(
    _ scenario: String, tolerating thresholds: [Threshold], manifest: Manifest, baseline: StoredBaseline?,
    policy: GatePolicy
  ) {
    self.scenario = scenario
    // The yardstick of a comparison is the other version, of which nobody wants a share.
    self.thresholds = manifest.comparison == nil ? thresholds : thresholds.filter { $0.scale == .change }
    self.manifest = manifest
    self.baseline = baseline
    gate = Gate(alpha: policy.falseAlarms / Double(max(1, manifest.scenarios.count)), policy: policy)
    reference = manifest.frameworks.first(where: \.isReference)
  }

  var policy: GatePolicy { gate.policy }

  /// nil where it goes on. It looks at whole turns of the order of the targets only, and of two versions at whole starts.
  public func earlyEnd(_ rounds: [Round], isOutOfTime: Bool) -> ScenarioEnd.Cause? {
    let count = rounds.map(\.round).max() ?? 0
    let roundsOfStart = Set(rounds.filter { $0.start == 1 }.map(\.round)).count
    let turn = max(RoundOrder.turn(targets: manifest.frameworks.count), roundsOfStart)
    guard count >= max(policy.minimumRounds, policy.minimumStarts * roundsOfStart), count.isMultiple(of: turn) else {
      return nil
    }
    if count >= policy.roundsToFail, isDecided(rounds) { return .decided }
    return isOutOfTime ? .outOfTime : nil
  }

  /// Whether more rounds would add nothing: every threshold passes, can by no number of rounds fail, or would hardly be
  /// decided by those planned either; and, unless two versions are compared, the ranks are known.
  private func isDecided(_ rounds: [Round]) -> Bool {
    guard let reference else { return false }
    let competitors = manifest.frameworks.filter { !$0.isReference }.map(\.name)
    let planned = manifest.profile.rounds
    guard
      gate.isDecided(
        comparisons(rounds, of: competitors), hopes: comparisons(rounds, of: competitors, ofRounds: planned),
        planned: planned, mayFail: mayFail)
    else { return false }
    return manifest.comparison != nil || areRanksKnown(competitors + [reference.name], rounds)
  }

  /// Whether every pair of targets is told apart, or known to be about equal.
  private func areRanksKnown(_ names: [String], _ rounds: [Round]) -> Bool {
    names.indices.allSatisfy { index in
      names[..<index].allSatisfy { other in
        guard let mean = rounds.ratios(of: names[index], to: other, .throughput, policy: policy).mean() else {
          return false
        }
        return mean.pValue < policy.toldApart || mean.estimate.isKnown(within: policy.narrow)
      }
    }
  }

  /// - Parameter rounds: those of the run, of all frameworks.
  public func judge(_ rounds: [Round]) -> [ThresholdResult] {
    let ofTime = gate.decide(comparisons(rounds, of: manifest.frameworks.map(\.name)), mayFail: mayFail)
    let ofMemory = memoryGate.decide(memoryComparisons(rounds), mayFail: mayFail)
    let results = (ofTime + ofMemory).map { decision in
      ThresholdResult(scenario: scenario, decision, baseline: use(of: decision.question))
    }
    return results + slopes(rounds)
  }

  /// A family of its own, with a probability of its own.
  private var memoryGate: Gate {
    Gate(alpha: policy.falseAlarmsOfMemory / Double(max(1, manifest.scenarios.count)), policy: policy)
  }

  /// - Parameter planned: for reasons that last through so many rounds only.
  private func comparisons(
    _ rounds: [Round], of frameworks: [String], ofRounds planned: Int = 0
  ) -> [GateComparison] {
    manifest.frameworks.filter { !$0.isReference && frameworks.contains($0.name) }.flatMap { framework in
      thresholds.filter { !$0.metric.isOfMemory }.map { threshold in
        let question = GateComparison.Question(framework: framework.name, threshold: threshold)
        guard let reference else {
          return GateComparison(
            question, rounds: [], against: threshold.scale == .reference ? .reference : .otherVersion, runToRun: nil,
            policy: policy, reason: .noReference)
        }
        let ratios = rounds.ratios(of: framework.name, to: reference.name, threshold.metric, policy: policy)
        // Each side by itself: one that was disturbed throughout is not made sound by the other.
        let reason = [framework.name, reference.name].lazy.compactMap { side in
          rounds.filter { $0.framework == side }
            .fault(threshold.metric, in: manifest, policy: policy, ofRounds: planned)
            .map { Reason.unsound(side: side, fault: $0) }
        }.first
        switch threshold.scale {
        case .reference:
          return GateComparison(
            question, rounds: ratios, against: .reference, runToRun: nil, policy: policy, reason: reason)
        case .itself: preconditionFailure("no figure of time is bounded itself")
        case .change where manifest.comparison != nil:
          return GateComparison(
            question, rounds: ratios, against: .otherVersion, runToRun: nil, policy: policy, reason: reason)
        case .change:
          let earlier =
            baseline?.baseline.ratios(
              scenario, framework.name, threshold.metric, policy: policy) ?? []
          let obstacle = baseline == nil ? .noBaseline : baseline?.obstacle(manifest, reference: reference)
          return GateComparison(
            question, rounds: ratios, against: .baseline(earlier), runToRun: policy.runToRun, policy: policy,
            reason: reason ?? obstacle)
        }
      }
    }
  }

  /// Against the reference nothing stored is needed; what is stored has to come from a machine like this one.
  private func mayFail(_ question: GateComparison.Question) -> Bool {
    question.threshold.scale == .reference || manifest.comparison != nil || baseline?.isOwn == true
  }

  private func use(of question: GateComparison.Question) -> BaselineUse? {
    guard question.threshold.scale == .change else { return nil }
    return manifest.frameworks.first { $0.name == question.framework }.flatMap { baseline?.use(for: $0) }
  }
}
