import Results
import Statistics

/// Counts and comparisons of versions in `results.json`.
enum CountJSON {
  static func cell(_ cell: CellCounts) -> JSONObject {
    [
      "scenario": cell.scenario, "framework": cell.framework, "started": cell.started,
      "fingerprint": cell.conditions.fingerprint,
      "figures": CountMetric.allCases.compactMap { metric in
        cell[metric].map { figure in
          [
            "metric": metric.rawValue, "value": figure.value, "starts": figure.starts.map { Figure.rounded($0) },
            "half_width": figure.halfWidth, "batches": figure.batches,
          ] as JSONObject
        }
      },
      "absent": CountMetric.allCases.compactMap { metric in
        cell.absent[metric.rawValue].map { ["metric": metric.rawValue, "reason": $0] as JSONObject }
      },
    ]
  }

  static func gate(_ run: RunSummary) -> JSONObject {
    func count(_ outcome: ThresholdResult.Outcome) -> Int { run.countResults.count { $0.verdict == outcome } }
    return [
      "baselines": run.countVerdicts.map(\.baseline).eachOnce, "pass": count(.pass), "fail": count(.fail),
      "undecided": count(.undecided),
      "results": run.countResults.map { result in
        [
          "scenario": result.scenario, "framework": result.framework, "metric": result.metric.rawValue,
          "verdict": result.verdict.rawValue, "reason": result.reason, "before": result.before, "now": result.now,
          "ratio": result.ratio, "low": result.low, "high": result.high, "tolerated": result.tolerated,
          "starts": result.starts,
          "changes": result.changes.map { ["name": $0.name, "then": $0.then, "now": $0.now] as JSONObject },
        ] as JSONObject
      },
    ]
  }

  static func relation(_ relation: InstructionsAndTime) -> JSONObject {
    [
      "cells": relation.points.count, "rank_correlation": relation.rankCorrelation,
      "logarithmic_correlation": relation.logarithmicCorrelation,
      "us_per_million_instructions": relation.usualPace,
    ]
  }

  /// What a comparison comes to.
  static func versions(_ sides: VersionSides, _ run: RunSummary) -> JSONObject {
    let answer = VersionAnswer(run)
    let calls = ComparedCalls(sides, run)
    return [
      "title": sides.title,
      "answer": answer.lines.map { ["kind": $0.kind.rawValue, "text": $0.text] as JSONObject },
      "calls": (calls.called + calls.resumed).map { difference in
        [
          "package": difference.package, "name": difference.name, "resumed": difference.isResumed ? true : nil,
          "scenarios": difference.places.map {
            ["scenario": $0.scenario, "base": $0.base, "head": $0.head] as JSONObject
          },
        ] as JSONObject
      },
      "origins": calls.origins.map { origin in
        [
          "caller": origin.caller, "name": origin.function,
          "scenarios": origin.places.map {
            ["scenario": $0.scenario, "base": $0.base, "head": $0.head, "following": $0.following] as JSONObject
          },
        ] as JSONObject
      },
      "differences": SideDifference.all(sides, run).map {
        ["name": $0.name, "base": $0.base, "head": $0.head] as JSONObject
      },
    ]
  }
}
