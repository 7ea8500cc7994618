import Gate
import Results
import Statistics

/// The sentences and the cells of tables about several runs, the same in Markdown and HTML.
enum TrendText {
  static func title(_ trend: RunTrend) -> String { "Framework Shootout: \(trend.runs.count) runs compared" }

  static func inOneMinute(_ trend: RunTrend) -> [String] {
    guard let first = trend.runs.first, let last = trend.runs.last else { return [] }
    let compared = trend.series.count { $0.change != nil }
    let changes = trend.changes
    let inconclusive = trend.inconclusive
    let faster = changes.count(where: \.change.isFaster)
    let same = compared - changes.count - inconclusive.count
    let head =
      "\(first.label) and \(last.label) have \(Figure.counted(compared, "cell")) in common. Relative to the reference, "
      + "\(faster) became faster and \(changes.count - faster) slower; \(same) "
      + "\(same == 1 ? "shows" : "show") no change beyond chance"
      + (inconclusive.isEmpty
        ? "." : ", and \(inconclusive.count) \(inconclusive.count == 1 ? "is" : "are") inconclusive.")
    return [head] + changes.map { "\(sentence($0))." }
      + inconclusive.map { "\(sentence($0)): inconclusive, \($0.change.reason?.text ?? "")." }
  }

  /// `Sanic in sse: +22 % (interval +3.5 % to +44 %)`
  private static func sentence(_ changed: (series: RunTrend.Series, change: RunTrend.Change)) -> String {
    "\(changed.series.framework.title) in \(changed.series.scenario): \(Figure.change(changed.change.estimate.ratio)) "
      + "(interval \(interval(changed.change)))"
  }

  static func interval(_ change: RunTrend.Change) -> String {
    "\(Figure.change(change.interval.low)) to \(Figure.change(change.interval.high))"
  }

  static let howCompared =
    "Runs are compared by throughput relative to the reference, which was measured in the same rounds. The interval of a "
    + "change allows for the shift from run to run (\(GatePolicy.standard.runToRun.inWords) for a single run). "
    + "All changes together are corrected by Holm’s method at 5 %: with 95 % confidence, every change that is called "
    + "faster or slower is real. Where a run was disturbed, or limited by its generator, a change is inconclusive."

  static func ratios(_ trend: RunTrend) -> [[String]] {
    trend.series.map { series in
      [series.scenario, series.framework.title] + series.ratios.map { Figure.ratio($0?.ratio) } + change(series.change)
    }
  }

  private static func change(_ change: RunTrend.Change?) -> [String] {
    guard let change else { return [Figure.missing, Figure.missing, "not in both"] }
    let verdict =
      !change.decision.isSignificant
      ? "no change shown" : change.reason.map { "inconclusive, \($0.text)" } ?? (change.isFaster ? "faster" : "slower")
    return [Figure.change(change.estimate.ratio), interval(change), verdict]
  }

  static func aboutStanding(_ trend: RunTrend) -> String {
    let common = trend.commonScenarios
    if common.isEmpty { return "No scenario has figures of every framework in every run." }
    return "The geometric mean of throughput relative to the reference over the "
      + "\(Figure.counted(common.count, "scenario")) that every run has for every framework."
  }
}
