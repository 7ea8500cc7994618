import Foundation
import Results
import Statistics
import TestSupport
import Testing

@testable import Gate

@Suite struct ThresholdTests {
  @Test func `a share down, a share up and a share of the reference are ratios`() {
    #expect(Threshold.throughput(downAtMost: 0.1).ratio == 0.9)
    #expect(Threshold.cpuPerRequest(upAtMost: 0.1).ratio == 1.1)
    #expect(Threshold.p99(upAtMost: 0.25).ratio == 1.25)
    #expect(Threshold.throughput(atLeast: 0.3).ratio == 0.3)
    #expect(Threshold.throughput(atLeast: 0.3).scale == .reference)
  }

  /// With one degree of freedom, t is Cauchy's distribution: P(T > 1) is a quarter.
  @Test func `beyond is below for a throughput and above for a cost`() {
    let throughput = Threshold.throughput(downAtMost: 0.1)
    let slow = LogEstimate(mean: log(0.9) - 0.2, standardError: 0.2, degreesOfFreedom: 1)
    #expect(isClose(throughput.pValueOfTolerated(slow), 0.25))
    #expect(isClose(throughput.pValueOfBeyond(slow), 0.75))
    let cost = Threshold.cpuPerRequest(upAtMost: 0.1)
    let dear = LogEstimate(mean: log(1.1) + 0.2, standardError: 0.2, degreesOfFreedom: 1)
    #expect(isClose(cost.pValueOfTolerated(dear), 0.25))
    #expect(isClose(cost.pValueOfBeyond(dear), 0.75))
  }
}

@Suite struct GateScreeningTests {
  let gate = Gate(alpha: 0.05, policy: .standard)

  @Test func `a ratio well within the tolerance passes and is not suspect`() {
    let screening = gate.screen([comparison(change: 0.99)])
    #expect(screening.decisions.map(\.verdict) == [.pass])
    #expect(screening.suspects.isEmpty)
  }

  @Test func `a gain passes`() {
    #expect(gate.screen([comparison(change: 1.5)]).decisions.map(\.verdict) == [.pass])
  }

  @Test func `a clear loss is suspect and does not fail yet`() {
    let slow = comparison(change: 0.5)
    let screening = gate.screen([slow])
    #expect(screening.decisions.map(\.verdict) == [.inconclusive(.notConfirmed)])
    #expect(screening.suspects == [slow])
  }

  @Test func `an interval that reaches across the threshold is suspect though its middle is tolerated`() {
    let screening = gate.screen([comparison(change: 0.92, spread: 0.1)])
    #expect(screening.decisions.map(\.verdict) == [.inconclusive(.acrossThreshold)])
    #expect(screening.suspects.count == 1)
  }

  /// Between the two levels: neither shown at 2.5 % to be tolerated, nor in doubt at 20 %.
  @Test func `what is cleared at the level of suspicion but not at that of a pass is inconclusive`() throws {
    let near = comparison(change: 0.955, spread: 0.08)
    let estimate = try #require(near.estimate)
    let pValue = near.question.threshold.pValueOfBeyond(estimate)
    #expect(pValue > 0.025 && pValue < 0.2)
    let screening = gate.screen([near])
    #expect(screening.decisions.map(\.verdict) == [.inconclusive(.acrossThreshold)])
    #expect(screening.suspects.isEmpty)
  }

  @Test func `without a baseline, with too few rounds or with a reason against it nothing is decided`() {
    let question = GateComparison.Question(framework: "a", threshold: .throughput(downAtMost: 0.1))
    let rounds: RoundRatios = [0.0, 0.01, -0.01]
    let screening = gate.screen([
      GateComparison(question, rounds: rounds, against: .baseline([]), runToRun: nil, policy: .standard),
      GateComparison(question, rounds: [0, 0.01], against: .baseline(rounds), runToRun: nil, policy: .standard),
      GateComparison(question, rounds: [], against: .withinRound, runToRun: nil, policy: .standard),
      GateComparison(question, rounds: rounds, against: .baseline([0]), runToRun: nil, policy: .standard),
      GateComparison(question, rounds: [0, 0, -.infinity], against: .withinRound, runToRun: nil, policy: .standard),
      GateComparison(
        question, rounds: rounds, against: .withinRound, runToRun: nil, policy: .standard,
        reason: .unsound(side: "a", fault: .errors)),
    ])
    #expect(
      screening.decisions.map(\.verdict) == [
        .inconclusive(.noBaseline), .inconclusive(.tooFewRounds(rounds: 2, needed: 3)),
        .inconclusive(.tooFewRounds(rounds: 0, needed: 3)),
        .inconclusive(.shortBaseline(rounds: 1, needed: 3)),
        .inconclusive(.notPositive),
        .inconclusive(.unsound(side: "a", fault: .errors)),
      ])
    #expect(screening.suspects.isEmpty)
  }

  @Test func `a share of the reference needs no baseline`() {
    let question = GateComparison.Question(framework: "a", threshold: .throughput(atLeast: 0.3))
    let rounds = RoundRatios([0.5, 0.51, 0.49].map { log($0) })
    let screening = gate.screen([
      GateComparison(question, rounds: rounds, against: .withinRound, runToRun: nil, policy: .standard)
    ])
    #expect(screening.decisions.map(\.verdict) == [.pass])
  }

  @Test func `a shift from run to run that is as large as the gain takes the pass away`() {
    let rounds: RoundRatios = [0.0, 0.001, -0.001]
    func verdicts(_ spread: Double) -> [Verdict] {
      let question = GateComparison.Question(framework: "a", threshold: .throughput(downAtMost: 0.1))
      return gate.screen([
        GateComparison(
          question, rounds: rounds, against: .baseline(rounds),
          runToRun: RunToRunSpread(standardDeviation: spread), policy: .standard)
      ]).decisions.map(\.verdict)
    }
    #expect(verdicts(0.01) == [.pass])
    #expect(verdicts(0.1) == [.inconclusive(.acrossThreshold)])
  }

  /// Six rounds with a spread of 0.05 know the mean within ±0.061, eight within ±0.049, 24 within ±0.025; 0.93 is 0.033
  /// within what is tolerated, and 0.88 is 0.022 beyond.
  @Test func `what the rounds planned have hardly a chance to decide is known before they are measured`() {
    func mayBeScreened(_ change: Double, spread: Double, by planned: Int) -> Bool {
      gate.mayScreen(comparison(change: change, spread: spread), byRounds: planned)
    }
    #expect(mayBeScreened(1, spread: 0.02, by: 6) && mayBeScreened(0.5, spread: 0.02, by: 6))
    #expect(!mayBeScreened(0.93, spread: 0.05, by: 6) && !mayBeScreened(0.93, spread: 0.05, by: 8))
    #expect(mayBeScreened(0.93, spread: 0.05, by: 24))
    #expect(!mayBeScreened(0.88, spread: 0.05, by: 8) && mayBeScreened(0.88, spread: 0.05, by: 24))
    // What is just tolerated is hardly told from what is not.
    #expect(!mayBeScreened(0.9, spread: 0.02, by: 12) && mayBeScreened(0.9, spread: 0.02, by: 600))
    var doubtful = comparison(change: 1)
    doubtful.reason = .noBaseline
    #expect(!gate.mayScreen(doubtful, byRounds: 600))
  }

  /// Six fresh rounds with a spread of 0.05 know their mean within ±0.061, eight within ±0.049, and their mean is another.
  @Test func `what fresh rounds have hardly a chance to decide is known before they are measured`() {
    func mayBeDecided(_ change: Double, by fresh: Int) -> Bool {
      var gate = gate
      (gate.policy.looks, gate.policy.chanceToDecide) = ([fresh], 0.25)
      return gate.mayConfirm(comparison(change: change, spread: 0.05))
    }
    #expect(mayBeDecided(0.7, by: 6) && mayBeDecided(1, by: 6))
    #expect(!mayBeDecided(0.93, by: 6) && mayBeDecided(0.93, by: 8))
    #expect(!mayBeDecided(0.9, by: 8) && mayBeDecided(0.9, by: 600))
    var doubtful = comparison(change: 1)
    doubtful.reason = .noBaseline
    #expect(!gate.mayConfirm(doubtful))
  }

  @Test func `a decision says what it rests on`() throws {
    let decision = try #require(gate.screen([comparison(change: 0.5)]).decisions.first)
    #expect(
      ThresholdResult(scenario: "ping", decision, baseline: nil).text
        == "a throughput 0.5× of before (0.488–0.512 at 95 %, 6 rounds), tolerated from 0.9×: "
        + "inconclusive: beyond the threshold, but not shown at the confidence that the number of questions asks for")
  }
}

@Suite struct RetestTests {
  /// One look, which has 5 % once the level of suspicion is paid for, so that levels are those of Holm alone.
  var gate: Gate {
    var gate = Gate(alpha: 0.05 / 0.8, policy: .standard)
    gate.policy.looks = [6]
    gate.policy.roundsToFail = 6
    return gate
  }

  @Test func `a suspect fails by its fresh rounds`() {
    var retest = gate.retest(of: [comparison(change: 0.5)])
    #expect(retest.next == .measure(frameworks: ["a"], rounds: 6))
    retest.look(at: [comparison(change: 0.5)])
    #expect(retest.next == .done)
    #expect(retest.decisions.map(\.verdict) == [.fail])
    #expect(isClose(retest.decisions.first?.confidence, 0.9))
  }

  @Test func `a suspect whose fresh rounds are well passes, whatever made it suspect`() {
    var retest = gate.retest(of: [comparison(change: 0.1)])
    retest.look(at: [comparison(change: 1)])
    #expect(retest.decisions.map(\.verdict) == [.pass])
  }

  /// Fails at 5 % where it is the only suspect, and not at 2.5 % where it is one of two.
  @Test func `the more suspects, the surer a fail has to be`() throws {
    let slow = comparison(change: 0.87, spread: 0.0325)
    let estimate = try #require(slow.estimate)
    let pValue = slow.question.threshold.pValueOfTolerated(estimate)
    #expect(pValue > 0.025 && pValue < 0.05)
    #expect(verdicts([slow]) == [.fail])
    #expect(verdicts([slow, comparison("b", change: 0.9)]).first == .inconclusive(.acrossThreshold))
  }

  /// Holm: once the clear one is rejected at 2.5 %, the other is held against 5 %.
  @Test func `a clear fail makes room for the next`() {
    #expect(verdicts([comparison(change: 0.87, spread: 0.0325), comparison("b", change: 0.2)]) == [.fail, .fail])
  }

  @Test func `looks share alpha`() throws {
    var gate = gate
    gate.policy.looks = [6, 12]
    var retest = gate.retest(of: [comparison(change: 0.87, spread: 0.0325)])
    retest.look(at: [comparison(change: 0.87, spread: 0.0325)])
    #expect(retest.decisions.map(\.verdict) == [.inconclusive(.acrossThreshold)])
    #expect(retest.next == .measure(frameworks: ["a"], rounds: 12))
    retest.look(at: [comparison(change: 0.87, spread: 0.0325, times: 2)])
    #expect(retest.decisions.map(\.verdict) == [.fail])
    #expect(isClose(retest.decisions.first?.confidence, 0.95))
    #expect(retest.next == .done)
  }

  @Test func `only those that are not settled are measured on`() {
    var gate = gate
    gate.policy.looks = [6, 12]
    let wide = comparison("b", change: 0.83, spread: 0.1)
    var retest = gate.retest(of: [comparison(change: 0.5), wide])
    #expect(retest.next == .measure(frameworks: ["a", "b"], rounds: 6))
    retest.look(at: [comparison(change: 0.5), wide])
    #expect(retest.next == .measure(frameworks: ["b"], rounds: 12))
    retest.look(at: [comparison("b", change: 0.9, spread: 0.1, times: 2)])
    #expect(retest.decisions.map(\.verdict) == [.fail, .inconclusive(.acrossThreshold)])
  }

  @Test func `with few rounds on either side nothing fails, however slow it is`() {
    var gate = gate
    gate.policy.roundsToFail = 10
    var retest = gate.retest(of: [comparison(change: 0.5)])
    retest.look(at: [comparison(change: 0.5)])
    #expect(retest.decisions.map(\.verdict) == [.inconclusive(.tooFewRounds(rounds: 6, needed: 10))])
    retest = gate.retest(of: [comparison(change: 0.5)])
    retest.look(at: [comparison(change: 0.5, times: 2)])
    #expect(
      retest.decisions.map(\.verdict) == [
        .inconclusive(.shortBaseline(rounds: 6, needed: 10))
      ])
  }

  @Test func `what the looks to come would hardly decide is not measured on`() {
    var gate = gate
    gate.policy.looks = [6, 12]
    var retest = gate.retest(of: [comparison(change: 0.8)])
    retest.look(at: [comparison(change: 0.9, spread: 0.01)])
    #expect(retest.next == .done)
    #expect(retest.decisions.map(\.verdict) == [.inconclusive(.acrossThreshold)])
  }

  @Test func `a suspect that all looks would hardly decide is not measured again and keeps its decision`() {
    let onTheEdge = comparison(change: 0.9, spread: 0.1)
    var retest = gate.retest(of: [onTheEdge])
    #expect(retest.next == .done)
    #expect(retest.decisions == gate.screen([onTheEdge]).decisions)
    retest = gate.retest(of: [onTheEdge, comparison("b", change: 0.5)])
    #expect(retest.next == .measure(frameworks: ["b"], rounds: 6))
    retest.look(at: [comparison("b", change: 0.5)])
    #expect(retest.decisions.map(\.verdict) == [.inconclusive(.acrossThreshold), .fail])
  }

  @Test func `a suspect that was not measured again is inconclusive`() {
    var retest = gate.retest(of: [comparison(change: 0.5)])
    retest.look(at: [])
    #expect(retest.decisions.map(\.verdict) == [.inconclusive(.tooFewRounds(rounds: 0, needed: 3))])
    #expect(retest.next == .done)
  }

  @Test func `nobody suspect, nothing to measure`() {
    #expect(gate.retest(of: []).next == .done)
  }

  private func verdicts(_ fresh: [GateComparison]) -> [Verdict] {
    var retest = gate.retest(of: fresh)
    retest.look(at: fresh)
    return retest.decisions.map(\.verdict)
  }
}

/// Six rounds, or a multiple, that scatter evenly by `spread` around the change; six rounds of the baseline around 1.
private func comparison(
  _ framework: String = "a", change: Double, spread: Double = 0.02, times: Int = 1
) -> GateComparison {
  let around = [-1.0, 1, -1, 1, -0.5, 0.5].map { $0 * spread }
  let rounds = (0..<times).flatMap { _ in around.map { log(change) + $0 } }
  return GateComparison(
    .init(framework: framework, threshold: .throughput(downAtMost: 0.1)), rounds: RoundRatios(rounds),
    against: .baseline([-0.001, 0.001, -0.001, 0.001, -0.001, 0.001]), runToRun: nil, policy: .standard)
}
