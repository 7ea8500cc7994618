import Foundation
import Results
import Statistics

/// One threshold of one framework on its way to a decision.
struct CountQuestion {
  let framework: String
  private let threshold: CountThreshold
  private let before: CountGate.Before
  private let policy: GatePolicy
  private var state = State.open
  /// Of all starts so far.
  private var estimate: CountRatio?
  /// Of the run itself, and then of each fresh start.
  private var now: [CountedFigure] = []
  /// The same; but what was stored stays as it is.
  private var earlier: [CountedFigure] = []

  private enum State {
    case open, passed, failed
    case undecided(String)
  }

  init(framework: String, threshold: CountThreshold, before: CountGate.Before, policy: GatePolicy) {
    self.framework = framework
    self.threshold = threshold
    self.before = before
    self.policy = policy
  }

  var metric: CountMetric { threshold.metric }

  var isOpen: Bool {
    if case .open = state { true } else { false }
  }

  /// Looks at the counts of the run, and finds whether anything can be decided.
  mutating func screen(_ counts: [CellCounts]) { state = screened(counts) }

  private mutating func screened(_ counts: [CellCounts]) -> State {
    switch cells(counts, missing: "was not counted") {
    case .failure(let obstacle): return .undecided(obstacle.reason)
    case .success(let (cell, other)):
      // Two targets of a run may differ in whatever is to be compared, such as the interpreter.
      if case .stored = before, let difference = cell.conditions.differences(from: other.conditions) {
        return .undecided("counted under other conditions: \(difference)")
      }
      let name = metric.rawValue
      guard let figure = cell[metric] else {
        return .undecided("not counted: \(cell.absent[name] ?? "no reason is known")")
      }
      guard let past = other[metric] else {
        return .undecided("not counted before: \(other.absent[name] ?? "no reason is known")")
      }
      return decided(by: figure, past)
    }
  }

  /// Looks at the counts of a fresh start.
  mutating func look(at counts: [CellCounts]) { state = looked(counts) }

  private mutating func looked(_ counts: [CellCounts]) -> State {
    switch cells(counts, missing: "could not be counted again") {
    case .failure(let obstacle): return .undecided(obstacle.reason)
    case .success(let (cell, other)):
      guard let figure = cell[metric], let past = other[metric] else {
        return .undecided("a fresh start gave no figure")
      }
      return decided(by: figure, past)
    }
  }

  private struct Obstacle: Error {
    var reason: String
  }

  /// The framework's counts, and those that they are held against.
  private func cells(
    _ counts: [CellCounts], missing: String
  ) -> Result<(now: CellCounts, before: CellCounts), Obstacle> {
    func cell(_ name: String) -> CellCounts? { counts.first { $0.framework == name } }
    guard let now = cell(framework) else { return .failure(Obstacle(reason: "it \(missing)")) }
    switch before {
    case .nothing(let reason): return .failure(Obstacle(reason: reason))
    case .stored(let stored, _): return .success((now, stored))
    case .target(let name):
      guard let other = cell(name) else { return .failure(Obstacle(reason: "\(name) \(missing)")) }
      return .success((now, other))
    }
  }

  /// By all starts so far, of which these are the latest.
  private mutating func decided(by figure: CountedFigure, _ past: CountedFigure) -> State {
    now.append(figure)
    if case .stored = before { earlier = [past] } else { earlier.append(past) }
    let estimate = CountRatio(now: now, before: earlier, of: metric, policy)
    self.estimate = estimate
    if estimate.isFarBeyond(threshold.ratio) { return .failed }
    let starts = now.reduce(0) { $0 + $1.starts.count }
    if starts >= policy.startsToPass(metric), estimate.isClearlyTolerated(threshold.ratio) { return .passed }
    if starts >= policy.startsToFail(metric), estimate.isClearlyBeyond(threshold.ratio) { return .failed }
    guard now.count > policy.countRestarts else { return .open }
    if estimate.isTolerated(threshold.ratio) { return .passed }
    return estimate.isKnown ? .failed : .undecided("it scatters too much from one batch to the next")
  }

  func result(_ scenario: String) -> CountResult {
    let (verdict, reason): (ThresholdResult.Outcome, String?) =
      switch state {
      case .passed: (.pass, nil)
      case .failed: (.fail, nil)
      case .undecided(let reason): (.undecided, reason)
      case .open: (.undecided, "it was not counted often enough")
      }
    var result = CountResult(
      scenario: scenario, framework: framework, metric: threshold.metric, verdict: verdict, reason: reason,
      tolerated: threshold.ratio, starts: estimate?.starts ?? 0)
    if case .stored(_, let changes) = before { result.changes = changes }
    guard let estimate else { return result }
    (result.before, result.now, result.ratio) = (estimate.before, estimate.now, estimate.ratio)
    (result.low, result.high) = (estimate.interval?.low, estimate.interval?.high)
    return result
  }
}
