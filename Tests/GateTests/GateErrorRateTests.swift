import BenchTesting
import Foundation
import Results
import Statistics
import Testing

@testable import Gate

extension Exclusive.GateTests {
  /// Whole runs of 42 cells with three metrics each, on a machine that drifts, remembers, jumps and is disturbed for a
  /// while. Prints the tables of docs/lab-notes/2026-11-27-simulated-gate.md; `SIMULATION_FACTOR=10` has ten times as
  /// many runs.
  @Suite struct GateErrorRateTests {
    @Test func `a run in which nothing changed goes red in fewer than one of twenty`() {
      let alarms = study("nothing changed", runs: 100, slowdown: { _, _ in 0 })
      #expect(alarms.interval().high < 0.05)
      expect(alarms, like: Proportion(0, of: 1_000))
    }

    /// The least favourable truth: a gate that fails here fails for what is tolerated.
    @Test func `a run in which everything changed by what is just tolerated goes red in fewer than one of twenty`() {
      let alarms = study("all just tolerated", runs: 200, slowdown: justTolerated)
      #expect(alarms.rate < 0.05)
      expect(alarms, like: Proportion(30, of: 2_000))
    }

    /// As a quick run that is short of time.
    @Test func `with the fewest rounds that may fail anything it errs no more often`() {
      let alarms = study("8 rounds, nothing changed", rounds: 8, runs: 100, slowdown: { _, _ in 0 })
      expect(alarms, like: Proportion(0, of: 1_000))
      let tolerated = study("8 rounds, all just tolerated", rounds: 8, runs: 100, slowdown: justTolerated)
      #expect(tolerated.rate < 0.05)
      expect(tolerated, like: Proportion(30, of: 1_000))
      let found = study(
        "8 rounds, one cell 20 % slower", rounds: 8, runs: 60, slowdown: { oneCell(slower: 0.2, $0, $1) })
      expect(found, like: Proportion(597, of: 600))
    }

    @Test func `one cell that is a fifth slower is found in at least nineteen of twenty runs`() {
      let found = study("one cell 20 % slower", runs: 60, slowdown: { oneCell(slower: 0.2, $0, $1) })
      #expect(found.rate >= 0.95)
      expect(found, like: Proportion(600, of: 600))
    }

    @Test func `one cell that is a tenth slower is found in at least three of four runs`() {
      let found = study("one cell 10 % slower", runs: 60, slowdown: { oneCell(slower: 0.1, $0, $1) })
      #expect(found.rate >= 0.75)
      expect(found, like: Proportion(581, of: 600))
    }

    @Test func `without the correction for their number, comparisons that are just tolerated fail`() {
      let alarms = study("all just tolerated", without: .correction, runs: 100, slowdown: justTolerated)
      #expect(alarms.interval().low > 0.05)
      expect(alarms, like: Proportion(255, of: 1_000))
    }

    @Test func `without the shift from run to run, comparisons that are just tolerated fail`() {
      let known = study("all just tolerated, shifts 1 %", runs: 60, slowdown: justTolerated) { $0.runToRun = 0.01 }
      #expect(known.rate < 0.05)
      expect(known, like: Proportion(19, of: 600))
      let alarms = study(
        "all just tolerated, shifts 1 %", without: .runToRunSpread, runs: 60, slowdown: justTolerated
      ) { $0.runToRun = 0.01 }
      #expect(alarms.interval().low > 0.05)
      expect(alarms, like: Proportion(556, of: 600))
    }

    @Test func `five rounds that may fail are too few`() {
      let alarms = study("5 rounds, all just tolerated", without: .roundsToFail, runs: 60, slowdown: justTolerated)
      expect(alarms, like: Proportion(87, of: 600))
    }

    /// Rounds whose ratio scatters by 11 %: the gate gives up deciding, not being right.
    @Test func `four times the noise costs verdicts and makes no false alarms`() {
      let alarms = study("nothing changed, noise 8 %", runs: 40, slowdown: { _, _ in 0 }, on: { $0.noise = 0.08 })
      #expect(alarms.rate < 0.05)
      expect(alarms, like: Proportion(0, of: 400))
      let found = study(
        "one cell 20 % slower, noise 8 %", runs: 40, slowdown: { oneCell(slower: 0.2, $0, $1) },
        on: { $0.noise = 0.08 })
      expect(found, like: Proportion(399, of: 400))
    }

    /// Each start of the servers has a shift of its own, which is as large as what the rounds of a start are known by.
    @Test func `two versions on six starts of both`() {
      func shifted(_ machine: inout SimulatedMachine) { machine.runToRun = 0.01 }
      let alarms = study(
        "two versions, nothing changed", baselineRounds: nil, runs: 80, slowdown: { _, _ in 0 }, on: shifted)
      #expect(alarms.interval().high < 0.05)
      expect(alarms, like: Proportion(0, of: 800))
      let tolerated = study(
        "two versions, all just tolerated", baselineRounds: nil, runs: 60, slowdown: justTolerated, on: shifted)
      #expect(tolerated.rate < 0.05)
      expect(tolerated, like: Proportion(22, of: 600))
      let found = study(
        "two versions, one cell 20 % slower", baselineRounds: nil, runs: 60,
        slowdown: { oneCell(slower: 0.2, $0, $1) }, on: shifted)
      #expect(found.rate >= 0.95)
      expect(found, like: Proportion(599, of: 600))
    }

    @Test func `on one start of both, two versions that are just tolerated fail`() {
      let alarms = study(
        "two versions, all just tolerated", without: .starts, baselineRounds: nil, runs: 60, slowdown: justTolerated
      ) { $0.runToRun = 0.01 }
      #expect(alarms.interval().low > 0.05)
      expect(alarms, like: Proportion(595, of: 600))
    }

    /// The windows of the p99 are as uneven and not probed.
    @Test func `windows at speeds that differ by a tenth are evened out by the probe`() {
      func uneven(_ machine: inout SimulatedMachine) { machine.windowSpeed.deviation = 0.1 }
      func unprobed(_ machine: inout SimulatedMachine) {
        uneven(&machine)
        machine.isProbed = false
      }
      let alarms = study("probed, nothing changed", runs: 40, slowdown: { _, _ in 0 }, on: uneven)
      expect(alarms, like: Proportion(0, of: 400))
      let tolerated = study("probed, all just tolerated", runs: 60, slowdown: justTolerated, on: uneven)
      #expect(tolerated.rate < 0.05)
      expect(tolerated, like: Proportion(9, of: 600))
      let found = study(
        "probed, one cell 20 % slower", runs: 40, slowdown: { oneCell(slower: 0.2, $0, $1) }, on: uneven)
      let unaided = study(
        "not probed, one cell 20 % slower", runs: 40, slowdown: { oneCell(slower: 0.2, $0, $1) }, on: unprobed)
      #expect(found.rate >= 0.9)
      expect(found, like: Proportion(400, of: 400))
      expect(unaided, like: Proportion(269, of: 400))
    }

    /// The rate has to be that of the note, as far as so many runs can tell: within three standard errors of the difference of
    /// both. Where the note has none or all, its error is that at the end of its interval.
    private func expect(
      _ found: Proportion, like noted: Proportion, sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let interval = noted.interval()
      let extreme = noted.count == 0 ? interval.high : noted.count == noted.trials ? interval.low : noted.rate
      let error = (extreme * (1 - extreme) * (1 / Double(found.trials) + 1 / Double(noted.trials))).squareRoot()
      #expect(
        abs(found.rate - noted.rate) <= 3 * error,
        "\(found.count) of \(found.trials) runs are red; the note has \(noted.count) of \(noted.trials), and three standard errors are \(3 * error)",
        sourceLocation: sourceLocation)
    }

    private var factor: Int { ProcessInfo.processInfo.environment["SIMULATION_FACTOR"].flatMap(Int.init) ?? 1 }

    private func justTolerated(_ scenario: Int, _ question: GateComparison.Question) -> Double {
      abs(log(question.threshold.ratio))
    }

    private func oneCell(slower share: Double, _ scenario: Int, _ question: GateComparison.Question) -> Double {
      scenario == 0 && question.framework == "a" ? -log(1 - share) : 0
    }

    /// How many runs have a fail.
    private func study(
      _ title: String, without: SimulatedRun.Without = .nothing, baselineRounds: Int? = Profile.quick.rounds,
      rounds: Int = Profile.quick.rounds, runs: Int, slowdown: (Int, GateComparison.Question) -> Double,
      on change: (inout SimulatedMachine) -> Void = { _ in }
    ) -> Proportion {
      var run = SimulatedRun(seed: 1)
      run.baselineRounds = baselineRounds.map { min($0, rounds) }
      run.rounds = rounds
      run.without = without
      change(&run.machine)
      let runs = runs * factor
      var (red, measured, inconclusive) = (0, 0, 0)
      for _ in 0..<runs {
        let outcome = run.decide(slowdown: slowdown)
        if !outcome.failed.isEmpty { red += 1 }
        measured += outcome.rounds
        inconclusive += outcome.inconclusive
      }
      let rate = Proportion(red, of: runs)
      let interval = rate.interval()
      let each = Double(runs)
      print(
        String(
          format: "gate: %@%@: red %d of %d = %.1f %% (%.1f–%.1f), per run %.0f rounds, %.1f inconclusive",
          title, without == .nothing ? "" : ", without \(without)", red, runs, rate.rate * 100, interval.low * 100,
          interval.high * 100, Double(measured) / each, Double(inconclusive) / each))
      return rate
    }
  }
}
