import Foundation
import Gate
import Reports
import Results
import Statistics

extension SyntheticRun {
  package var summary: RunSummary {
    RunSummary(
      manifest: manifest, rounds: rounds, verdicts: verdicts, parities: parities, ends: ends, counts: counts,
      countVerdicts: countVerdicts, behaviour: behaviour, profiles: profiles)
  }

  /// What the gate might have decided on the change of a metric, 4 % of standard error around the ratio.
  package static func result(
    _ scenario: String, _ framework: String, _ threshold: Threshold, _ verdict: Verdict, ratio: Double?
  ) -> ThresholdResult {
    let rounds = (0..<20).map { log(ratio ?? 1) + ($0.isMultiple(of: 2) ? 0.03 : -0.03) }
    let comparison = GateComparison(
      GateComparison.Question(framework: framework, threshold: threshold), rounds: RoundRatios(rounds),
      against: threshold.scale == .change
        ? .baseline(RoundRatios(rounds.map { $0 - log(ratio ?? 1) })) : .reference, runToRun: nil, policy: .standard)
    return ThresholdResult(
      scenario: scenario,
      Decision(
        comparison: comparison, verdict: verdict,
        estimate: ratio.map { LogEstimate(mean: log($0), standardError: 0.04, degreesOfFreedom: 30) },
        confidence: 0.95),
      baseline: threshold.scale == .change
        ? BaselineUse(
          name: "0123456789ab.json", isOwn: true,
          changes: Change.all(from: [framework: "1.2.2"], to: [framework: "1.2.3"]))
        : nil)
  }
}

extension SyntheticRun {
  /// One of everything a report has to show: a winner, a tie, errors, a failed check, rounds and a cell missing,
  /// a reference without sound figures, every kind of warning, names that must be escaped.
  package static var ofEverything: SyntheticRun {
    var run = SyntheticRun(
      scenarios: ["ping", "json", "db-write", "websocket", "sse"], frameworks: ["alpha", "beta", "gamma", "bare"])
    run.manifest.frameworks[2].title = "Gamma <b>&|*"
    run.manifest.frameworks[0].homepage = "https://alpha.example/docs/"
    for index in run.manifest.frameworks.indices {
      run.manifest.frameworks[index].application = "docker/frameworks/\(run.manifest.frameworks[index].name)"
    }
    run.manifest.environment.repository = "https://github.com/example/shootout"
    run.manifest.environment.commit = String(repeating: "0123abc789", count: 4)
    let drift = [1, 0.8, 1.1, 0.95, 1.05]
    for (scenario, speed) in [("ping", 900.0), ("json", 800), ("db-write", 300), ("websocket", 500)] {
      run.add(scenario, "bare", perSecond: drift.map { $0 * speed })
    }
    run.add("ping", "alpha", perSecond: [720, 571, 790, 690, 752])
    run.add("ping", "beta", perSecond: [630, 508, 688, 601, 664], latencyMs: 14)
    run.add("ping", "gamma", perSecond: [450, 362, 500, 425, 470], latencyMs: 22)
    run.add("json", "alpha", perSecond: [600, 470, 668, 570, 622])
    run.add("json", "beta", perSecond: [590, 485, 655, 575, 630])
    run.add("json", "gamma", perSecond: [400, 322, 440, 384, 422], latencyMs: 20)
    run.add("db-write", "alpha", perSecond: drift.map { $0 * 210 })
    run.add("db-write", "beta", perSecond: drift.map { $0 * 180 })
    run.add("db-write", "gamma", perSecond: [150, 120, 165, 142, 158])
    run.add("websocket", "alpha", perSecond: [40, 41, 39, 44, 40], latencyMs: 80)
    run.add("websocket", "beta", perSecond: [30, 31, 29, 33, 31], latencyMs: 90)
    run.remove("websocket", "beta", rounds: [4, 5])
    run.add("sse", "alpha", perSecond: [100, 101, 99, 100, 102])
    run.add("sse", "beta", perSecond: [88, 87, 88, 89, 86])
    run.add("sse", "gamma", perSecond: [70, 71, 69, 70, 70])
    run.add("sse", "bare", perSecond: [120, 121, 119, 118, 122])
    run.change("sse", "bare") { if $0.round == 2 { $0.load.verified = 0 } }
    run.change("db-write", "beta") {
      if $0.round == 3 {
        $0.load.errors = ["timeout": 2, "status": 1]
        $0.load.failures = ["POST /db answered 500: \"<oops>\""]
      }
    }
    for framework in ["alpha", "beta", "gamma", "bare"] {
      run.change("db-write", framework) {
        $0.checks = [
          CheckFigure(
            name: "rows inserted", passed: !(framework == "gamma" && $0.round == 5),
            detail: framework == "gamma" && $0.round == 5 ? "311 acknowledged, 316 in the table" : "as acknowledged")
        ]
      }
    }
    run.change("ping", "alpha") {
      $0.warnings = [RoundWarning(.inWords(sentence: "The generator used \(90 + $0.round) % of its CPU."))]
    }
    run.change("ping", "beta") {
      if $0.round == 2 { $0.resources.idleCpuS = ["alpha": 0.3] }
      if $0.round > 3 { $0.resources.otherCpuS = 0.6 }
      $0.resources.stealCpuS = 0.2
    }
    run.change("json", "gamma") {
      $0.load.connections = 40
      $0.resources.server = nil
    }
    run.parities.removeAll { $0.scenario == "websocket" }
    run.parities[3].faults["gamma"] = ["GET /sse: the content-type is text/html instead of text/event-stream"]
    run.verdicts = [
      ScenarioVerdicts(
        scenario: "ping", baseline: "baseline 0123456789ab.json, made on this kind of machine on 2026-06-30",
        results: [
          result("ping", "alpha", .throughput(downAtMost: 0.1), .pass, ratio: 1.02),
          result("ping", "alpha", .cpuPerRequest(upAtMost: 0.1), .inconclusive(.acrossThreshold), ratio: 1.05),
          result("ping", "beta", .throughput(downAtMost: 0.1), .fail, ratio: 0.7),
          result("ping", "gamma", .throughput(atLeast: 0.2), .pass, ratio: 0.5),
        ]),
      ScenarioVerdicts(
        scenario: "json", baseline: "baseline 0123456789ab.json, made on this kind of machine on 2026-06-30",
        results: [result("json", "alpha", .throughput(downAtMost: 0.1), .inconclusive(.noBaseline), ratio: nil)]),
    ]
    return run
  }
}
