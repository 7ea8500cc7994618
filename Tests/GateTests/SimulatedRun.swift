import Foundation
import Reports
import Results
import Statistics

@testable import Gate

/// A whole gated run on a simulated machine, wired as the perf tests are: each scenario decides for itself, from a
/// baseline of an earlier run, its own rounds, and fresh rounds of what they make suspect.
struct SimulatedRun {
  /// A rule of the gate that is taken away, to show what it is for.
  enum Without {
    case nothing
    /// Every suspect is decided as if it were the only question.
    case correction
    /// The rounds that made a comparison suspect decide it, few as they are.
    case freshRounds
    /// The gate does not know that runs differ.
    case runToRunSpread
  }

  static let scenarios = 14
  static let screeningRounds = 5
  /// Where it may end early: as many as a quick run has at the most.
  static let mostScreeningRounds = Profile.quick.rounds

  var machine: SimulatedMachine
  /// None where the earlier version is measured in the same rounds, which then are rounds of the ratio between both.
  var baselineRounds: Int? = 10 {
    didSet { if baselineRounds == nil { gate.looks = ScenarioGate.looksOfComparison } }
  }
  /// Whether a scenario is screened by up to `mostScreeningRounds`, and ends where more would add nothing.
  var endsEarly = false
  var without = Without.nothing {
    didSet { if without == .freshRounds { gate.roundsToFail = SimulatedRun.screeningRounds } }
  }
  var gate = Gate(alpha: 0.05 / Double(SimulatedRun.scenarios))

  init(seed: UInt64) { machine = SimulatedMachine(seed: seed) }

  struct Outcome {
    var failed: [(scenario: Int, question: GateComparison.Question)] = []
    var passed = 0
    var undecided = 0
    var suspects = 0
    /// Rounds of all targets beside the reference.
    var screeningRounds = 0
    /// Rounds of a target beside the reference, after those of the screening.
    var freshRounds = 0
  }

  /// - Parameter slowdown: The true one of a question in a scenario, a logarithm.
  mutating func decide(slowdown: (Int, GateComparison.Question) -> Double) -> Outcome {
    var outcome = Outcome()
    for scenario in 0..<SimulatedRun.scenarios {
      decide(scenario, SimulatedScenario.questions.map { slowdown(scenario, $0) }, &outcome)
    }
    return outcome
  }

  private mutating func decide(_ scenario: Int, _ slowdown: [Double], _ outcome: inout Outcome) {
    var earlier = SimulatedScenario(on: &machine)
    let baseline = baselineRounds.map {
      earlier.measure(rounds: $0, on: &machine, slowdown: slowdown.map { _ in 0 })
    }
    var today = SimulatedScenario(on: &machine)
    let screened = screen(&today, baseline, slowdown)
    outcome.screeningRounds += screened.first?.count ?? 0
    let screening = gate.screen(comparisons(screened, baseline))
    let families = without == .correction ? screening.suspects.map { [$0] } : [screening.suspects]
    var rulings = screening.rulings.filter { ruling in
      !screening.suspects.contains { $0.question == ruling.question }
    }
    for family in families {
      var retest = gate.retest(of: family)
      var fresh = SimulatedScenario.Rounds(repeating: [], count: screened.count)
      while case .measure(let frameworks, let rounds) = retest.next {
        let missing = rounds - (fresh.first?.count ?? 0)
        let more = today.measure(rounds: missing, on: &machine, slowdown: slowdown)
        for question in more.indices { fresh[question].append(more[question]) }
        outcome.freshRounds += missing * frameworks.count
        retest.look(at: comparisons(without == .freshRounds ? screened : fresh, baseline))
      }
      rulings += retest.rulings
    }
    outcome.suspects += screening.suspects.count
    for ruling in rulings {
      switch ruling.verdict {
      case .pass: outcome.passed += 1
      case .fail: outcome.failed.append((scenario, ruling.question))
      case .undecided: outcome.undecided += 1
      }
    }
  }

  private mutating func screen(
    _ today: inout SimulatedScenario, _ baseline: SimulatedScenario.Rounds?, _ slowdown: [Double]
  ) -> SimulatedScenario.Rounds {
    guard endsEarly else {
      return today.measure(rounds: SimulatedRun.screeningRounds, on: &machine, slowdown: slowdown)
    }
    var rounds = SimulatedScenario.Rounds(repeating: [], count: slowdown.count)
    while rounds[0].count < SimulatedRun.mostScreeningRounds {
      let more = today.measure(rounds: 2, on: &machine, slowdown: slowdown)
      for question in more.indices { rounds[question].append(more[question]) }
      let questions = comparisons(rounds, baseline)
      let isDecided = zip(questions, gate.screen(questions).rulings).allSatisfy { question, ruling in
        gate.isScreened(ruling) || !gate.mayScreen(question, byRounds: SimulatedRun.mostScreeningRounds)
      }
      if isDecided { break }
    }
    return rounds
  }

  private func comparisons(
    _ rounds: SimulatedScenario.Rounds, _ baseline: SimulatedScenario.Rounds?
  ) -> [GateComparison] {
    SimulatedScenario.questions.enumerated().map { index, question in
      // Both sides of a ratio have a shift of their own.
      let spread = machine.runToRun * 2.0.squareRoot() * SimulatedScenario.scale(question.threshold.metric)
      return GateComparison(
        question, rounds: rounds[index], against: baseline.map { .baseline($0[index]) } ?? .withinRound,
        runToRun: without == .runToRunSpread ? nil : RunToRunSpread(standardDeviation: spread))
    }
  }
}
