import Gate
import Results
import Statistics

// What is said of counts. A count is never called a speed.
extension Reading {
  static let whatCountsAre =
    "Counted of one worker that answers one request after the other, each response verified: the machine instructions "
    + "that it executes outside the kernel, its calls of Python functions and of the kernel, the statements that PostgreSQL "
    + "executes, and the bytes on the wire. Other work on the machine changes none of them. They say how much is done for a "
    + "request, not how fast: that is what throughput, latency and CPU time are for."

  /// `FastAPI executes 3.6× the instructions of the reference (geometric mean of 14 scenarios): most in …`.
  static func counts(_ framework: Manifest.FrameworkEntry, _ run: RunSummary) -> String? {
    func multiples(_ metric: CountMetric) -> [(scenario: String, ratio: Double)] {
      run.scenarios.compactMap { scenario in
        guard let reference = run.reference.flatMap({ scenario.cell($0.name)?.count(metric) }), reference > 0,
          let cell = scenario.cell(framework.name), cell.shortfalls.isEmpty, let own = cell.count(metric), own > 0
        else { return nil }
        return (scenario.entry.name, own / reference)
      }
    }
    func sentence(_ metric: CountMetric, _ verb: String) -> String? {
      let own = multiples(metric).sorted { $0.ratio > $1.ratio }
      guard let mean = own.map(\.ratio).geometricMean, let last = own.last else { return nil }
      func words(_ place: (scenario: String, ratio: Double)) -> String {
        "\(place.scenario) (\(Figure.ratio(place.ratio)))"
      }
      let spread =
        own.count < 2
        ? "" : ", most in \(list(own.prefix(own.count > 3 ? 2 : 1).map(words))), least in \(words(last))"
      return "\(verb) \(Figure.ratio(mean)) the \(metric.title) of the reference"
        + (own.count > 1 ? " (geometric mean of \(own.count) scenarios)" : " in \(last.scenario)") + spread
    }
    let parts = [sentence(.instructions, "executes"), sentence(.pythonCalls, "makes")].compactMap(\.self)
    let cheap = run.scenarios.filter { $0.cell(framework.name)?.shortfalls.isEmpty == false }.map(\.entry.name)
    let without = cheap.isEmpty ? "" : " Without \(list(cheap)), where it costs less than the work."
    return parts.isEmpty ? nil : "\(framework.title) \(parts.joined(separator: "; it ")).\(without)"
  }

  /// Why figures are absent, a line each.
  static func absences(_ run: RunSummary) -> [String] {
    run.absences.map { metric, reason, cells in
      let all = run.counts.count == cells.count
      let places = cells.map(\.framework).eachOnce.map { framework in
        let own = cells.filter { $0.framework == framework }.map(\.scenario)
        let whole = own.count == run.counts.count { $0.framework == framework }
        return "\(run.title(framework))\(whole ? "" : " (\(own.joined(separator: ", ")))")"
      }
      return "\(metric.title.capitalizedFirst) were not counted\(all ? "" : " of \(list(places))"): \(reason)."
    }
  }

  /// Why system calls are not told by name, a line for each reason.
  static func unnamed(_ run: RunSummary) -> [String] {
    run.counts.compactMap { $0.absent[CellCounts.systemCallNames] }.eachOnce.map {
      "System calls are not told by name: \($0)."
    }
  }

  /// Who does with less than the work of others, and why that is right, a line each.
  static func explanations(_ run: RunSummary) -> [String] {
    run.manifest.frameworks.flatMap { framework in
      (framework.cheaperThanWork ?? [:]).sorted { $0.key < $1.key }
        .filter { run.manifest.scenarios.map(\.name).contains($0.key) }
        .map { "\(framework.title) says why it may cost less than the work in \($0.key): \($0.value)" }
    }
  }

  /// What the gate by counts found, in one sentence; nil where nothing was judged.
  static func countGate(_ run: RunSummary) -> String? {
    guard !run.countVerdicts.isEmpty else { return nil }
    let counts = ThresholdResult.Outcome.allCases.map { outcome in
      "\(run.countResults.count { $0.verdict == outcome }) \(outcome.title)"
    }
    return "The gate by counts: \(list(counts)) of \(Figure.counted(run.countResults.count, "threshold")); "
      + "\(list(run.countVerdicts.map(\.baseline).eachOnce))."
  }

  /// `fastapi: db-read: 1 → 2 database statements, …`
  static func line(_ result: CountResult) -> String { "\(result.framework): \(JudgedFigure(result).text)" }

  /// That everything was counted, where nothing was timed.
  static func countedState(_ run: RunSummary) -> String {
    let figures = run.counts.reduce(0) { $0 + $1.figures.count }
    return "All \(run.cells.count) cells were counted: \(Figure.count(figures)) figures. Nothing was timed."
  }
}
