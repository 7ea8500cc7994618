import Foundation
import Results
import Statistics
import Text

/// `results.json`: everything the report says, for programs. `docs/results.md` describes the fields.
///
/// Keys are sorted, figures have six significant digits, and what is missing is absent.
public enum JSONReport {
  private static let schema = 1

  public static func text(_ run: RunSummary) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.userInfo[JSONObject.isRounded] = true
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let bytes = try? encoder.encode(document(run)) else {
      preconditionFailure("a document of strings, numbers and lists can always be encoded")
    }
    return String(decoding: bytes, as: UTF8.self).escapingControlsInJSON + "\n"
  }

  private static func document(_ run: RunSummary) -> JSONObject {
    let manifest = run.manifest
    return [
      "schema": schema, "state": run.state.rawValue, "started": manifest.started, "profile": manifest.profile.name,
      "timed": manifest.isTimed, "rounds": manifest.profile.rounds, "window_s": manifest.profile.windowS,
      "warm_up_s": manifest.profile.warmUpS,
      "connections": manifest.connections, "seed": manifest.seed, "comparison": manifest.comparison,
      "not_compared": manifest.notCompared.map { entries in
        entries.map { ["scenario": $0.scenario, "side": $0.side, "reason": $0.reason] as JSONObject }
      },
      "deployment": manifest.deployment, "environment": environment(manifest.environment),
      "reference": run.reference?.name, "frameworks": manifest.frameworks.map(framework),
      "scenarios": run.scenarios.map(scenario),
      "standings": run.standings.map {
        [
          "framework": $0.framework.name, "ratio_to_reference": $0.ratio,
          "interval": $0.estimate.map { interval($0.interval()) }, "wins": $0.wins, "ties": $0.ties,
          "losses": $0.losses, "undecided": $0.inconclusive,
        ] as JSONObject
      },
      "behaviour": BehaviourJSON.object(run), "framework_cost": run.costs.map(cost),
      "gate": run.verdicts.isEmpty ? nil : gate(run),
      "counts": run.isCounted ? run.counts.map(CountJSON.cell) : nil,
      "count_gate": run.countVerdicts.isEmpty ? nil : CountJSON.gate(run),
      "instructions_and_cpu_time": InstructionsAndTime(run).map(CountJSON.relation),
      "versions": VersionSides(run).map { CountJSON.versions($0, run) },
      "behaviour": BehaviourJSON.object(run),
      "warnings": run.warnings.map(warning),
      "missing": run.missing.map {
        ["scenario": $0.scenario, "framework": $0.framework, "rounds": $0.rounds, "reason": $0.reason] as JSONObject
      },
      "problems": run.problems.map(\.description), "ignored_files": run.ignoredFiles,
    ]
  }

  private static func environment(_ environment: Manifest.Environment) -> JSONObject {
    [
      "cpu_model": environment.cpuModel, "processors": environment.processors,
      "memory_mib": Double(environment.memoryBytes) / 1_048_576, "operating_system": environment.operatingSystem,
      "kernel": environment.kernel, "python": environment.python, "postgres": environment.postgres,
      "swift": environment.swift, "revision": environment.revision,
      "repository": environment.repository, "commit": environment.commit,
      "settings": pairs(environment.settings, "name", "value"),
    ]
  }

  private static func framework(_ framework: Manifest.FrameworkEntry) -> JSONObject {
    [
      "name": framework.name, "title": framework.title, "version": framework.version, "server": framework.server,
      "is_reference": framework.isReference, "packages": pairs(framework.versions, "name", "version"),
      "python": framework.python, "source": framework.source, "homepage": framework.homepage,
      "application": framework.application,
    ]
  }

  /// A list instead of an object, because its keys are not ours.
  private static func pairs<Value: Encodable>(_ values: [String: Value], _ key: String, _ value: String) -> [JSONObject]
  {
    values.sorted { $0.key < $1.key }.map { [key: $0.key, value: $0.value] }
  }

  private static func scenario(_ scenario: ScenarioSummary) -> JSONObject {
    let outcome =
      switch scenario.outcome {
      case .winner: "winner"
      case .tie: "tie"
      case .uncontested: "uncontested"
      case .inconclusive: "undecided"
      case .nobody: "nobody"
      }
    return [
      "name": scenario.entry.name, "summary": scenario.entry.summary, "verification": scenario.entry.verification,
      "unit": scenario.entry.unit, "outcome": outcome, "winners": scenario.outcome.winners,
      "cells": scenario.cells.map(cell), "comparisons": scenario.comparisons.map(comparison),
    ]
  }

  private static func cell(_ cell: CellSummary) -> JSONObject {
    [
      "framework": cell.framework.name, "verdict": cell.verdict.rawValue, "rank": cell.rank, "req_s": cell.throughput,
      "req_s_interval": cell.throughputInterval.map(interval),
      "ratio_to_reference": cell.ratioToReference.map {
        [
          "ratio": $0.ratio, "interval": interval($0.interval()), "rounds": $0.rounds,
          "at_equal_speed": $0.isAtEqualSpeed,
        ] as JSONObject
      },
      "latency_ms": cell.latency.map {
        [
          "samples": $0.samples, "p50": $0[50], "p90": $0[90], "p95": $0[95], "p99": $0[99], "p999": $0[99.9],
          "max": $0.maxMs, "mean": $0.meanMs,
        ] as JSONObject
      },
      "fixed_rate": cell.fixedRate.map(fixedRate),
      "verified": cell.verified, "errors": cell.errorCount, "errors_by_kind": pairs(cell.errorsByKind, "kind", "count"),
      "cpu_pct": cell.serverCPUPercent, "cpu_us_per_request": cell.cpuMicrosecondsPerRequest,
      "mem_mib": cell.memoryMebibytes, "postgres_cpu_pct": cell.postgresCPUPercent,
      "generator_cpu_pct": cell.generatorCPUPercent, "runs": cell.rounds.count, "runs_planned": cell.plannedRounds,
      "rounds": cell.rounds.map(round),
      "failed_checks": cell.rounds.flatMap { round in
        round.checks.filter { !$0.passed }.map {
          ["round": round.round, "name": $0.name, "detail": $0.detail] as JSONObject
        }
      },
      "parity_faults": cell.isAlike == nil ? nil : cell.parityFaults,
      "shortfalls": cell.shortfalls.isEmpty ? nil : cell.shortfalls.map(\.text),
    ]
  }

  private static func fixedRate(_ figures: FixedRateSummary) -> JSONObject {
    let latency = figures.latency
    return [
      "offered_s": figures.offeredPerSecond, "served": figures.servedShare, "samples": latency.samples,
      "p50_ms": latency[50], "p90_ms": latency[90], "p95_ms": latency[95], "p99_ms": latency[99],
      "p999_ms": latency[99.9], "max_ms": latency.maxMs, "rounds": figures.rounds,
      "rounds_limited_by_generator": figures.limitedRounds,
    ]
  }

  private static func round(_ round: Round) -> JSONObject {
    [
      "round": round.round, "position": round.position, "req_s": round.load.verifiedPerSecond,
      "verified": round.load.verified, "errors": round.load.errorCount, "window_s": round.load.windowS,
      "cpu_s": round.resources.server?.cpuS,
      "mem_mib": (round.resources.server?.memoryBytes).map { Double($0) / 1_048_576 },
      "speed_probe_ns": round.resources.speedProbeNs,
    ]
  }

  private static func interval(_ interval: ConfidenceInterval) -> JSONObject {
    ["low": interval.low, "high": interval.high, "confidence": interval.confidence]
  }

  private static func comparison(_ comparison: Comparison) -> JSONObject {
    [
      "faster": comparison.faster, "slower": comparison.slower, "ratio": comparison.ratio.ratio,
      "interval": interval(comparison.interval), "rounds": comparison.ratio.rounds,
      "at_equal_speed": comparison.ratio.isAtEqualSpeed, "p": comparison.ratio.pValue,
      "p_adjusted": comparison.decision.adjustedP, "tie": comparison.isTie,
    ]
  }

  private static func cost(_ cost: FrameworkCost) -> JSONObject {
    [
      "scenario": cost.scenario, "framework": cost.framework.name, "reference_us": cost.referenceMicroseconds,
      "added_us": cost.addedMicroseconds, "added_us_interval": interval(cost.addedInterval),
      "ratio": cost.ratio.estimate.ratio, "interval": interval(cost.ratio.interval()), "rounds": cost.ratio.values,
    ]
  }

  private static func gate(_ run: RunSummary) -> JSONObject {
    func count(_ outcome: ThresholdResult.Outcome) -> Int { run.results.count { $0.verdict == outcome } }
    return [
      "baselines": run.baselines, "pass": count(.pass), "fail": count(.fail), "undecided": count(.undecided),
      "rulings": run.results.map { result in
        [
          "scenario": result.scenario, "framework": result.framework, "metric": result.metric.rawValue,
          "compared_to": result.comparedTo.rawValue, "verdict": result.verdict.rawValue, "reason": result.reason?.text,
          "ratio": result.ratio, "interval": result.interval.map(interval), "tolerated": result.tolerated,
          "rounds": result.rounds, "starts": result.starts,
          "baseline": result.baseline?.text,
        ] as JSONObject
      },
    ]
  }

  private static func warning(_ warning: RunWarning) -> JSONObject {
    [
      "text": warning.text,
      "places": warning.places.map {
        [
          "scenario": $0.scenario, "framework": $0.framework, "rounds": $0.rounds.isEmpty ? nil : $0.rounds,
        ] as JSONObject
      },
    ]
  }
}
