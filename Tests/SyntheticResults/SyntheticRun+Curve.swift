import Foundation
import Histogram
import Results

extension SyntheticRun {
  /// The curve of `ping` on three frameworks in so many rounds, without chance: `speed` a second at the most.
  package static func curve(rounds: Int = 3) -> (manifest: Manifest, records: BehaviourRecords) {
    let run = SyntheticRun()
    var manifest = run.manifest
    (manifest.timed, manifest.gated) = (false, false)
    manifest.behaviour = BehaviourPlan(curve: curvePlan(rounds: rounds))
    var records = BehaviourRecords()
    let speeds: [(framework: String, perSecond: Double)] = [("alpha", 1000), ("beta", 600), ("bare", 2000)]
    for (framework, perSecond) in speeds {
      for round in 1...rounds {
        // 2 % less, as much, 2 % more.
        let drift = 1 + 0.02 * Double(round % 3 - 1)
        records.curve += points(framework, perSecond * drift, round)
      }
    }
    records.curveEnds = [CurveEnd(scenario: "ping", rounds: rounds, cause: .allPlanned)]
    return (manifest, records)
  }

  package static func curvePlan(rounds: Int) -> CurvePlan {
    CurvePlan(
      levels: [
        "ping": [LoadLevel(.idle, 50), LoadLevel(.idle, 1000)]
          + [1, 16, 256].map { LoadLevel(.connections, $0) } + [25, 75, 95, 120].map { LoadLevel(.rate, $0) }
      ], rounds: rounds, windowS: 2, rateWindowS: 2, timeLimitS: 330, rateConnections: 50, latencyLimitMs: 50,
      servedShare: 0.99, halfWidth: 0.1,
      bounds: ["ping: without 1024 connections, because 1024 files may be open here (ulimit -n)."])
  }

  private static func points(_ framework: String, _ speed: Double, _ round: Int) -> [CurvePoint] {
    let plan = curvePlan(rounds: round)
    return plan.levels(of: "ping").filter { plan.measures($0, inRound: round) }.map { level in
      switch level.kind {
      case .connections:
        // Full speed from four connections on; then a request waits for all others.
        let perSecond = speed * min(1, Double(level.value) / 4)
        return curvePoint(
          level, framework, round, perSecond: perSecond, latencyMs: Double(level.value) / perSecond * 1000)
      case .rate:
        let share = Double(level.value) / 100
        let latency = share < 1 ? 4 / (1 - share) : 200
        return curvePoint(
          level, framework, round, perSecond: speed * min(share, 1), latencyMs: latency, offered: speed * share)
      case .idle:
        var point = curvePoint(level, framework, round, perSecond: 20, latencyMs: 3, offered: 20)
        point.idle = IdleFigures(
          standing: level.value, reopened: 0, serverBytes: (100 << 20) + level.value * 16_384, generatorBytes: 30 << 20)
        return point
      }
    }
  }

  /// - Parameter offered: nil of a closed loop.
  package static func curvePoint(
    _ level: LoadLevel, _ framework: String, _ number: Int, perSecond: Double, latencyMs: Double, offered: Double? = nil
  ) -> CurvePoint {
    var round = round("ping", framework, number, perSecond: perSecond, latencyMs: latencyMs)
    var point = CurvePoint(level, round, tookS: 2.5)
    guard let offered else { return point }
    let (due, served) = (Int(offered * 2), round.load.verified)
    round.histograms["intended_latency"] = round.histograms["latency"]
    point.round = round
    point.offered = OfferedLoad(perSecond: offered, due: max(due, served), unsent: max(0, due - served))
    return point
  }
}
