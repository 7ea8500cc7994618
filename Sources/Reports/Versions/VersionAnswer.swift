import Gate
import Results
import Statistics

/// What a comparison of two versions comes to: a line by counts, a line by time, the one that decides first.
struct VersionAnswer: Equatable {
  struct Line: Equatable {
    enum Kind: String, Equatable {
      /// A part of it could not be measured, or failed.
      case broken
      case worse, better, same
      /// Something is inconclusive, and nothing is shown to be worse than tolerated.
      case inconclusive
      /// Nobody was asked to judge.
      case notJudged = "not_judged"
      /// A version cannot serve it; the rest is compared.
      case notCompared = "not_compared"
    }

    var kind: Kind
    /// In a word or two: `Costs more`, `No change beyond 0.5 %`.
    var word: String
    /// How the sentence goes on.
    var rest: String

    var text: String { "\(word)\(rest)" }

    /// Good only where everything was decided, and well.
    var mood: TerminalReport.Mood {
      switch kind {
      case .broken, .worse: .bad
      case .inconclusive, .notJudged, .notCompared: .open
      case .better, .same: .good
      }
    }
  }

  /// Not empty.
  var lines: [Line]
  /// What `shootout report` exits with, and why.
  var exit: String

  init(_ run: RunSummary) {
    let judged = run.judged
    let counts = VersionAnswer.counts(judged.filter(\.quantity.isCount), run)
    let time = VersionAnswer.time(judged.filter { !$0.quantity.isCount }, run)
    let broken = VersionAnswer.broken(run)
    let isByTime = time?.kind == .worse && counts.map { $0.kind != .worse } ?? true
    let decided = [broken].compactMap(\.self) + (isByTime ? [time, counts] : [counts, time]).compactMap(\.self)
    lines = decided + [VersionAnswer.notCompared(run)].compactMap(\.self)
    exit =
      switch run.state {
      case .incomplete: "Exit code 2: a part of what was to be measured is missing."
      case .failed:
        broken == nil
          ? lines.contains { $0.kind == .worse }
            ? "Exit code 1: it is worse than tolerated." : "Exit code 1: STRICT=1 allows nothing to be inconclusive."
          : "Exit code 1: a part of it failed."
      case .complete:
        lines.contains { $0.kind == .inconclusive }
          ? "Exit code 0: what is inconclusive fails only with STRICT=1." : "Exit code 0."
      }
  }

  /// How the whole may be coloured: nothing that is open is green.
  var kind: Line.Kind { lines[0].kind }

  private static func notCompared(_ run: RunSummary) -> Line? {
    run.manifest.notCompared.map {
      Line(kind: .notCompared, word: "Not compared", rest: ": \($0.inWords). The rest is compared.")
    }
  }

  private static func broken(_ run: RunSummary) -> Line? {
    if let end = run.end {
      return Line(kind: .broken, word: "Ended early", rest: ": the run was \(end).")
    }
    let failed = run.failedCells.map { "\($0.framework.name) in \($0.scenario)" }
    let reason = run.failedCells.first.flatMap(Reading.reason)
    let first = failed.first.map { $0 + (reason.map { ", \($0)" } ?? "") }
    let words = first.map { failed.count == 1 ? $0 : "\($0); and \(Reading.list(Array(failed.dropFirst())))" }
    if run.state == .incomplete {
      let also = words.map { " Failed: \($0)." } ?? ""
      return Line(kind: .broken, word: "Incomplete", rest: ": a part of it could not be measured.\(also)")
    }
    return words.map { words in
      Line(
        kind: .broken, word: "Failed",
        rest: ": \(words). Nothing else is said of \(failed.count == 1 ? "it" : "them").")
    }
  }
}

extension VersionAnswer {
  /// nil where nothing was counted.
  private static func counts(_ figures: [JudgedFigure], _ run: RunSummary) -> Line? {
    guard !figures.isEmpty else { return nil }
    let failed = figures.filter { $0.verdict == .fail }
    let better = figures.filter(\.isClearlyBetter)
    if !failed.isEmpty {
      return Line(
        kind: .worse, word: "Costs more",
        rest: " in \(placed(failed, figures)).\(tolerated(figures, but: failed))\(less(better))"
          + open(figures))
    }
    if figures.contains(where: { $0.verdict == .undecided }) {
      return Line(
        kind: .inconclusive, word: "Inconclusive",
        rest: " because \(reasons(figures)).\(passed(figures))\(less(better))")
    }
    if !better.isEmpty {
      return Line(
        kind: .better, word: "Costs less",
        rest: " in \(placed(better, figures)). Nothing costs more than is tolerated.")
    }
    return same(figures)
  }

  /// All pass, and none is clearly better.
  private static func same(_ figures: [JudgedFigure]) -> Line {
    let leading = figures.filter { $0.quantity == .count(.instructions) }
    let own = leading.isEmpty ? figures : leading
    let what =
      leading.isEmpty ? Reading.list(figures.map(\.quantity.title).eachOnce) : "the instructions of a request"
    let largest = own.max { change($0) < change($1) }
    let most = largest.flatMap { figure in
      change(figure) > 0 ? " The largest change is \(figure.change), in \(figure.scenario)." : nil
    }
    let others = figures.map(\.quantity).eachOnce.filter { $0 != .count(.instructions) }.map(\.title)
    let rest =
      leading.isEmpty || others.isEmpty
      ? "" : " \(Reading.list(others).capitalizedFirst) are within what is tolerated."
    return Line(
      kind: .same, word: "No change beyond \(limits(own))",
      rest: " in \(what), in \(Figure.counted(own.map(\.scenario).eachOnce.count, "scenario")).\(most ?? "")\(rest)")
  }

  private static func change(_ figure: JudgedFigure) -> Double { abs((figure.ratio ?? 1) - 1) }

  /// What costs more by less than fails, in scenarios that were not named.
  private static func tolerated(_ figures: [JudgedFigure], but named: [JudgedFigure]) -> String {
    let names = named.map(\.scenario)
    let own = figures.filter {
      $0.quantity == .count(.instructions) && $0.isWorseAsTolerated && !names.contains($0.scenario)
    }
    return own.isEmpty ? "" : " By less than fails: \(examples(own))."
  }

  private static func less(_ better: [JudgedFigure]) -> String {
    better.isEmpty ? "" : " It costs less in \(examples(better))."
  }

  private static func open(_ figures: [JudgedFigure]) -> String {
    let open = figures.filter { $0.verdict == .undecided }
    return open.isEmpty
      ? "" : " \(open.count) of \(figures.count) thresholds are inconclusive because \(reasons(figures))."
  }

  /// What was decided although something is inconclusive.
  private static func passed(_ figures: [JudgedFigure]) -> String {
    let passed = figures.filter { $0.verdict == .pass }
    return passed.isEmpty
      ? ""
      : " \(passed.count) of \(figures.count) thresholds pass: \(Reading.list(passed.map(\.quantity.title).eachOnce))."
  }

  /// `counted under other conditions: … (14 scenarios)`
  private static func reasons(_ figures: [JudgedFigure]) -> String {
    let open = figures.filter { $0.verdict == .undecided }
    let reasons = open.map { $0.reason ?? "no reason is known" }.eachOnce
    let all = figures.map(\.scenario).eachOnce
    let words = reasons.prefix(2).map { reason in
      let own = open.filter { ($0.reason ?? "no reason is known") == reason }
      let scenarios = own.map(\.scenario).eachOnce
      let what = own.map(\.quantity.title).eachOnce
      let place =
        scenarios == all ? "" : " in \(scenarios.count > 3 ? "\(scenarios.count) scenarios" : Reading.list(scenarios))"
      return "\(reason) (\(Reading.list(what))\(place))"
    }
    return words.joined(separator: ", and ") + (reasons.count > 2 ? ", and for \(reasons.count - 2) other reasons" : "")
  }
}

extension VersionAnswer {
  /// nil where all that was timed failed.
  private static func time(_ figures: [JudgedFigure], _ run: RunSummary) -> Line? {
    if !run.manifest.isTimed { return Line(kind: .notJudged, word: "Time was not measured", rest: ".") }
    if figures.isEmpty { return run.results.contains(where: \.isOfChange) ? nil : notJudged(run) }
    let failed = figures.filter { $0.verdict == .fail }
    let better = figures.filter(\.isClearlyBetter)
    let faster = better.isEmpty ? "" : " It is faster in \(examples(better))."
    if !failed.isEmpty {
      return Line(
        kind: .worse, word: "Slower",
        rest: " in \(placed(failed, figures, most: 2)). Tolerated: \(tolerated(failed))."
          + "\(faster)\(openTimes(figures))")
    }
    let open = figures.filter { $0.verdict == .undecided }
    let shown = open.filter(\.isShownWorse)
    if !shown.isEmpty {
      let more = shown.count > 3 ? " So are \(shown.count - 3) more." : ""
      return Line(
        kind: .inconclusive, word: "Slower, and by how much is open",
        rest: ": \(shown.prefix(3).map { "in \($0.scenario), \($0.shown)" }.joined(separator: "; ")).\(more)\(faster)")
    }
    if !open.isEmpty {
      return Line(
        kind: .inconclusive, word: "Time is inconclusive",
        rest: " in \(places(open, figures)): no change is shown. \(notExcluded(open))\(faster)")
    }
    if !better.isEmpty {
      return Line(kind: .better, word: "Faster", rest: " in \(placed(better, figures)).")
    }
    let titles = figures.map(\.quantity.title).eachOnce
    return Line(
      kind: .same, word: "No slower by more than \(limits(figures))",
      rest: " in \(Reading.list(titles)), in \(Figure.counted(figures.map(\.scenario).eachOnce.count, "scenario")).")
  }

  private static func notJudged(_ run: RunSummary) -> Line {
    let profile = run.manifest.profile
    let why =
      profile.rounds < GatePolicy.standard.roundsToFail
      ? ": PROFILE=\(profile.name) has \(profile.rounds) rounds, too few to decide anything. PROFILE=quick decides."
      : run.manifest.gated == true ? ": the run did not come so far." : ": the gate was off."
    return Line(kind: .notJudged, word: "Time is not judged", rest: why)
  }

  private static func openTimes(_ figures: [JudgedFigure]) -> String {
    let open = figures.filter { $0.verdict == .undecided }
    return open.isEmpty ? "" : " \(open.count) of \(figures.count) thresholds of time are inconclusive."
  }

  /// How much worse it may be, where that is known, and else why nothing is known.
  private static func notExcluded(_ open: [JudgedFigure]) -> String {
    func worst(_ figure: JudgedFigure) -> Double? {
      figure.interval.map { figure.quantity.worse == .up ? $0.high - 1 : 1 - $0.low }
    }
    guard let most = open.filter({ worst($0) != nil }).max(by: { worst($0) ?? 0 < worst($1) ?? 0 }) else {
      return "Reason: \(Reading.list(open.compactMap(\.reason).eachOnce))."
    }
    return "In \(most.scenario), \(most.shown)."
  }
}

extension VersionAnswer {
  /// `3 of 14 scenarios`, `db-read`, where only one was asked about.
  private static func places(_ figures: [JudgedFigure], _ all: [JudgedFigure]) -> String {
    let (own, all) = (figures.map(\.scenario).eachOnce, all.map(\.scenario).eachOnce)
    return all.count == 1 ? all[0] : "\(own.count) of \(all.count) scenarios"
  }

  /// Where, and what: `2 of 3 scenarios: db-read (+9.8 % instructions) and ping (+1.2 % instructions)`, or `db-read: +9.8 %
  /// instructions`, where only one was asked about.
  private static func placed(_ figures: [JudgedFigure], _ all: [JudgedFigure], most: Int = 3) -> String {
    guard all.map(\.scenario).eachOnce.count == 1 else {
      return "\(places(figures, all)): \(examples(figures, most: most))"
    }
    return "\(places(figures, all)): \(changes(figures))"
  }

  private static func changes(_ figures: [JudgedFigure]) -> String {
    let isCount = figures.first?.quantity.isCount ?? true
    return figures.map { $0.quantity.isCount ? $0.inShort : "\($0.inShort), interval \($0.intervalText)" }
      .joined(separator: isCount ? ", " : "; ")
  }

  /// `db-read (1 → 2 database statements, +9.82 % instructions), ping (+1.21 % instructions) and 2 more`: the scenarios
  /// with the largest change first.
  private static func examples(_ figures: [JudgedFigure], most: Int = 3) -> String {
    let scenarios = figures.map(\.scenario).eachOnce.map { name in figures.filter { $0.scenario == name } }
    let ordered = scenarios.enumerated().sorted { one, other in
      let (left, right) = (one.element.map(change).max() ?? 0, other.element.map(change).max() ?? 0)
      return (-left, one.offset) < (-right, other.offset)
    }
    let words = ordered.map(\.element).prefix(most).map { "\($0[0].scenario) (\(changes($0)))" }
    return Reading.list(words + (scenarios.count > most ? ["\(scenarios.count - most) more"] : []))
  }

  /// `throughput down to −10 %, CPU time per request up to +10 %`
  private static func tolerated(_ figures: [JudgedFigure]) -> String {
    figures.map { "\($0.quantity.title) \($0.toleratedText)" }.eachOnce.joined(separator: ", ")
  }

  /// `0.5 %`, or `10 to 25 %` where not all are held to the same.
  private static func limits(_ figures: [JudgedFigure]) -> String {
    let shares = figures.map { abs($0.tolerated - 1) * 100 }
    let words = [shares.min() ?? 0, shares.max() ?? 0].map { share in
      let text = Figure.plain(Figure.rounded(share, digits: 3))
      return text.isEmpty ? "0" : text
    }
    return words[0] == words[1] ? "\(words[0]) %" : "\(words[0]) to \(words[1]) %"
  }
}
