import Gate
import Results
import Statistics

/// One question that a gate answered, by counts or by time: has a figure of a cell become worse than is tolerated?
struct JudgedFigure: Equatable, Sendable {
  enum Quantity: Hashable, Sendable {
    case count(CountMetric)
    case time(Metric)

    /// Counts first.
    static let all = CountMetric.allCases.map(Quantity.count) + Metric.allCases.map(Quantity.time)

    var title: String {
      switch self {
      case .count(let metric): metric.title
      case .time(let metric): metric.title
      }
    }

    var worse: Metric.Direction {
      switch self {
      case .count: .up
      case .time(let metric): metric.worse
      }
    }

    var isCount: Bool {
      if case .count = self { true } else { false }
    }
  }

  var scenario: String
  var framework: String
  var quantity: Quantity
  var verdict: ThresholdResult.Outcome
  /// Why it is inconclusive, as a clause.
  var reason: String?
  /// For one exchange, of counts.
  var before: Double?
  var now: Double?
  var ratio: Double?
  var interval: ConfidenceInterval?
  /// The ratio that is just tolerated.
  var tolerated: Double
  /// How often it was measured: `3 starts`, `20 rounds`.
  var basis: String

  init(_ result: CountResult) {
    (scenario, framework, quantity) = (result.scenario, result.framework, .count(result.metric))
    (verdict, reason, before, now, ratio) = (result.verdict, result.reason, result.before, result.now, result.ratio)
    tolerated = result.tolerated
    basis = Figure.counted(result.starts, "start")
    if let low = result.low, let high = result.high, low > 0, low <= high, high.isFinite {
      interval = ConfidenceInterval(low: low, high: high, confidence: 0.95)
    }
  }

  /// Of a change, not of a share of the reference.
  init(_ result: ThresholdResult) {
    (scenario, framework, quantity) = (result.scenario, result.framework, .time(result.metric))
    (verdict, reason, ratio, interval) = (result.verdict, result.reason?.text, result.ratio, result.interval)
    tolerated = result.tolerated
    basis = Figure.counted(result.rounds, "round")
  }

  /// Whether the interval lies on the worse side of no change, tolerated or not.
  var isShownWorse: Bool {
    guard let interval else { return false }
    return quantity.worse == .up ? interval.low > 1 : interval.high < 1
  }

  /// Whether it became worse by less than fails. Of counts that do not scatter, what is no more than a timer's share is none.
  var isWorseAsTolerated: Bool {
    guard verdict == .pass, isShownWorse else { return false }
    if case .count(let metric) = quantity, metric != .instructions, let before, let now {
      return CountText.differs(before, now)
    }
    return true
  }

  /// Whether it became better by more than it may become worse, as a ratio.
  var isClearlyBetter: Bool {
    guard verdict == .pass, let interval, tolerated > 0 else { return false }
    return quantity.worse == .up ? interval.high < 1 / tolerated : interval.low > 1 / tolerated
  }
}

// What it is called where people read it.
extension JudgedFigure {
  /// `+0.31 %`; of a count that is no percentage, `0 → 1`.
  var change: String {
    if quantity.isCount, ratio == nil, let before, let now {
      return "\(CountText.figure(before)) → \(CountText.figure(now))"
    }
    return quantity.isCount ? Figure.changeOfCount(ratio, limit: tolerated) : Figure.change(ratio)
  }

  /// `+0.28 % to +0.34 %`
  var intervalText: String {
    guard let interval else { return Figure.missing }
    if interval.low == interval.high { return Self.percent(interval.low, quantity) }
    return "\(Self.percent(interval.low, quantity)) to \(Self.percent(interval.high, quantity))"
  }

  /// `up to +0.5 %`, `down to −10 %`, `no more`
  var toleratedText: String {
    if tolerated == 1 { return quantity.worse == .up ? "no more" : "no less" }
    return "\(quantity.worse == .up ? "up to" : "down to") \(Self.rounded(tolerated))"
  }

  /// `worse`, `inconclusive`, `better`, `tolerated`, `pass`
  var result: String {
    switch verdict {
    case .fail: "worse"
    case .undecided: "inconclusive"
    case .pass: isClearlyBetter ? "better" : isWorseAsTolerated ? "tolerated" : "pass"
    }
  }

  /// `+9.82 % instructions`, `1 → 2 database statements`, `throughput −15 %`
  var inShort: String {
    guard case .count(let metric) = quantity else { return "\(quantity.title) \(change)" }
    if let before, let now, metric != .instructions, max(before, now) < 1_000 {
      return "\(CountText.figure(before)) → \(CountText.figure(now)) \(metric.title)"
    }
    return "\(change) \(metric.title)"
  }

  /// What is known of it: `CPU time per request is higher by 0.4 to 23 %; whether by more than 10 % is open`.
  var shown: String {
    guard let interval else { return "\(quantity.title): nothing is known\(reason.map { ": \($0)" } ?? "")" }
    func percent(_ share: Double) -> String { Figure.significant(abs(share) * 100, digits: 2) }
    let (low, high) = (interval.low - 1, interval.high - 1)
    let change =
      low > 0
      ? "is higher by \(percent(low)) to \(percent(high)) %"
      : high < 0
        ? "is lower by \(percent(high)) to \(percent(low)) %"
        : "is between \(percent(low)) % lower and \(percent(high)) % higher"
    guard verdict == .undecided else { return "\(quantity.title) \(change)" }
    let limit = Figure.plain(Figure.rounded(abs(tolerated - 1) * 100, digits: 3))
    // The interval may lie on one side of the limit, and something else forbid a decision.
    if !(interval.low...interval.high).contains(tolerated), let reason {
      return "\(quantity.title) \(change); it is inconclusive all the same: \(reason)"
    }
    let side = quantity.worse == .up ? "higher" : "lower"
    return "\(quantity.title) \(change); whether it is \(side) by more than \(limit) % is open"
  }

  /// One line: `json: +1.21 % instructions (interval +1.10 % to +1.32 %), tolerated up to +0.5 %: worse`.
  var text: String {
    let figures = interval.map { _ in " (interval \(intervalText))" } ?? ""
    return "\(scenario): \(inShort)\(figures), tolerated \(toleratedText): \(result)" + (reason.map { ": \($0)" } ?? "")
  }

  /// `+0.5 %`, without more digits than a tolerance has.
  private static func rounded(_ ratio: Double) -> String {
    let percent = Figure.plain(Figure.rounded(abs(ratio - 1) * 100, digits: 3))
    return "\(ratio < 1 ? "−" : "+")\(percent.isEmpty ? "0" : percent) %"
  }

  private static func percent(_ ratio: Double?, _ quantity: Quantity) -> String {
    quantity.isCount ? Figure.changeOfCount(ratio) : Figure.change(ratio)
  }
}

extension RunSummary {
  /// All questions about a change: by scenario, counts first. Of a scenario in which a side failed there are none.
  var judged: [JudgedFigure] {
    let all = countResults.map(JudgedFigure.init) + results.filter(\.isOfChange).map(JudgedFigure.init)
    let failed = Set(failedCells.map(\.scenario))
    return scenarios.map(\.entry.name).filter { !failed.contains($0) }.flatMap { name in
      all.filter { $0.scenario == name }
    }
  }
}
