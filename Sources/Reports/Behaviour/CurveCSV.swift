import Results
import Statistics
import Text

/// `curve.csv`: a row for each level of each framework, and one for what is held. As `results.csv`: missing is empty, units end
/// the names, new columns go to the end.
public enum CurveCSV {
  /// nil where there is no curve.
  public static func text(_ run: RunSummary) -> String? {
    let curves = LoadCurve.all(run)
    if curves.isEmpty { return nil }
    let rows = curves.flatMap { curve in
      curve.frameworks.flatMap { one -> [[String]] in
        let costs = IdleCost.all(one)
        let levels = one.levels.map { level in
          columns.map { $0.value(level, costs.first { $0.level.level == level.level }) }
        }
        return (levels + [knee(one, curve.plan)]).map { [curve.entry.name, one.framework.name] + $0 }
      }
    }
    let names = ["scenario", "framework"] + columns.map(\.name) + ["knee"]
    return ([names] + rows).map { row in
      let padded = row + [String](repeating: "", count: names.count - row.count)
      return padded.map(\.escapingControls).joined(separator: ",") + "\n"
    }.joined()
  }

  /// Its level is the latency that is allowed.
  private static func knee(_ one: LoadCurve.FrameworkCurve, _ plan: CurvePlan) -> [String] {
    var fields = [String](repeating: "", count: columns.count + 1)
    func set(_ name: String, _ value: String) {
      if let place = columns.firstIndex(where: { $0.name == name }) { fields[place] = value }
    }
    set("kind", "knee")
    set("value", Figure.plain(plan.latencyLimitMs))
    switch one.knee {
    case .known(let rate, let interval, let rounds):
      set("req_s", Figure.plain(rate))
      set("req_s_low", Figure.plain(interval.low))
      set("req_s_high", Figure.plain(interval.high))
      set("rounds", String(rounds))
      fields[columns.count] = "known"
    case .atLeast(let rate, let isLimited):
      if rate > 0 { set("req_s", Figure.plain(rate)) }
      fields[columns.count] = isLimited ? "at_least_by_generator" : "at_least"
    case .below(let rate):
      set("req_s", Figure.plain(rate))
      fields[columns.count] = "below"
    case nil: break
    }
    return fields
  }

  private static let columns: [(name: String, value: @Sendable (CurveLevel, IdleCost?) -> String)] = [
    ("kind", { level, _ in level.level.kind.rawValue }),
    ("value", { level, _ in String(level.level.value) }),
    ("rounds", { level, _ in String(level.rounds) }),
    ("offered_s", { level, _ in Figure.plain(level.offered) }),
    ("req_s", { level, _ in Figure.plain(level.throughput.value) }),
    ("req_s_low", { level, _ in Figure.plain(level.throughput.interval?.low) }),
    ("req_s_high", { level, _ in Figure.plain(level.throughput.interval?.high) }),
    ("ratio_to_reference", { level, _ in Figure.plain(level.ratio?.ratio) }),
    ("ratio_to_reference_low", { level, _ in Figure.plain(level.ratio?.interval().low) }),
    ("ratio_to_reference_high", { level, _ in Figure.plain(level.ratio?.interval().high) }),
    ("p50_ms", { level, _ in Figure.plain(level.p50?.value) }),
    ("p50_ms_low", { level, _ in Figure.plain(level.p50?.interval?.low) }),
    ("p50_ms_high", { level, _ in Figure.plain(level.p50?.interval?.high) }),
    ("p99_ms", { level, _ in Figure.plain(level.p99?.value) }),
    ("p99_ms_low", { level, _ in Figure.plain(level.p99?.interval?.low) }),
    ("p99_ms_high", { level, _ in Figure.plain(level.p99?.interval?.high) }),
    ("samples", { level, _ in String(level.samples) }),
    ("served", { level, _ in Figure.plain(level.served) }),
    ("errors", { level, _ in String(level.errors) }),
    ("mem_mib", { level, _ in Figure.plain(level.memoryBytes.map { Double($0) / 1_048_576 }) }),
    ("rounds_limited_by_generator", { level, _ in String(level.limitedRounds) }),
    ("standing", { level, _ in level.idle.map { String($0.standing) } ?? "" }),
    ("reopened", { level, _ in level.idle.map { String($0.reopened) } ?? "" }),
    ("bytes_per_connection", { _, cost in Figure.plain(cost?.bytesOfConnection) }),
  ]
}
