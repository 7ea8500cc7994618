import Foundation
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
    didSet { if baselineRounds == nil { gate.policy.looks = gate.policy.looksOfComparison } }
  }
  /// Whether a scenario is screened by up to `mostScreeningRounds`, and ends where more would add nothing.
  var endsEarly = false
  var without = Without.nothing {
    didSet { if without == .freshRounds { gate.policy.roundsToFail = SimulatedRun.screeningRounds } }
  }
  var gate = Gate(
    alpha: GatePolicy.standard.falseAlarms / Double(SimulatedRun.scenarios), policy: .standard)

  init(seed: UInt64) { machine = SimulatedMachine(seed: seed) }

  struct Outcome {
    var failed: [(scenario: Int, question: GateComparison.Question)] = []
    var passed = 0
    var inconclusive = 0
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
    var decisions = screening.decisions.filter { decision in
      !screening.suspects.contains { $0.question == decision.question }
    }
    for family in families {
      var retest = gate.retest(of: family)
      var fresh = SimulatedScenario.noRounds
      while case .measure(let frameworks, let rounds) = retest.next {
        let missing = rounds - (fresh.first?.count ?? 0)
        let more = today.measure(rounds: missing, on: &machine, slowdown: slowdown)
        for question in more.indices { fresh[question].append(more[question]) }
        outcome.freshRounds += missing * frameworks.count
        retest.look(at: comparisons(without == .freshRounds ? screened : fresh, baseline))
      }
      decisions += retest.decisions
    }
    outcome.suspects += screening.suspects.count
    for decision in decisions {
      switch decision.verdict {
      case .pass: outcome.passed += 1
      case .fail: outcome.failed.append((scenario, decision.question))
      case .inconclusive: outcome.inconclusive += 1
      }
    }
  }

  private mutating func screen(
    _ today: inout SimulatedScenario, _ baseline: SimulatedScenario.Rounds?, _ slowdown: [Double]
  ) -> SimulatedScenario.Rounds {
    guard endsEarly else {
      return today.measure(rounds: SimulatedRun.screeningRounds, on: &machine, slowdown: slowdown)
    }
    var rounds = SimulatedScenario.noRounds
    while rounds[0].count < SimulatedRun.mostScreeningRounds {
      let more = today.measure(rounds: 2, on: &machine, slowdown: slowdown)
      for question in more.indices { rounds[question].append(more[question]) }
      let questions = comparisons(rounds, baseline)
      if gate.isDecided(questions, hopes: questions, planned: SimulatedRun.mostScreeningRounds) { break }
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
        runToRun: without == .runToRunSpread ? nil : RunToRunSpread(standardDeviation: spread),
        policy: gate.policy)
    }
  }
}
