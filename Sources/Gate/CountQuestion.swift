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
  /// Of the starts that were looked at last: those of the run, or all fresh ones.
  private var estimate: CountRatio?
  private var fresh = (now: [CountedFigure](), before: [CountedFigure]())
  /// Of the run itself.
  private var first: (now: CountedFigure, before: CountedFigure)?

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

  /// Clears it, leaves it open, or finds that nothing can be decided. It fails here only by what no start explains.
  mutating func screen(_ counts: [CellCounts]) { state = screened(counts) }

  private mutating func screened(_ counts: [CellCounts]) -> State {
    guard let now = counts.first(where: { $0.framework == framework }) else {
      return .undecided("it was not counted")
    }
    let earlier: CellCounts
    switch before {
    case .nothing(let reason): return .undecided(reason)
    case .stored(let cell, _): earlier = cell
    case .target(let name):
      guard let cell = counts.first(where: { $0.framework == name }) else {
        return .undecided("\(name) was not counted")
      }
      earlier = cell
    }
    // Two targets of a run may differ in whatever is to be compared, such as the interpreter.
    if case .stored = before, let difference = now.conditions.differences(from: earlier.conditions) {
      return .undecided("counted under other conditions: \(difference)")
    }
    let name = threshold.metric.rawValue
    guard let figure = now[threshold.metric] else {
      return .undecided("not counted: \(now.absent[name] ?? "no reason is known")")
    }
    guard let past = earlier[threshold.metric] else {
      return .undecided("not counted before: \(earlier.absent[name] ?? "no reason is known")")
    }
    let estimate = CountRatio(now: [figure], before: [past], of: threshold.metric, policy)
    self.estimate = estimate
    first = (figure, past)
    if estimate.isFarBeyond(threshold.ratio) { return .failed }
    return estimate.isTolerated(threshold.ratio, confidence: policy.countConfidence) ? .passed : .open
  }

  /// Decides by the fresh starts so far, if they are clear or if there will be no more.
  mutating func look(at counts: [CellCounts]) { state = looked(counts) }

  private mutating func looked(_ counts: [CellCounts]) -> State {
    guard let now = counts.first(where: { $0.framework == framework }) else {
      return .undecided("it could not be counted again")
    }
    let other: CountedFigure?
    switch before {
    case .nothing(let reason): return .undecided(reason)
    case .stored(let cell, _): other = cell[metric]
    case .target(let name):
      guard let cell = counts.first(where: { $0.framework == name }) else {
        return .undecided("\(name) could not be counted again")
      }
      other = cell[metric]
    }
    guard let first, let figure = now[metric], let other else { return .undecided("a fresh start gave no figure") }
    fresh.now.append(figure)
    if case .target = before { fresh.before.append(other) } else { fresh.before = [other] }
    let estimate = CountRatio(now: fresh.now, before: fresh.before, of: metric, policy)
    self.estimate = estimate
    let isLast = fresh.now.count >= policy.countRestarts
    var earlier = fresh.before
    if case .target = before { earlier.append(first.before) }
    let ofAll = CountRatio(now: fresh.now + [first.now], before: earlier, of: metric, policy)
    if ofAll.isTolerated(threshold.ratio, confidence: policy.countPassConfidence) { return .passed }
    if isLast, estimate.isTolerated(threshold.ratio) { return .passed }
    if estimate.isClearlyBeyond(threshold.ratio) { return .failed }
    guard isLast else { return .open }
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
