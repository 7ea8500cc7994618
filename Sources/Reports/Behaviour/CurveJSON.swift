import Results
import Statistics

/// `behaviour.curve` in `results.json`.
enum CurveJSON {
  /// nil where there is no curve.
  static func curves(_ run: RunSummary) -> [JSONObject]? {
    let curves = LoadCurve.all(run)
    return curves.isEmpty ? nil : curves.map(curve)
  }

  private static func curve(_ curve: LoadCurve) -> JSONObject {
    [
      "scenario": curve.entry.name, "unit": curve.entry.unit, "latency_limit_ms": curve.plan.latencyLimitMs,
      "served_limit": curve.plan.servedShare, "window_s": curve.plan.windowS, "rate_window_s": curve.plan.rateWindowS,
      "rate_connections": curve.plan.rateConnections, "rounds": curve.end?.rounds, "end": curve.end?.cause.rawValue,
      "bounds": curve.plan.bounds, "frameworks": curve.frameworks.map { framework($0, curve.plan) },
    ]
  }

  private static func framework(_ one: LoadCurve.FrameworkCurve, _ plan: CurvePlan) -> JSONObject {
    let costs = IdleCost.all(one)
    return [
      "framework": one.framework.name, "knee": one.knee.map(knee),
      "lost": one.loss?.outage.text,
      "levels": one.levels.map { level in
        self.level(level, plan, cost: costs.first { $0.level.level == level.level })
      },
    ]
  }

  private static func knee(_ knee: Knee) -> JSONObject {
    switch knee {
    case .known(let rate, let interval, let rounds):
      ["state": "known", "req_s": rate, "interval": self.interval(interval), "rounds": rounds]
    case .atLeast(let rate, let isLimited):
      ["state": "at_least", "req_s": rate, "limited_by_generator": isLimited]
    case .below(let rate): ["state": "below", "req_s": rate]
    }
  }

  private static func level(_ level: CurveLevel, _ plan: CurvePlan, cost: IdleCost?) -> JSONObject {
    [
      "kind": level.level.kind.rawValue, "value": level.level.value, "rounds": level.rounds,
      "offered_s": level.offered, "req_s": estimate(level.throughput),
      "ratio_to_reference": level.ratio.map { ["ratio": $0.ratio, "interval": interval($0.interval())] as JSONObject },
      "p50_ms": level.p50.map(estimate), "p99_ms": level.p99.map(estimate), "samples": level.samples,
      "served": level.served, "holds": level.level.kind == .rate ? level.holds(plan) : nil, "errors": level.errors,
      "mem_mib": level.memoryBytes.map { Double($0) / 1_048_576 },
      "rounds_limited_by_generator": level.limitedRounds, "standing": level.idle?.standing,
      "reopened": level.idle?.reopened, "idle_mem_mib": level.idle?.serverBytes.map { Double($0) / 1_048_576 },
      "generator_mem_mib": level.idle?.generatorBytes.map { Double($0) / 1_048_576 },
      "bytes_per_connection": cost?.bytesOfConnection,
    ]
  }

  private static func estimate(_ estimate: CurveLevel.Estimate) -> JSONObject {
    ["value": estimate.value, "interval": estimate.interval.map(interval)]
  }

  private static func interval(_ interval: ConfidenceInterval) -> JSONObject {
    ["low": interval.low, "high": interval.high, "confidence": interval.confidence]
  }
}
