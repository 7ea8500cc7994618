import Gate
import Histogram
import Results
import Statistics

/// What a soak showed of one framework, over all its segments.
struct SoakSummary: Equatable {
  let framework: Manifest.FrameworkEntry
  let plan: SoakPlan
  /// In their order; those that are not measured are absent.
  let segments: [SoakSegment]
  let memory: Growth
  let descriptors: Growth

  init(_ framework: Manifest.FrameworkEntry, _ plan: SoakPlan, _ segments: [SoakSegment], _ policy: GatePolicy) {
    self.framework = framework
    self.plan = plan
    self.segments = segments
    memory = segments.memoryGrowth(policy)
    descriptors = segments.descriptorGrowth(policy)
  }

  /// Of all frameworks that were to be soaked, in the manifest's order; empty where none was.
  static func all(_ run: RunSummary, _ policy: GatePolicy = .standard) -> [SoakSummary] {
    guard let plan = run.manifest.behaviour?.soak else { return [] }
    return run.manifest.frameworks.map { framework in
      SoakSummary(
        framework, plan, run.behaviour.soak.filter { $0.round.framework == framework.name }, policy)
    }
  }

  /// Under load, in seconds.
  var measuredS: Double { segments.reduce(0) { $0 + $1.round.load.windowS } }
  var verified: Int { segments.reduce(0) { $0 + $1.round.load.verified } }
  var errors: Int { segments.reduce(0) { $0 + $1.round.load.errorCount } }
  var unsent: Int { segments.reduce(0) { $0 + $1.unsent } }
  var starts: Int { Set(segments.map(\.start)).count }
  /// The segments that the plan has and the run has not.
  var missing: [Int] {
    let known = Set(segments.map(\.segment))
    return (1..<plan.segments + 1).filter { !known.contains($0) }
  }

  var perSecond: Double? { measuredS > 0 ? Double(verified) / measuredS : nil }

  /// The share of what was due that was served.
  var served: Double? {
    let due = verified + errors + unsent
    return due > 0 ? Double(verified) / Double(due) : nil
  }

  /// Of all segments together, from the instant at which each request was due; nil where a histogram cannot be read.
  var latency: LatencySummary? {
    var merged = Histogram()
    for segment in segments {
      guard let histogram = try? segment.round.histograms[Self.latencyName]?.histogram() else { return nil }
      merged.merge(histogram)
    }
    return LatencySummary(merged)
  }

  fileprivate static let latencyName = "intended_latency"

  /// What the processes held before the first load.
  var memoryAtRestMebibytes: Double? {
    segments.compactMap { $0.round.warmUp?.memoryAtRestBytes }.first.map { Double($0) / 1_048_576 }
  }
  var firstMemoryMebibytes: Double? { segments.lazy.compactMap(\.memoryMebibytes).first }
  var lastMemoryMebibytes: Double? { segments.reversed().lazy.compactMap(\.memoryMebibytes).first }

  /// The middle of a segment on the axis of time: minutes under load, whatever came between.
  func minutes(_ segment: SoakSegment) -> Double { (Double(segment.segment) - 0.5) * plan.segmentS / 60 }
}

extension SoakSegment {
  var memoryMebibytes: Double? { round.resources.server?.anonymousMemoryBytes.map { Double($0) / 1_048_576 } }
  var generatorMebibytes: Double? { round.resources.generator?.memoryBytes.map { Double($0) / 1_048_576 } }
  var descriptors: Int? { round.resources.server?.descriptors }

  /// In milliseconds, from the instant at which a request was due; nil where too few responses lie beyond it to tell.
  func latency(_ percent: Double) -> Double? {
    guard let histogram = try? round.histograms[SoakSummary.latencyName]?.histogram(),
      let latency = LatencySummary(histogram), latency.isSupported(percent)
    else { return nil }
    return latency[percent]
  }
}
