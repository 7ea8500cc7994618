import Foundation
import Results
import Statistics

/// Judges one scenario: its thresholds on every framework, against a stored baseline and against the reference.
public struct ScenarioGate: Sendable {
  public let scenario: String
  public let thresholds: [Threshold]
  private let manifest: Manifest
  private let baseline: StoredBaseline?
  private let gate: Gate
  private let reference: Manifest.FrameworkEntry?

  /// How far the ratio of a framework to the reference moves from one run to the next, as a logarithm.
  /// `docs/lab-notes/2026-11-27-run-to-run-shift.md` tells how it was measured.
  package static let runToRun = RunToRunSpread(standardDeviation: 0.025)

  /// The same of two copies that are started and measured side by side: smaller, because they share what the machine is
  /// like that day.
  package static let sideBySide = RunToRunSpread(standardDeviation: 0.01)

  /// In words for the reader.
  package static func inWords(_ spread: RunToRunSpread) -> String {
    "\(Figure.significant(spread.standardDeviation * 100, digits: 2)) %"
  }

  /// Two targets are measured faster than four, so there may be more rounds of them.
  package static let looksOfComparison = [20, 40]

  /// In a run of so many scenarios each has an equal part of the 5 % that the whole run may be wrong.
  package static let falseAlarms = 0.05

  /// - Parameter baseline: what is stored for this machine or for any; nil where nothing is.
  public init(
    _ scenario: String, tolerating thresholds: [Threshold], manifest: Manifest, baseline: StoredBaseline?
  ) {
    self.scenario = scenario
    // The yardstick of a comparison is the other version, of which nobody wants a share.
    self.thresholds = manifest.comparison == nil ? thresholds : thresholds.filter { $0.scale == .change }
    self.manifest = manifest
    self.baseline = baseline
    var gate = Gate(alpha: ScenarioGate.falseAlarms / Double(max(1, manifest.scenarios.count)))
    if manifest.comparison != nil { gate.looks = ScenarioGate.looksOfComparison }
    self.gate = gate
    reference = manifest.frameworks.first(where: \.isReference)
  }

  /// A ratio to the reference that is known so well, as a logarithm, is not measured on for its own sake.
  package static let narrow = 0.04

  /// Why a scenario ends before its last round.
  public enum EarlyEnd: Equatable, Sendable {
    case decided
    case outOfTime
  }

  /// nil where it goes on. It looks at whole turns of the order of the targets only.
  public func earlyEnd(_ rounds: [Round], isOutOfTime: Bool) -> EarlyEnd? {
    let count = rounds.map(\.round).max() ?? 0
    let turn = RoundOrder.turn(targets: manifest.frameworks.count)
    guard count >= gate.roundsToFail, count.isMultiple(of: turn) else { return nil }
    if isDecided(rounds) { return .decided }
    return isOutOfTime ? .outOfTime : nil
  }

  /// Whether more rounds would add nothing: every threshold passes, has to be confirmed, can by no number of rounds fail,
  /// or would hardly be decided by those planned either; and, unless two versions are compared, every ratio to the
  /// reference is known within ±4 %.
  private func isDecided(_ rounds: [Round]) -> Bool {
    guard let reference else { return false }
    let competitors = manifest.frameworks.filter { !$0.isReference }.map(\.name)
    let planned = manifest.profile.rounds
    let rulings = gate.screen(comparisons(rounds, of: competitors)).rulings
    let hopes = comparisons(rounds, of: competitors, ofRounds: planned)
    guard
      zip(rulings, hopes).allSatisfy({ ruling, hope in
        gate.isScreened(ruling) || !mayFail(ruling.question) || !gate.mayScreen(hope, byRounds: planned)
      })
    else { return false }
    return manifest.comparison != nil
      || competitors.allSatisfy { name in
        rounds.ratios(of: name, to: reference.name, .throughput).mean()?.estimate.isKnown(within: ScenarioGate.narrow)
          ?? false
      }
  }

  /// - Parameters:
  ///   - rounds: the evidence of the run, all frameworks.
  ///   - measureAgain: measures these frameworks, beside the reference, until each has so many fresh rounds in all;
  ///     returns all fresh rounds so far.
  public func judge(
    _ rounds: [Round],
    measureAgain: (_ frameworks: [String], _ rounds: Int) throws -> [Round]
  ) rethrows -> [ThresholdResult] {
    let screening = gate.screen(comparisons(rounds, of: manifest.frameworks.map(\.name)))
    // What may not fail is not measured again.
    let suspects = screening.suspects.filter { mayFail($0.question) }
    var retest = gate.retest(of: suspects)
    while case .measure(let frameworks, let count) = retest.next {
      retest.look(at: comparisons(try measureAgain(frameworks, count), of: frameworks))
    }
    let confirmed = retest.rulings
    return screening.rulings.map { screened in
      let ruling = confirmed.first { $0.question == screened.question } ?? screened
      return ThresholdResult(scenario: scenario, ruling, baseline: baselineNote(ruling.question))
    }
  }

  /// - Parameter planned: for doubts that last through so many rounds only.
  private func comparisons(
    _ rounds: [Round], of frameworks: [String], ofRounds planned: Int = 0
  ) -> [GateComparison] {
    manifest.frameworks.filter { !$0.isReference && frameworks.contains($0.name) }.flatMap { framework in
      thresholds.map { threshold in
        let question = GateComparison.Question(framework: framework.name, threshold: threshold)
        guard let reference else {
          return GateComparison(
            question, rounds: [], against: .withinRound, runToRun: nil,
            doubt: .unsoundMeasurement("the reference was not measured beside it"))
        }
        let ratios = rounds.ratios(of: framework.name, to: reference.name, threshold.metric)
        // Each side by itself: one that was disturbed throughout is not made sound by the other.
        let doubt = [framework.name, reference.name].lazy.compactMap { side in
          rounds.filter { $0.framework == side }.doubt(threshold.metric, in: manifest, ofRounds: planned).map {
            Doubt.unsoundMeasurement("\(side): \($0.text)")
          }
        }.first
        switch threshold.scale {
        case .reference:
          return GateComparison(question, rounds: ratios, against: .withinRound, runToRun: nil, doubt: doubt)
        case .change where manifest.comparison != nil:
          return GateComparison(
            question, rounds: ratios, against: .withinRound, runToRun: ScenarioGate.sideBySide, doubt: doubt)
        case .change:
          let earlier = baseline?.baseline.ratios(scenario, framework.name, threshold.metric) ?? []
          let obstacle =
            baseline?.obstacle(Baseline.Conditions(manifest)) ?? baseline?.obstacle(reference: reference)
            ?? baseline?.obstacle(settings: Baseline.settings(manifest))
          return GateComparison(
            question, rounds: ratios, against: .baseline(earlier), runToRun: ScenarioGate.runToRun,
            doubt: doubt ?? (baseline == nil ? .noBaseline : obstacle))
        }
      }
    }
  }

  /// Against the reference nothing stored is needed; what is stored has to come from a machine like this one.
  private func mayFail(_ question: GateComparison.Question) -> Bool {
    question.threshold.scale == .reference || manifest.comparison != nil || baseline?.isOwn == true
  }

  private func baselineNote(_ question: GateComparison.Question) -> String? {
    guard question.threshold.scale == .change, let baseline,
      let framework = manifest.frameworks.first(where: { $0.name == question.framework })
    else { return nil }
    return (["\(baseline.isOwn ? "" : "foreign ")\(baseline.name)"] + baseline.differences(framework))
      .joined(separator: ", ")
  }
}
