import Results
import Statistics
import Text

/// `behaviour.faults` of `results.json`, and `faults.csv`.
enum FaultFiles {
  static func json(_ run: RunSummary) -> JSONObject? {
    guard let plan = run.manifest.behaviour?.faults else { return nil }
    return [
      "plan": [
        "faults": plan.faults.map(\.rawValue), "trials": plan.trials, "before_s": plan.beforeS, "lasts_s": plan.lastsS,
        "quiet_s": plan.quietS, "limit_s": plan.limitS,
      ] as JSONObject,
      "trials": run.behaviour.faults.map(trial),
      "findings": FaultSections.findings(run), "missing": FaultSections.missing(run),
    ]
  }

  private static func trial(_ trial: FaultTrial) -> JSONObject {
    [
      "framework": trial.framework, "fault": trial.fault.rawValue, "trial": trial.trial, "scenario": trial.scenario,
      "started": trial.started, "not_tried": trial.notTried, "seen": trial.seen.map(seen),
    ]
  }

  private static func seen(_ seen: FaultTrial.Seen) -> JSONObject {
    let outcome =
      switch seen.outcome {
      case .unharmed: "unharmed"
      case .recovered: "recovered"
      case .notRecovered: "not_recovered"
      }
    return [
      "outcome": outcome, "done": seen.done, "connections": seen.connections, "began_s": seen.beganS,
      "ended_s": seen.endedS, "window_s": seen.windowS, "verified": seen.verified, "errors": seen.errorCount,
      "errors_by_kind": seen.errors.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map {
        ["kind": $0.key, "count": $0.value] as JSONObject
      }, "errors_before": seen.errorsBefore, "failures": seen.failures,
      "first_error_at_s": seen.firstErrorAtS, "last_error_at_s": seen.lastErrorAtS,
      "recovered_at_s": seen.recoveredAtS, "recovered_after_s": seen.recoveredAfterS,
      "longest_gap_s": seen.longestGapS, "per_second_before": seen.perSecondBefore,
      "per_second_during": seen.perSecondDuring, "per_second_after": seen.perSecondAfter,
      "p99_before_ms": seen.p99BeforeMs, "p99_during_ms": seen.p99DuringMs, "p99_after_ms": seen.p99AfterMs,
      "clients": seen.clients.sorted { $0.key < $1.key }.map { ["seen": $0.key, "count": $0.value] as JSONObject },
      "wrong_answers": seen.wrongAnswerCount,
      "wrong_answer_examples": seen.wrongAnswers.map {
        ["text": $0.text, "bytes": $0.bytes, "count": $0.count] as JSONObject
      },
      "processes": change(seen.processes), "whole_at_s": seen.wholeAtS, "descriptors": change(seen.descriptors),
      "memory_bytes": change(seen.memoryBytes), "files": change(seen.files), "started_anew": seen.startedAnew,
      "series": seen.series.map {
        ["at_s": $0.atS, "verified": $0.verified, "errors": $0.errors] as JSONObject
      },
    ]
  }

  private static func change(_ figure: FaultTrial.BeforeAndAfter?) -> JSONObject? {
    figure.map { ["before": $0.before, "after": $0.after] }
  }

  /// A row for each trial; nil of a run without faults. Missing is empty.
  static func csv(_ run: RunSummary) -> String? {
    guard run.manifest.behaviour?.faults != nil else { return nil }
    let kinds = ["connect", "timeout", "reset", "closed_early", "malformed", "status", "verification"]
    let head =
      [
        "fault", "framework", "trial", "scenario", "outcome", "recovered_after_s", "errors", "wrong_answers",
        "longest_gap_s", "per_second_before", "per_second_during", "per_second_after", "p99_before_ms",
        "p99_during_ms", "p99_after_ms", "processes_before", "processes_after", "whole_after_s", "descriptors_before",
        "descriptors_after", "memory_before_mib", "memory_after_mib", "files_before", "files_after", "started_anew",
        "not_tried",
      ] + kinds.map { "errors_\($0)" }
    let rows = run.behaviour.faults.map { trial in fields(trial, kinds) }
    return ([head] + rows).map { $0.map(CSVReport.quoted).joined(separator: ",") + "\n" }.joined()
  }

  private static func fields(_ trial: FaultTrial, _ kinds: [String]) -> [String] {
    func whole(_ value: Int?) -> String { value.map(String.init) ?? "" }
    func mebibytes(_ bytes: Int?) -> String { Figure.plain(bytes.map { Double($0) / 1_048_576 }) }
    let seen = trial.seen
    let outcome: String? = seen.map {
      switch $0.outcome {
      case .unharmed: "unharmed"
      case .recovered: "recovered"
      case .notRecovered: "not_recovered"
      }
    }
    let plain: [Double?] = [
      seen?.longestGapS, seen?.perSecondBefore, seen?.perSecondDuring, seen?.perSecondAfter, seen?.p99BeforeMs,
      seen?.p99DuringMs, seen?.p99AfterMs,
    ]
    return [
      trial.fault.rawValue, trial.framework, "\(trial.trial)", trial.scenario, outcome ?? "",
      Figure.plain(seen?.recoveredAfterS), whole(seen?.errorCount), whole(seen?.wrongAnswerCount),
    ] + plain.map { Figure.plain($0) } + [
      whole(seen?.processes?.before), whole(seen?.processes?.after),
      Figure.plain(seen.flatMap { seen in seen.wholeAtS.map { $0 - seen.beganS } }),
      whole(seen?.descriptors?.before), whole(seen?.descriptors?.after), mebibytes(seen?.memoryBytes?.before),
      mebibytes(seen?.memoryBytes?.after), whole(seen?.files?.before), whole(seen?.files?.after),
      seen?.startedAnew ?? "", trial.notTried ?? "",
    ] + kinds.map { kind in seen.map { "\($0.errors[kind] ?? 0)" } ?? "" }
  }
}
