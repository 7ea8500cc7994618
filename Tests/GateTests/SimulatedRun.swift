import Foundation
import Results
import Statistics

@testable import Gate

/// A whole gated run on a simulated machine, wired as the perf tests are: each scenario decides for itself, by its own rounds
/// and those of an earlier run, or by rounds of two versions on several starts of both.
struct SimulatedRun {
  /// A rule of the gate that is taken away, to show what it is for.
  enum Without {
    case nothing
    /// Every comparison is decided as if it were the only question.
    case correction
    /// Five rounds may fail.
    case roundsToFail
    /// The gate does not know that runs differ.
    case runToRunSpread
    /// Both versions are started once, and each round is an observation.
    case starts
  }

  static let scenarios = 14
  static let fewRounds = 5

  var machine: SimulatedMachine
  /// None where two versions are compared.
  var baselineRounds: Int? = Profile.quick.rounds
  var rounds = Profile.quick.rounds
  /// Whether a scenario ends where more rounds would add nothing.
  var endsEarly = true
  var without = Without.nothing {
    didSet {
      guard without == .roundsToFail else { return }
      gate.policy.roundsToFail = SimulatedRun.fewRounds
      (baselineRounds, rounds) = (SimulatedRun.fewRounds, SimulatedRun.fewRounds)
    }
  }
  var gate = Gate(
    alpha: GatePolicy.standard.falseAlarms / Double(SimulatedRun.scenarios), policy: .standard)

  init(seed: UInt64) { machine = SimulatedMachine(seed: seed) }

  struct Outcome {
    var failed: [(scenario: Int, question: GateComparison.Question)] = []
    var passed = 0
    var inconclusive = 0
    /// Of all targets beside the reference.
    var rounds = 0
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
    let measured = comparisons(measure(baseline, slowdown), baseline)
    outcome.rounds += measured.first?.rounds.count ?? 0
    let families = without == .correction ? measured.map { [$0] } : [measured]
    for decision in families.flatMap({ gate.decide($0) }) {
      switch decision.verdict {
      case .pass: outcome.passed += 1
      case .fail: outcome.failed.append((scenario, decision.question))
      case .inconclusive: outcome.inconclusive += 1
      }
    }
  }

  private mutating func measure(
    _ baseline: SimulatedScenario.Rounds?, _ slowdown: [Double]
  ) -> SimulatedScenario.Rounds {
    let part = baseline == nil ? Profile.quick.roundsOfStart ?? rounds : 4
    var today = SimulatedScenario(on: &machine)
    var measured = SimulatedScenario.noRounds
    while measured[0].count < rounds {
      let start = measured[0].count / part + 1
      let startsAnew = baseline == nil && without != .starts
      if startsAnew, start > 1 { today.startAnew(on: &machine) }
      let more = today.measure(
        rounds: min(part, rounds - measured[0].count), on: &machine, slowdown: slowdown,
        start: baseline == nil ? start : nil)
      for question in more.indices { measured[question].append(more[question]) }
      let questions = comparisons(measured, baseline)
      if endsEarly, measured[0].count >= gate.policy.roundsToFail,
        gate.isDecided(questions, hopes: questions, planned: rounds)
      {
        break
      }
    }
    return measured
  }

  private func comparisons(
    _ rounds: SimulatedScenario.Rounds, _ baseline: SimulatedScenario.Rounds?
  ) -> [GateComparison] {
    SimulatedScenario.questions.enumerated().map { index, question in
      // Both sides of a ratio have a shift of their own.
      let spread = machine.runToRun * 2.0.squareRoot() * SimulatedScenario.scale(question.threshold.metric)
      return GateComparison(
        question, rounds: without == .starts ? rounds[index].onStartsOfTheirOwn : rounds[index],
        against: baseline.map { .baseline($0[index]) } ?? .otherVersion,
        runToRun: without == .runToRunSpread ? nil : RunToRunSpread(standardDeviation: spread),
        policy: gate.policy)
    }
  }
}

extension RoundRatios {
  /// As if the servers had been started before each round.
  fileprivate var onStartsOfTheirOwn: RoundRatios {
    var ratios = RoundRatios([], adjustment: GatePolicy.standard.speedAdjustment)
    for index in logarithms.indices { ratios.append(logarithms[index], speed: speeds[index], start: index) }
    return ratios
  }
}
