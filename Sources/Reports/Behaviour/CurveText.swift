import Foundation
import Gate
import Results
import Statistics

/// The sentences and figures of a load curve.
enum CurveText {
  // MARK: Figures

  /// `4,120 (3,900 to 4,300)`
  static func estimate(_ estimate: CurveLevel.Estimate?) -> String {
    guard let estimate else { return Figure.missing }
    return Figure.significant(estimate.value) + (estimate.interval.map { " (\(interval($0)))" } ?? "")
  }

  static func p99(_ level: CurveLevel) -> String { estimate(level.p99) + (level.isP99Supported ? "" : "*") }

  /// Of two rounds that differ, an interval says nothing any more.
  private static let mostFactor = 1000.0

  static func interval(_ interval: ConfidenceInterval) -> String {
    guard interval.high <= interval.low * mostFactor else { return "not known within a factor of 1,000" }
    return "\(Figure.significant(interval.low)) to \(Figure.significant(interval.high))"
  }

  static func percent(_ share: Double?) -> String {
    guard let share else { return Figure.missing }
    // 99.96 % is not all of it.
    let percent = share * 100
    return percent > 99.9 && percent < 100 ? "99.9 %" : "\(Figure.significant(percent)) %"
  }

  static func mebibytes(_ bytes: Int?) -> String {
    bytes.map { Figure.significant(Double($0) / 1_048_576) } ?? Figure.missing
  }

  static func kibibytes(_ bytes: Double?) -> String {
    bytes.map { ($0 < 0 ? "−" : "") + Figure.significant(abs($0) / 1024) } ?? Figure.missing
  }

  /// `no errors`, `3 × reset`
  static func errors(_ level: CurveLevel) -> String {
    level.errors == 0
      ? "no errors"
      : level.errorKinds.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map {
        "\(Figure.count($0.value)) × \($0.key)"
      }
      .joined(separator: ", ")
  }

  static func level(_ level: LoadLevel) -> String {
    switch level.kind {
    case .connections: Figure.counted(level.value, "connection")
    case .rate: "\(level.value) % of the capacity"
    case .idle: "\(Figure.count(level.value)) idle connections"
    }
  }

  /// `4,120`, `at least 4,120`, `less than 12`
  static func knee(_ knee: Knee?) -> String {
    switch knee {
    case nil: Figure.missing
    case .known(let rate, _, _): Figure.significant(rate)
    case .atLeast(let rate, true) where rate == 0: "unknown: the generator was the limit"
    case .atLeast(let rate, true): "at least \(Figure.significant(rate)); beyond it the generator was the limit"
    case .atLeast(let rate, false) where rate == 0: "unknown: in one round all rates held, and in another none"
    case .atLeast(let rate, false): "at least \(Figure.significant(rate))"
    case .below(let rate): "less than \(Figure.significant(rate))"
    }
  }

  // MARK: Who holds most

  /// Whoever holds most first; those of whom nothing is known last.
  static func byKnee(_ curve: LoadCurve) -> [LoadCurve.FrameworkCurve] {
    curve.frameworks.enumerated().sorted { one, other in
      let (first, second) = (one.element.knee?.held ?? -1, other.element.knee?.held ?? -1)
      return first == second ? one.offset < other.offset : first > second
    }.map(\.element)
  }

  /// Who holds most at what latency; nil where no rate was measured.
  static func holds(_ curve: LoadCurve) -> String? {
    let known = byKnee(curve).filter { $0.knee != nil }
    let competitors = known.filter { !$0.framework.isReference }
    let reference = known.first(where: \.framework.isReference)
    guard let first = competitors.first else { return reference.map { lead(curve) + clause($0, curve) + "." } }
    if competitors.count > 1, competitors.contains(where: { $0.knee?.isOfOneRound == true }) {
      return lead(curve) + Reading.list(competitors.map { clause($0, curve) }) + "; one round tells nobody apart"
        + (reference.map { "; the reference \(figure($0, curve))" } ?? "") + "."
    }
    let leaders = competitors.filter { $0.framework == first.framework || overlaps($0.knee, first.knee) }
    var text = lead(curve)
    if leaders.count > 1 {
      text +=
        Reading.list(leaders.map { clause($0, curve) })
        + (leaders.count == competitors.count
          ? ", whose intervals overlap: none is shown to hold more" : ", whose intervals overlap, hold most")
    } else if competitors.count > 1 {
      text += "\(first.framework.title) holds most, \(figure(first, curve))"
    } else {
      text += clause(first, curve)
    }
    let rest = competitors.filter { one in !leaders.contains { $0.framework == one.framework } }
    if !rest.isEmpty { text += "; then " + Reading.list(rest.map { clause($0, curve) }) }
    if let reference { text += "; the reference \(figure(reference, curve))" }
    return text + "."
  }

  private static func lead(_ curve: LoadCurve) -> String {
    "\(curve.entry.name) with p99 within \(Figure.plain(curve.plan.latencyLimitMs)) ms: "
  }

  private static func clause(_ one: LoadCurve.FrameworkCurve, _ curve: LoadCurve) -> String {
    "\(one.framework.title) \(figure(one, curve))"
  }

  private static func figure(_ one: LoadCurve.FrameworkCurve, _ curve: LoadCurve) -> String {
    let unit = "\(curve.entry.unit) per second"
    switch one.knee {
    case .known(let rate, let interval, let rounds):
      let range = rounds == 1 ? "between two rates, \(self.interval(interval))" : self.interval(interval)
      return "\(Figure.significant(rate)) \(unit) (\(range))"
    case .atLeast(let rate, let isLimited) where rate > 0:
      return "at least \(Figure.significant(rate)) \(unit)"
        + (isLimited ? " (beyond it the generator was the limit)" : "")
    case .below: return "\(knee(one.knee)) \(unit)"
    case .atLeast, nil: return knee(one.knee)
    }
  }

  /// What is known on one side may lie anywhere on the other.
  private static func overlaps(_ one: Knee?, _ other: Knee?) -> Bool {
    guard let first = one?.range, let second = other?.range else { return false }
    return first.overlaps(second)
  }

  // MARK: Idle connections

  /// What many connections cost; nil where none were held.
  static func idle(_ curve: LoadCurve) -> String? {
    let costs = curve.frameworks.compactMap { one in IdleCost.all(one).last.map { (one.framework, $0) } }
    let words = costs.filter { $0.1.bytesOfConnection != nil }.map { framework, cost in
      let p99 = cost.level.p99.map { ", p99 \(Figure.significant($0.value)) ms" } ?? ""
      return "\(framework.title) \(kibibytes(cost.bytesOfConnection)) KiB each\(p99)"
    }
    guard let most = costs.map({ $0.1.level.level.value }).max(), !words.isEmpty else { return nil }
    return "\(curve.entry.name), up to \(Figure.count(most)) idle connections: \(words.joined(separator: "; "))."
  }

  // MARK: How it ended

  static func end(_ curve: LoadCurve) -> String {
    let rounds = Figure.counted(curve.end?.rounds ?? 0, "round")
    switch curve.end?.cause {
    case nil: return "It was ended before it was through."
    case .known:
      return "It ended after \(rounds), when the throughput relative to the reference was known within about "
        + "±\(Figure.significant(curve.plan.halfWidth * 100, digits: 2)) % at every number of connections."
    case .outOfTime:
      return "It ended after \(rounds), when its time of \(Figure.significant(curve.plan.timeLimitS / 60, digits: 2)) "
        + "minutes was over. " + width(curve)
    case .allPlanned: return "All \(rounds) were measured. " + width(curve)
    case .allLost: return "It ended when no server was left."
    }
  }

  /// What else used the machine, where it may have been for more than a moment; nil where little did.
  static func disturbance(_ scenario: String, _ run: RunSummary) -> String? {
    let policy = GatePolicy.standard
    let processors = Double(max(1, run.manifest.environment.processors))
    let rounds = run.behaviour.curve.map(\.round).filter { $0.scenario == scenario }
    func busy(_ seconds: KeyPath<ResourceFigures, Double?>, above limit: Double) -> Int {
      rounds.count { ($0.resources[keyPath: seconds] ?? 0) / $0.load.windowS / processors > limit }
    }
    let others = busy(\.otherCpuS, above: policy.otherCPU)
    let stolen = busy(\.stealCpuS, above: policy.stealCPU)
    let causes = [
      others * 10 > rounds.count
        ? "other work used more than \(Figure.plain(policy.otherCPU * 100)) % of the machine in \(others)" : nil,
      stolen * 10 > rounds.count
        ? "the hypervisor gave more than \(Figure.plain(policy.stealCPU * 100)) % of it to others in \(stolen)" : nil,
    ].compactMap(\.self)
    if causes.isEmpty { return nil }
    return
      "\(scenario): \(Reading.list(causes)) of \(Figure.counted(rounds.count, "window")), so its figures are those of a "
      + "machine that was busy."
  }

  /// How well the ratios are known, at the worst.
  private static func width(_ curve: LoadCurve) -> String {
    let widths = curve.frameworks.flatMap { one in
      one.levels(.connections).compactMap { $0.ratio?.logMean.estimate.halfWidth() }
    }
    guard let worst = widths.max() else { return "There is no ratio to a reference." }
    if exp(worst) > 2 {
      return
        "At some numbers of connections the throughput relative to the reference is hardly known: its rounds scatter by more "
        + "than a factor of two."
    }
    return "The throughput relative to the reference is known within about "
      + "±\(Figure.significant(max(1, (exp(worst) - 1) * 100), digits: 2)) % or better."
  }
}

extension Knee {
  /// Then its interval is no more than the step that it lies in.
  fileprivate var isOfOneRound: Bool { if case .known(_, _, rounds: 1) = self { true } else { false } }

  /// Where it lies, as far as that is known.
  fileprivate var range: ClosedRange<Double> {
    switch self {
    case .known(_, let interval, _): interval.low...interval.high
    case .atLeast(let rate, _): rate...Double.infinity
    case .below(let rate): 0...rate
    }
  }
}
