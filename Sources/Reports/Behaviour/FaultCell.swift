import Foundation
import Results
import Statistics

/// One fault on one framework, over all its trials.
struct FaultCell {
  var framework: Manifest.FrameworkEntry
  var fault: InjectedFault
  /// In the order of their numbers.
  var trials: [FaultTrial]

  /// By fault, and by framework in the manifest's order; also those of which there is no trial yet.
  static func all(_ run: RunSummary) -> [FaultCell] {
    (run.manifest.behaviour?.faults?.faults ?? []).flatMap { fault in
      run.manifest.frameworks.map { framework in
        FaultCell(
          framework: framework, fault: fault,
          trials: run.behaviour.faults.filter { $0.fault == fault && $0.framework == framework.name })
      }
    }
  }

  var seen: [FaultTrial.Seen] { trials.compactMap(\.seen) }

  /// Seconds from the end of the fault, of the trials in which something failed and went right again.
  var recoveries: [Double] {
    seen.compactMap { if case .recovered(let afterS) = $0.outcome { afterS } else { nil } }
  }

  var unharmed: Int { seen.count { $0.outcome == .unharmed } }
  var notRecovered: Int { seen.count { $0.outcome == .notRecovered } }
  var wrongAnswers: Int { seen.reduce(0) { $0 + $1.wrongAnswerCount } }
  /// Files that are there after the trials and were not before.
  var filesLeft: Int { seen.reduce(0) { $0 + max(0, $1.files?.added ?? 0) } }
  var errors: Int { seen.reduce(0) { $0 + $1.errorCount } }
  var errorsByKind: [String: Int] {
    seen.reduce(into: [:]) { sum, trial in sum.merge(trial.errors) { $0 + $1 } }
  }

  /// What of the throughput before was left while clients misbehaved, the median of the trials; nil of other faults, where
  /// next to nothing or all of it is served.
  var shareMeanwhile: Double? {
    switch fault {
    case .workerKilled, .databaseStopped: nil
    case .downloadLeft, .uploadLeft, .slowReaders, .bodyCut:
      seen.compactMap { seen in
        seen.perSecondBefore > 0 ? seen.perSecondDuring.map { $0 / seen.perSecondBefore } : nil
      }.median
    }
  }

  /// The trials that the plan has and the run has not.
  func missing(_ plan: FaultPlan) -> [Int] {
    (1...max(1, plan.trials)).filter { number in !trials.contains { $0.trial == number } }
  }
}
