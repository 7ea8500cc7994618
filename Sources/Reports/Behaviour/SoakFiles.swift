import Gate
import Results
import Statistics
import Text

/// `soak.csv`: a row for each segment. Missing is empty, never zero.
public enum SoakCSV {
  /// nil of a run without a soak.
  public static func text(_ run: RunSummary) -> String? {
    let soaks = SoakSummary.all(run)
    guard !soaks.isEmpty else { return nil }
    let rows = soaks.flatMap { soak in soak.segments.map { segment in columns.map { $0.value(soak, segment) } } }
    return ([columns.map(\.name)] + rows).map { $0.map(\.escapingControls).joined(separator: ",") + "\n" }.joined()
  }

  /// The order is a promise to scripts: new columns go to the end. No value has a comma or a quote.
  private static let columns: [(name: String, value: @Sendable (SoakSummary, SoakSegment) -> String)] = [
    ("scenario", { $1.round.scenario }),
    ("framework", { $1.round.framework }),
    ("segment", { String($1.segment) }),
    ("start", { String($1.start) }),
    ("started", { $1.round.started }),
    ("since_start_s", { Figure.plain($1.sinceStartS) }),
    ("under_load_min", { Figure.plain($0.minutes($1)) }),
    ("requests_before", { String($1.exchangesBefore) }),
    ("offered_per_s", { soak, _ in Figure.plain(soak.plan.ratePerSecond) }),
    ("verified", { String($1.round.load.verified) }),
    ("errors", { String($1.round.load.errorCount) }),
    ("unsent", { String($1.unsent) }),
    ("req_s", { Figure.plain($1.round.load.verifiedPerSecond) }),
    ("p50_ms", { Figure.plain($1.latency(50)) }),
    ("p99_ms", { Figure.plain($1.latency(99)) }),
    ("mem_mib", { Figure.plain($1.memoryMebibytes) }),
    ("mem_at_rest_mib", { Figure.plain(($1.round.warmUp?.memoryAtRestBytes).map { Double($0) / 1_048_576 }) }),
    ("descriptors", { $1.descriptors.map(String.init) ?? "" }),
    ("processes", { ($1.round.resources.server?.processes).map(String.init) ?? "" }),
    ("cpu_s", { Figure.plain($1.round.resources.server?.cpuS) }),
    ("generator_mem_mib", { Figure.plain($1.generatorMebibytes) }),
  ]
}

/// The part `behaviour.soak` of `results.json`.
enum SoakJSON {
  /// nil of a run without a soak.
  static func object(_ run: RunSummary) -> JSONObject? {
    let soaks = SoakSummary.all(run)
    guard let plan = soaks.first?.plan else { return nil }
    return [
      "scenario": plan.scenario, "rate_per_second": plan.ratePerSecond, "duration_s": plan.durationS,
      "segment_s": plan.segmentS, "segments": plan.segments, "arrivals": "poisson", "together": plan.isTogether,
      "capacity_share": plan.capacityShare,
      "capacities": plan.capacities.sorted { $0.key < $1.key }.map {
        ["framework": $0.key, "req_s": $0.value] as JSONObject
      },
      "frameworks": soaks.map(framework),
    ]
  }

  private static func framework(_ soak: SoakSummary) -> JSONObject {
    let (isKnown, latency) = (!soak.segments.isEmpty, soak.latency)
    return [
      "framework": soak.framework.name, "segments": soak.segments.count, "starts": soak.starts,
      "measured_s": soak.measuredS, "verified": isKnown ? soak.verified : nil, "errors": isKnown ? soak.errors : nil,
      "unsent": isKnown ? soak.unsent : nil, "req_s": soak.perSecond,
      "latency_ms": latency.map { ["p50": $0[50], "p99": $0[99], "max": $0.maxMs] as JSONObject },
      "mem_at_rest_mib": soak.memoryAtRestMebibytes, "mem_first_mib": soak.firstMemoryMebibytes,
      "mem_last_mib": soak.lastMemoryMebibytes, "memory_mib_per_million": growth(soak.memory),
      "descriptors_per_million": growth(soak.descriptors), "series": soak.segments.map { segment($0, of: soak) },
    ]
  }

  private static func segment(_ segment: SoakSegment, of soak: SoakSummary) -> JSONObject {
    [
      "segment": segment.segment, "start": segment.start, "under_load_min": soak.minutes(segment),
      "req_s": segment.round.load.verifiedPerSecond, "p50_ms": segment.latency(50), "p99_ms": segment.latency(99),
      "mem_mib": segment.memoryMebibytes, "descriptors": segment.descriptors, "errors": segment.round.load.errorCount,
    ]
  }

  private static func growth(_ growth: Growth) -> JSONObject {
    [
      "verdict": growth.verdict.name, "tolerated": growth.tolerated, "slope": growth.drift?.slope,
      "interval": growth.interval.map {
        ["low": $0.low, "high": $0.high, "confidence": $0.confidence] as JSONObject
      }, "points": growth.drift?.points, "median_slope": growth.drift?.medianSlope,
      "later_slope": growth.drift?.laterSlope,
    ]
  }
}

extension Growth.Verdict {
  /// In files.
  var name: String {
    switch self {
    case .leaks: "leaks"
    case .mayLeak: "may_leak"
    case .grows: "grows"
    case .levelsOff: "levels_off"
    case .steady: "steady"
    case .tooWide: "too_wide"
    case .unknown: "too_short"
    case .unseen: "unseen"
    }
  }
}
