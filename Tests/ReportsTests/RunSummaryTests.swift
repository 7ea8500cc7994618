import Results
import SyntheticResults
import TestSupport
import Testing

@testable import Reports

@Suite struct RunSummaryTests {
  static let drift = [1, 0.7, 1.2, 0.9, 1.1]

  static func speeds(_ figure: Double, _ noise: [Double] = [0, 0, 0, 0, 0]) -> [Double] {
    zip(drift, noise).map { $0 * figure * (1 + $1) }
  }

  /// Three targets and the reference at 1000 a second in `ping`.
  static func run(_ alpha: [Double], _ beta: [Double], _ gamma: [Double]) -> SyntheticRun {
    var run = SyntheticRun(frameworks: ["alpha", "beta", "gamma", "bare"])
    run.add("ping", "bare", perSecond: speeds(1_000))
    run.add("ping", "alpha", perSecond: alpha)
    run.add("ping", "beta", perSecond: beta)
    run.add("ping", "gamma", perSecond: gamma)
    return run
  }

  static let clear = run(speeds(800), speeds(700, [0.01, 0, -0.01, 0, 0.01]), speeds(400, [0, 0.01, 0, -0.01, 0]))

  @Test func `one framework beside the reference is compared with that`() {
    var run = SyntheticRun(frameworks: ["alpha", "bare"])
    run.add("ping", "bare", perSecond: Self.speeds(1_000))
    run.add("ping", "alpha", perSecond: Self.speeds(800, [0.01, 0, -0.01, 0, 0.01]))
    let summary = run.summary
    let bare = summary.reference?.title ?? ""
    #expect(
      Reading.outcome(summary.scenarios[0], summary)
        == "Alpha reaches 0.80× (0.79 to 0.81) the throughput of \(bare).")
    #expect(
      Reading.inOneMinute(summary) == [
        "Overall, Alpha reaches 0.80× (0.79 to 0.81) the throughput of \(bare), which has no framework."
      ])
    for report in [TerminalReport.text(summary), MarkdownReport.text(summary), HTMLReport.text(summary)] {
      #expect(report.contains("0.80×"))
      for word in ["nothing to compare", "No winner", "Inconclusive"] { #expect(!report.contains(word), "\(word)") }
    }
  }

  @Test func `the fastest wins with its margin over the second, though the machine drifts`() throws {
    let scenario = Self.clear.summary.scenarios[0]
    guard case .winner("alpha", let margin) = scenario.outcome else {
      Issue.record("no winner: \(scenario.outcome)")
      return
    }
    #expect(margin.slower == "beta")
    #expect(isClose(margin.ratio.ratio, 8.0 / 7, within: 0.01))
    #expect(scenario.cells.map(\.rank) == [1, 2, 3, nil])
  }

  @Test func `a difference that is not significant is a tie, and the tied share the place`() {
    let run = Self.run(Self.speeds(700, [0.03, -0.04, 0.05, -0.03, 0]), Self.speeds(700), Self.speeds(400))
    let scenario = run.summary.scenarios[0]
    #expect(Set(scenario.outcome.winners) == ["alpha", "beta"])
    #expect(scenario.cells.map(\.rank) == [1, 1, 3, nil])
    #expect(TableText.rank(scenario.cells[0], scenario) == "1 =")
    #expect(scenario.comparisons.count { $0.isTie } == 1)
  }

  @Test func `a tie has an interval around one and a difference has not`() {
    for comparison in Self.clear.summary.scenarios[0].comparisons {
      #expect(comparison.interval.contains(1) == comparison.isTie)
    }
  }

  @Test func `the reference has neither rank nor ratio`() throws {
    let reference = try #require(Self.clear.summary.scenarios[0].cell("bare"))
    #expect(reference.rank == nil && reference.ratioToReference == nil && reference.throughput == 1_000)
    let alpha = try #require(Self.clear.summary.scenarios[0].cell("alpha")?.ratioToReference)
    #expect(isClose(alpha.ratio, 0.8, within: 0.001))
  }

  @Test func `throughput is the median of the rounds`() {
    #expect(Self.clear.summary.scenarios[0].cells[0].throughput == 800)
  }

  @Test func `one error takes the rank and the ratio but not the figure`() throws {
    var run = Self.clear
    run.change("ping", "alpha") { if $0.round == 4 { $0.load.errors = ["reset": 1] } }
    let summary = run.summary
    let cell = try #require(summary.scenarios[0].cell("alpha"))
    #expect(cell.verdict == .errors && cell.rank == nil && cell.ratioToReference == nil)
    #expect(cell.throughput == 800)
    #expect(summary.scenarios[0].outcome.winners == ["beta"])
    #expect(summary.state == .failed)
    #expect(cell.reason == "1 error (reset 1)")
  }

  @Test func `a failed check and an unverified round take the rank`() {
    var run = Self.clear
    run.change("ping", "alpha") { $0.checks = [CheckFigure(name: "rows", passed: $0.round != 2, detail: "2 of 3")] }
    run.change("ping", "beta") { if $0.round == 1 { $0.load.verified = 0 } }
    let cells = run.summary.scenarios[0].cells
    #expect(cells[0].verdict == .failedChecks && cells[0].rank == nil)
    #expect(cells[0].reason == "failed check: rows in round 2: 2 of 3")
    #expect(cells[1].verdict == .unverified && cells[1].rank == nil)
    #expect(run.summary.scenarios[0].outcome == .uncontested("gamma"))
  }

  @Test func `wrong answers in the parity test take the rank and the ratio but not the figure`() throws {
    var run = Self.clear
    run.parities[0].faults["alpha"] = [
      "GET /: status 500 instead of 200", "GET /: status 500 instead of 200", "HEAD /: no allow", "PUT /: no answer",
    ]
    let summary = run.summary
    let cell = try #require(summary.scenarios[0].cell("alpha"))
    #expect(cell.verdict == .failedParity && cell.rank == nil && cell.ratioToReference == nil)
    #expect(cell.throughput == 800)
    #expect(
      cell.reason == "wrong answers in its parity test: GET /: status 500 instead of 200; HEAD /: no allow; and 1 more")
    #expect(summary.scenarios[0].outcome.winners == ["beta"])
    #expect(summary.state == .failed)
  }

  @Test func `a run without its parity tests says so`() {
    var run = Self.clear
    run.parities = []
    #expect(run.summary.warnings.map(\.kind) == [.noParity])
    #expect(run.summary.state == .complete)
  }

  @Test func `whom the parity test did not ask is named`() {
    var run = Self.clear
    run.parities[0].frameworks.removeAll { $0 == "beta" }
    #expect(run.summary.warnings == [RunWarning(.noParity, [RunWarning.Place(scenario: "ping", framework: "beta")])])
  }

  @Test func `missing rounds and cells are named, and make the run incomplete`() {
    var run = Self.clear
    run.remove("ping", "alpha", rounds: [4, 5])
    run.remove("ping", "beta", rounds: [1, 2, 3, 4, 5])
    #expect(run.summary.state == .incomplete)
    #expect(
      run.summary.missing.map(\.description) == ["ping on alpha (rounds 4, 5 of 5)", "ping on beta (all 5 rounds)"])
    #expect(run.summary.scenarios[0].cells[0].verdict == .incomplete)
    #expect(run.summary.scenarios[0].cells[0].rank == 1)
    #expect(run.summary.scenarios[0].outcome.winners == ["alpha"])
  }

  @Test func `one round each decides nothing`() {
    var run = SyntheticRun(frameworks: ["alpha", "beta", "bare"], rounds: 1)
    run.add("ping", "alpha", perSecond: [900])
    run.add("ping", "beta", perSecond: [100])
    run.add("ping", "bare", perSecond: [1_000])
    let summary = run.summary
    #expect(summary.scenarios[0].outcome == .inconclusive(["alpha", "beta"]))
    #expect(summary.scenarios[0].cells[0].ratioToReference == nil)
    #expect(summary.standings.allSatisfy { $0.ratio == nil && $0.inconclusive == 1 })
  }

  @Test func `without a valid reference there are winners and no ratios`() {
    var run = Self.clear
    run.change("ping", "bare") { $0.load.errors = ["status": 5] }
    let scenario = run.summary.scenarios[0]
    #expect(scenario.outcome.winners == ["alpha"])
    #expect(scenario.cells.allSatisfy { $0.ratioToReference == nil })
    #expect(run.summary.warnings.first?.kind == .referenceUnsound)
  }

  @Test func `the standing counts only scenarios that all have a ratio for`() throws {
    var run = SyntheticRun(scenarios: ["ping", "json"], frameworks: ["alpha", "beta", "bare"])
    for scenario in ["ping", "json"] { run.add(scenario, "bare", perSecond: Self.speeds(1_000)) }
    run.add("ping", "alpha", perSecond: Self.speeds(500))
    run.add("ping", "beta", perSecond: Self.speeds(800))
    run.add("json", "alpha", perSecond: Self.speeds(900))
    let standings = run.summary.standings
    #expect(standings.map(\.framework.name) == ["beta", "alpha"])
    #expect(isClose(standings[0].ratio, 0.8, within: 0.001) && isClose(standings[1].ratio, 0.5, within: 0.001))
    #expect(standings[0].wins == 1 && standings[0].inconclusive == 1)
    #expect(standings[1].losses == 1 && standings[1].inconclusive == 1)
  }

  @Test func `CPU is a share of one core, per exchange in microseconds, memory the largest`() {
    var run = Self.clear
    run.change("ping", "alpha") { $0.resources.server?.memoryBytes = $0.round << 20 }
    let cell = run.summary.scenarios[0].cells[0]
    #expect(isClose(cell.serverCPUPercent, 100))
    #expect(isClose(cell.cpuMicrosecondsPerRequest, 10.0 / Double(cell.verified ?? 0) * 1e6))
    #expect(cell.memoryBytes == 5 << 20)
  }

  @Test func `what was not measured is nil and not zero`() {
    var run = Self.clear
    run.change("ping", "alpha") { $0.resources = ResourceFigures() }
    let cell = run.summary.scenarios[0].cells[0]
    #expect(cell.serverCPUPercent == nil && cell.cpuMicrosecondsPerRequest == nil && cell.memoryBytes == nil)
  }
}

@Suite struct RunWarningTests {
  static func warnings(_ change: (inout Round) -> Void) -> [RunWarning] {
    var run = SyntheticRun()
    for framework in ["alpha", "beta", "bare"] { run.add("ping", framework, perSecond: [900, 905, 895, 902, 898]) }
    run.change("ping", "alpha", change)
    return run.summary.warnings
  }

  static func places(_ rounds: [Int]) -> [RunWarning.Place] {
    [RunWarning.Place(scenario: "ping", framework: "alpha", rounds: rounds)]
  }

  @Test func `a quiet run has none`() {
    #expect(Self.warnings { _ in } == [])
  }

  @Test func `idle targets may use 2 percent of a core and no more`() {
    #expect(Self.warnings { $0.resources.idleCpuS = ["beta": 0.04] } == [])
    let warnings = Self.warnings { if $0.round == 3 { $0.resources.idleCpuS = ["beta": 0.05, "bare": 0.01] } }
    #expect(
      warnings == [
        RunWarning(.idleTarget(0.025), Self.places([3]))
      ])
    #expect(warnings[0].text == "A target that was not under load used more than 2 % of a core (up to 2.5 %).")
  }

  @Test func `others may use 10 percent of the machine and no more`() {
    #expect(Self.warnings { $0.resources.otherCpuS = 0.4 } == [])
    #expect(
      Self.warnings { $0.resources.otherCpuS = 0.44 }.map(\.text) == [
        "Other work used more than 10 % of the machine (up to 11 %)."
      ])
  }

  @Test func `the hypervisor may take 2 percent of the machine and no more`() {
    #expect(Self.warnings { $0.resources.stealCpuS = 0.08 } == [])
    #expect(Self.warnings { $0.resources.stealCpuS = 0.2 }.map(\.places) == [Self.places([1, 2, 3, 4, 5])])
  }

  @Test func `a CPU quota may withhold 2 percent of the machine and no more`() {
    #expect(Self.warnings { $0.resources.quotaThrottledS = 0.08 } == [])
    #expect(
      Self.warnings { if $0.round > 3 { $0.resources.quotaThrottledS = 0.4 } } == [
        RunWarning(.quota(0.1), Self.places([4, 5]))
      ])
    #expect(
      RunWarning(.quota(0.1)).text
        == "The CPU quota of the suite's control group withheld more than 2 % of the machine (up to 10 %).")
  }

  @Test func `processors that were slowed down for heat are named`() {
    #expect(Self.warnings { $0.resources.heatThrottlings = 0 } == [])
    #expect(
      Self.warnings { if $0.round == 2 { $0.resources.heatThrottlings = 3 } } == [
        RunWarning(.heat(3), Self.places([2]))
      ])
    #expect(RunWarning(.heat(3)).text == "Processors were slowed down for heat (up to 3 times in a window).")
  }

  @Test func `fewer connections than planned are named`() {
    #expect(
      Self.warnings { $0.load.connections = 49 }.map(\.text) == ["Fewer than the planned 50 connections were used."])
  }

  @Test func `workers that did not share the connections are a warning`() {
    #expect(Self.warnings { $0.resources.server?.busiestShare = 0.5 } == [])
    #expect(Self.warnings { if $0.round < 3 { $0.resources.server?.busiestShare = 0.9 } } == [])
    let warnings = Self.warnings { if $0.round < 4 { $0.resources.server?.busiestShare = 0.9 } }
    #expect(warnings.map(\.places) == [Self.places([])])
    #expect(warnings[0].kind == .unevenWorkers && warnings[0].text.contains("did not share the connections"))
    let single = Self.warnings {
      $0.resources.server?.processes = 2
      $0.resources.server?.busiestShare = 1
    }
    #expect(single == [])
  }

  @Test func `warnings that differ only in figures are said once`() {
    let warnings = Self.warnings {
      $0.warnings = ["fell \($0.round).\($0.round) ms behind", "other"].map { RoundWarning(.inWords(sentence: $0)) }
    }
    #expect(warnings.map(\.text) == ["fell 1.1 ms behind (the first of 5 that differ only in figures)", "other"])
    #expect(warnings[0].placesInWords(plannedRounds: 5) == "ping: alpha (all rounds)")
    #expect(warnings[0].placesInWords(plannedRounds: 6) == "ping: alpha (rounds 1–5)")
    let some = RunWarning(.heat(1), Self.places([1, 3, 4, 6, 7, 8]))
    #expect(some.placesInWords(plannedRounds: 9) == "ping: alpha (rounds 1, 3, 4, 6–8)")
  }

  @Test func `a percentile that too few responses lie beyond is marked and not hidden`() throws {
    var run = SyntheticRun(rounds: 2)
    for framework in ["alpha", "beta", "bare"] { run.add("ping", framework, perSecond: [200, 200]) }
    let cell = run.summary.scenarios[0].cells[0]
    #expect(cell.latency?.isSupported(99) == false && cell.latency?.isSupported(95) == true)
    #expect(TableText.percentile(cell, 99).hasSuffix("*") && !TableText.percentile(cell, 95).hasSuffix("*"))
    #expect(run.summary.warnings.first?.kind == .fewResponses(percentile: 99))
    #expect(RunWarning(.fewResponses(percentile: 95)).text.hasPrefix("p95 comes from fewer than 200 responses"))
  }
}
