import Foundation
import Histogram
import LoadEngine
import Statistics

@testable import BenchSupport

/// A run that was never measured: made of literal throughputs, so that a test can say what should come out.
struct SyntheticRun {
  var manifest: Manifest
  var rounds: [RoundEvidence] = []
  var verdicts: [ScenarioVerdicts] = []
  var profiles: [String] = []

  /// The last framework is the reference.
  init(scenarios: [String] = ["ping"], frameworks: [String] = ["alpha", "beta", "bare"], rounds: Int = 5) {
    manifest = Manifest(
      started: "2026-07-01T10:00:00Z",
      profile: Manifest.ProfileFigures(name: "quick", warmUpS: 1, rounds: rounds, windowS: 2),
      deployment: "process", seed: "18446744073709551615", connections: 50,
      scenarios: scenarios.map {
        Manifest.ScenarioEntry(
          name: $0, summary: "Measures \($0).", verification: "Every byte is compared.",
          unit: $0 == "websocket" ? "messages" : "requests")
      },
      frameworks: frameworks.map {
        Manifest.FrameworkEntry(
          name: $0, title: $0.capitalized, version: "1.2.3", server: "uvicorn", isReference: $0 == frameworks.last,
          versions: [$0: "1.2.3", "uvicorn": "0.40.0"])
      },
      environment: Manifest.Environment(
        cpuModel: "Test CPU", processors: 2, memoryBytes: 8 << 30, kernel: "6.1.0", operatingSystem: "Debian 12",
        python: "3.11.2", postgres: "15.8", swift: "6.3", revision: "0123abc", settings: ["workers": "4"]))
  }

  /// Adds a round for each figure. Latencies are spread around 10 ms, without chance.
  mutating func add(_ scenario: String, _ framework: String, perSecond figures: [Double], latencyMs: Double = 10) {
    for (index, figure) in figures.enumerated() {
      rounds.append(Self.round(scenario, framework, index + 1, perSecond: figure, latencyMs: latencyMs))
    }
  }

  static func round(
    _ scenario: String, _ framework: String, _ round: Int, perSecond: Double, latencyMs: Double = 10
  ) -> RoundEvidence {
    let verified = Int((perSecond * 2).rounded())
    var histogram = Histogram()
    for value in 0..<max(1, verified) {
      let share = (Double(value) + 0.5) / Double(max(1, verified))
      histogram.record(UInt64(latencyMs * 1e6 * (0.8 - 0.2 * log(1 - share))))
    }
    return RoundEvidence(
      scenario: scenario, framework: framework, round: round, position: 1, started: "2026-07-01T10:00:0\(round % 10)Z",
      seed: "7",
      load: LoadFigures(
        windowS: 2, verified: verified, bytesSent: verified * 50, bytesReceived: verified * 150, connections: 50,
        connectionsOpened: 50,
        perSecond: [1.0, 1.1].map { slower in
          SecondFigures(
            verified: verified / 2, errors: 0, p50Ms: latencyMs * 0.94 * slower, p99Ms: latencyMs * 1.72 * slower)
        }),
      histograms: ["latency": histogram.base64V2()],
      resources: ResourceFigures(
        server: ProcessFigures(processes: 5, cpuUserS: 1.5, cpuSystemS: 0.5, memoryBytes: 100 << 20),
        postgres: ProcessFigures(processes: 9, cpuUserS: 0.2, cpuSystemS: 0.1, memoryBytes: 60 << 20),
        generator: ProcessFigures(processes: 1, cpuUserS: 0.4, cpuSystemS: 0.4, memoryBytes: 20 << 20),
        idleCPUS: [:], otherCPUS: 0.01, stealCPUS: 0, speedProbeNs: round.isMultiple(of: 2) ? 12_000 : 11_400))
  }

  /// Changes the rounds of a cell; `change` sees each of them.
  mutating func change(_ scenario: String, _ framework: String, _ change: (inout RoundEvidence) -> Void) {
    for index in rounds.indices where rounds[index].scenario == scenario && rounds[index].framework == framework {
      change(&rounds[index])
    }
  }

  mutating func remove(_ scenario: String, _ framework: String, rounds gone: [Int]) {
    rounds.removeAll { $0.scenario == scenario && $0.framework == framework && gone.contains($0.round) }
  }

  var summary: RunSummary {
    RunSummary(manifest: manifest, rounds: rounds, verdicts: verdicts, profiles: profiles)
  }

  /// What the gate might have ruled on the change of a metric, 4 % of standard error around the ratio.
  static func ruling(
    _ scenario: String, _ framework: String, _ threshold: Threshold, _ verdict: Verdict, ratio: Double?
  ) -> ScenarioRuling {
    let rounds = (0..<20).map { log(ratio ?? 1) + ($0.isMultiple(of: 2) ? 0.03 : -0.03) }
    let comparison = GateComparison(
      GateComparison.Question(framework: framework, threshold: threshold), rounds: RoundRatios(rounds),
      against: threshold.scale == .change
        ? .baseline(RoundRatios(rounds.map { $0 - log(ratio ?? 1) })) : .withinRound, runToRun: nil
    )
    return ScenarioRuling(
      scenario: scenario,
      Ruling(
        comparison: comparison, verdict: verdict,
        estimate: ratio.map { LogEstimate(mean: log($0), standardError: 0.04, degreesOfFreedom: 30) },
        confidence: 0.95),
      baseline: threshold.scale == .change ? "0123456789ab.json, \(framework) 1.2.2, now 1.2.3" : nil)
  }

  /// The attachments as the perf tests name them.
  func attachments() throws -> [EvidenceFile] {
    try [EvidenceFile(name: "manifest.json", bytes: JSONEncoder().encode(manifest))]
      + rounds.map {
        EvidenceFile(
          name: "\($0.scenario)--\($0.framework)--round\($0.round).json", bytes: try JSONEncoder().encode($0))
      }
  }
}

extension SyntheticRun {
  /// One of everything a report has to show: a winner, a tie, errors, a failed check, rounds and a cell missing,
  /// a reference without sound figures, every kind of warning, names that must be escaped.
  static var ofEverything: SyntheticRun {
    var run = SyntheticRun(
      scenarios: ["ping", "json", "db-write", "websocket", "sse"], frameworks: ["alpha", "beta", "gamma", "bare"])
    run.manifest.frameworks[2].title = "Gamma <b>&|*"
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
    run.change("ping", "alpha") { $0.warnings = ["The generator used \(90 + $0.round) % of its CPU."] }
    run.change("ping", "beta") {
      if $0.round == 2 { $0.resources.idleCPUS = ["alpha": 0.3] }
      if $0.round > 3 { $0.resources.otherCPUS = 0.6 }
      $0.resources.stealCPUS = 0.2
    }
    run.change("json", "gamma") {
      $0.load.connections = 40
      $0.resources.server = nil
    }
    run.verdicts = [
      ScenarioVerdicts(
        scenario: "ping", baseline: "baseline 0123456789ab.json, made on this kind of machine on 2026-06-30",
        rulings: [
          ruling("ping", "alpha", .throughput(downAtMost: 0.1), .pass, ratio: 1.02),
          ruling("ping", "alpha", .cpuPerRequest(upAtMost: 0.1), .undecided(.acrossThreshold), ratio: 1.05),
          ruling("ping", "beta", .throughput(downAtMost: 0.1), .fail, ratio: 0.7),
          ruling("ping", "gamma", .throughput(atLeast: 0.2), .pass, ratio: 0.5),
        ]),
      ScenarioVerdicts(
        scenario: "json", baseline: "baseline 0123456789ab.json, made on this kind of machine on 2026-06-30",
        rulings: [ruling("json", "alpha", .throughput(downAtMost: 0.1), .undecided(.noBaseline), ratio: nil)]),
    ]
    return run
  }
}
