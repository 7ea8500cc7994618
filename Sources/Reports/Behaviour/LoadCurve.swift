import Foundation
import Gate
import Histogram
import Results
import Statistics

/// The curve of one scenario: what each framework did at each level, over all rounds. A pure value, computed from the points
/// of a run and its plan.
struct LoadCurve: Equatable {
  var entry: Manifest.ScenarioEntry
  var plan: CurvePlan
  /// In the manifest's order.
  var frameworks: [FrameworkCurve]
  /// nil where it is not through.
  var end: CurveEnd?

  /// What one framework did.
  struct FrameworkCurve: Equatable {
    var framework: Manifest.FrameworkEntry
    /// In the order of the plan; those that were measured.
    var levels: [CurveLevel]
    /// nil where no round has all its rates.
    var knee: Knee?
    /// Why the rest is missing; nil where nothing is known of that.
    var loss: CurveLoss?

    func levels(_ kind: LoadLevel.Kind) -> [CurveLevel] { levels.filter { $0.level.kind == kind } }
  }

  init?(_ scenario: String, _ run: RunSummary) {
    guard let plan = run.manifest.behaviour?.curve,
      let entry = run.manifest.scenarios.first(where: { $0.name == scenario })
    else { return nil }
    let points = run.behaviour.curve.filter { $0.round.scenario == scenario }
    if points.isEmpty { return nil }
    self.entry = entry
    self.plan = plan
    end = run.behaviour.curveEnds.first { $0.scenario == scenario }
    let reference = run.reference?.name
    frameworks = run.manifest.frameworks.map { framework in
      let own = points.filter { $0.round.framework == framework.name }
      let levels = plan.levels(of: scenario).compactMap { level in
        CurveLevel(
          level, own.filter { $0.level == level },
          beside: reference.map { name in points.filter { $0.level == level && $0.round.framework == name } } ?? [])
      }
      return FrameworkCurve(
        framework: framework, levels: levels, knee: Knee(Self.knees(own, plan, scenario)),
        loss: run.behaviour.curveLosses.first { $0.scenario == scenario && $0.framework == framework.name })
    }
  }

  /// Of the rounds in which every rate was measured.
  private static func knees(_ points: [CurvePoint], _ plan: CurvePlan, _ scenario: String) -> [RoundKnee] {
    let rates = plan.levels(of: scenario).filter { $0.kind == .rate }
    let criterion = KneeCriterion(latencyMs: plan.latencyLimitMs, servedShare: plan.servedShare)
    let byRound = Dictionary(grouping: points.filter { $0.level.kind == .rate }, by: \.round.round)
    return byRound.sorted { $0.key < $1.key }.compactMap { _, points in
      Set(points.map(\.level)).count == rates.count ? RoundKnee(points.compactMap(OfferedRate.init), criterion) : nil
    }
  }

  func curve(_ framework: String) -> FrameworkCurve? { frameworks.first { $0.framework.name == framework } }

  /// All curves of a run, in the manifest's order.
  static func all(_ run: RunSummary) -> [LoadCurve] {
    run.manifest.scenarios.compactMap { LoadCurve($0.name, run) }
  }
}

extension OfferedRate {
  /// nil of a point that is none of a rate.
  init?(_ point: CurvePoint) {
    guard let offered = point.offered else { return nil }
    self.init(
      perSecond: offered.perSecond, p99Ms: point.latency?.percentile(99).map { Double($0) * 1e-6 },
      servedShare: point.servedShare ?? 0, isLimitedByGenerator: point.round.isLimitedByGenerator)
  }
}

extension CurvePoint {
  /// Of an open loop from the instant at which each request was due, what was never sent included; nil where nothing ended.
  var latency: Histogram? {
    let record = round.histograms[offered == nil ? "latency" : "intended_latency"]
    guard let histogram = try? record?.histogram(), histogram.count > 0 else { return nil }
    return histogram
  }

  /// Of what was due, from 0 to 1; nil of a closed loop, and where nothing was.
  var servedShare: Double? {
    offered.flatMap { $0.due > 0 ? min(1, Double(round.load.verified) / Double($0.due)) : nil }
  }
}
