import Histogram
import Results

extension SyntheticRun {
  /// Segments of 10,000 requests in ten seconds on one start, with what their server held.
  ///
  /// - Parameters:
  ///   - start: of the server; later segments may be on another.
  ///   - latencyMs: of each segment; one figure for all where there is no more.
  package static func soak(
    _ framework: String, memoryMebibytes figures: [Double], from first: Int = 1, start: Int = 1,
    latencyMs: [Double] = [4], descriptors: Int = 70
  ) -> [SoakSegment] {
    figures.enumerated().map { index, memory in
      let number = first + index
      var round = round(
        "ping", framework, number, perSecond: 50, latencyMs: latencyMs[min(index, latencyMs.count - 1)])
      round.histograms["intended_latency"] = soakHistogram(latencyMs[min(index, latencyMs.count - 1)])
      round.load.windowS = 10
      round.load.verified = 10_000
      round.load.perSecond = []
      round.resources.server?.anonymousMemoryBytes = Int(memory * 1_048_576)
      round.resources.server?.descriptors = descriptors
      if index == 0 { round.warmUp = WarmUpFigures(lengthS: 3, isSteady: true, memoryAtRestBytes: 60 << 20) }
      return SoakSegment(
        segment: number, start: start, sinceStartS: Double(index + 1) * 20, exchangesBefore: 6_000 + index * 10_000,
        unsent: 0, round)
    }
  }

  /// 2,000 responses of which 1 in 50 takes ten times as long.
  private static func soakHistogram(_ milliseconds: Double) -> HistogramRecord {
    var histogram = Histogram()
    for index in 0..<2000 {
      histogram.record(UInt64(milliseconds * (index.isMultiple(of: 50) ? 10 : 1) * 1e6))
    }
    return .counted(histogram)
  }

  /// A soak of an hour in segments of 10 s: one framework that leaks, one that is steady and lost a worker, and the reference.
  package static var ofSoak: SyntheticRun {
    var run = SyntheticRun(scenarios: ["ping"], frameworks: ["alpha", "beta", "bare"])
    (run.manifest.timed, run.manifest.gated) = (false, false)
    run.manifest.behaviour = BehaviourPlan(
      soak: SoakPlan(
        scenario: "ping", ratePerSecond: 1000, durationS: 600, segmentS: 10, capacityShare: 0.5,
        capacities: ["alpha": 2800, "beta": 2000, "bare": 5600]))
    // As if of a generator: no two neighbours alike, and nothing by chance.
    let wave = (0..<60).map { Double(($0 * 7) % 5 - 2) * 0.05 }
    let leaking = wave.enumerated().map { 82 + 0.12 * Double($0.offset) + $0.element }
    let steady = wave.map { 64 + $0 }
    run.behaviour.soak =
      soak("alpha", memoryMebibytes: leaking, latencyMs: wave.map { 4 + $0 })
      + soak("beta", memoryMebibytes: steady.prefix(24).map { $0 + 40 }, latencyMs: wave.map { 6 + $0 })
      + soak(
        "beta", memoryMebibytes: steady.prefix(36).map { $0 + 44 }, from: 25, start: 2, latencyMs: wave.map { 6 + $0 })
      + soak("bare", memoryMebibytes: steady, latencyMs: wave.map { 2 + $0 }, descriptors: 64)
    run.behaviour.soak[60 + 23].round.checks = [
      CheckFigure(
        name: "workers", passed: false,
        detail: "process 4211 of beta ended in this window, and process 4300 came for it")
    ]
    run.behaviour.soak[60 + 23].round.load.errors = ["reset": 12]
    run.behaviour.soak[60 + 23].round.load.failures = ["reset in GET /ping: the server reset the connection"]
    return run
  }
}
