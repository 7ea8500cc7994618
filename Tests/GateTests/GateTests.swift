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

@Suite struct GateDecisionTests {
  let gate = Gate(alpha: 0.05, policy: .standard)

  @Test func `a ratio well within the tolerance passes, and so does a gain`() {
    #expect(verdicts([comparison(change: 0.99)]) == [.pass])
    #expect(verdicts([comparison(change: 1.5)]) == [.pass])
  }

  @Test func `a clear loss fails, at the confidence of its family`() {
    let decision = gate.decide([comparison(change: 0.5)]).first
    #expect(decision?.verdict == .fail)
    #expect(isClose(decision?.confidence, 0.9))
  }

  @Test func `an interval that reaches across the threshold is inconclusive though its middle is tolerated`() {
    #expect(verdicts([comparison(change: 0.92, spread: 0.1)]) == [.inconclusive(.acrossThreshold)])
  }

  /// Fails at 5 % where it is the only question, and not at 2.5 % where it is one of two.
  @Test func `the more questions, the surer a fail has to be`() throws {
    let slow = comparison(change: 0.87, spread: 0.0325)
    let estimate = try #require(slow.estimate)
    let pValue = slow.question.threshold.pValueOfTolerated(estimate)
    #expect(pValue > 0.025 && pValue < 0.05)
    #expect(verdicts([slow]) == [.fail])
    #expect(verdicts([slow, comparison("b", change: 1)]) == [.inconclusive(.acrossThreshold), .pass])
  }

  /// Holm: once the clear one is rejected at 2.5 %, the other is held against 5 %.
  @Test func `a clear fail makes room for the next`() {
    #expect(verdicts([comparison(change: 0.87, spread: 0.0325), comparison("b", change: 0.2)]) == [.fail, .fail])
  }

  @Test func `what may not fail is inconclusive, and no question of the family`() {
    let (slow, other) = (comparison(change: 0.87, spread: 0.0325), comparison("b", change: 0.2))
    let decisions = gate.decide([slow, other]) { $0.framework == "a" }
    #expect(decisions.map(\.verdict) == [.fail, .inconclusive(.notConfirmed)])
  }

  @Test func `with few rounds on either side nothing fails, however slow it is`() {
    func compared(times: Int) -> [Verdict] { verdicts([comparison(change: 0.5, times: times, roundsToFail: 10)]) }
    #expect(compared(times: 1) == [.inconclusive(.tooFewRounds(rounds: 6, needed: 10))])
    #expect(compared(times: 2) == [.inconclusive(.shortBaseline(rounds: 6, needed: 10))])
  }

  @Test func `without a baseline, with too few rounds or with a reason against it nothing is decided`() {
    let question = GateComparison.Question(framework: "a", threshold: .throughput(downAtMost: 0.1))
    let rounds: RoundRatios = [0.0, 0.01, -0.01]
    func compared(
      _ rounds: RoundRatios, _ yardstick: GateComparison.Yardstick, reason: Reason? = nil
    ) -> GateComparison {
      GateComparison(question, rounds: rounds, against: yardstick, runToRun: nil, policy: .standard, reason: reason)
    }
    #expect(
      verdicts([
        compared(rounds, .baseline([])), compared([0, 0.01], .baseline(rounds)), compared([], .otherVersion),
        compared(rounds, .baseline([0])), compared([0, 0, -.infinity], .baseline(rounds)),
        compared(rounds, .otherVersion), compared(rounds, .otherVersion, reason: .unsound(side: "a", fault: .errors)),
      ]) == [
        .inconclusive(.noBaseline), .inconclusive(.tooFewRounds(rounds: 2, needed: 3)),
        .inconclusive(.tooFewRounds(rounds: 0, needed: 3)),
        .inconclusive(.shortBaseline(rounds: 1, needed: 3)),
        .inconclusive(.notPositive),
        .inconclusive(.tooFewStarts(starts: 1, needed: 3)),
        .inconclusive(.unsound(side: "a", fault: .errors)),
      ])
  }

  @Test func `a share of the reference needs no baseline`() {
    let question = GateComparison.Question(framework: "a", threshold: .throughput(atLeast: 0.3))
    let rounds = RoundRatios([0.5, 0.51, 0.49].map { log($0) })
    #expect(
      verdicts([GateComparison(question, rounds: rounds, against: .reference, runToRun: nil, policy: .standard)])
        == [.pass])
  }

  @Test func `a shift from run to run that is as large as the gain takes the pass away`() {
    let rounds: RoundRatios = [0.0, 0.001, -0.001]
    func verdicts(_ spread: Double) -> [Verdict] {
      let question = GateComparison.Question(framework: "a", threshold: .throughput(downAtMost: 0.1))
      return self.verdicts([
        GateComparison(
          question, rounds: rounds, against: .baseline(rounds),
          runToRun: RunToRunSpread(standardDeviation: spread), policy: .standard)
      ])
    }
    #expect(verdicts(0.01) == [.pass])
    #expect(verdicts(0.1) == [.inconclusive(.acrossThreshold)])
  }

  /// Rounds agree within each start and say nothing of how starts scatter: by 5 % they leave open whether a mean of 0.88 is
  /// beyond 0.9, and by 0.5 % they do not.
  @Test func `of two versions the starts are counted, and not the rounds on them`() {
    func verdicts(_ shifts: [Double]) -> [Verdict] {
      let question = GateComparison.Question(framework: "head", threshold: .throughput(downAtMost: 0.1))
      var rounds: RoundRatios = []
      for (start, shift) in shifts.enumerated() {
        for noise in [0.001, -0.001, 0.001, -0.001] {
          rounds.append(log(0.88) + shift + noise, speed: nil, start: start + 1)
        }
      }
      return self.verdicts([
        GateComparison(question, rounds: rounds, against: .otherVersion, runToRun: nil, policy: gate.policy)
      ])
    }
    #expect(verdicts([0.05, -0.05, 0.05, -0.05, 0.05, -0.05]) == [.inconclusive(.acrossThreshold)])
    #expect(verdicts([0.005, -0.005, 0.005, -0.005, 0.005, -0.005]) == [.fail])
    #expect(verdicts([0.005, -0.005, 0.005, -0.005]) == [.inconclusive(.tooFewStarts(starts: 4, needed: 5))])
    #expect(verdicts([0.005, -0.005]) == [.inconclusive(.tooFewStarts(starts: 2, needed: 3))])
  }

  /// Six rounds with a spread of 0.05 know the mean within ±0.061, eight within ±0.049, 24 within ±0.025; 0.93 is 0.033
  /// within what is tolerated, and 0.88 is 0.022 beyond.
  @Test func `what the rounds planned have hardly a chance to decide is known before they are measured`() {
    func mayBeDecided(_ change: Double, spread: Double, by planned: Int) -> Bool {
      gate.mayDecide(comparison(change: change, spread: spread), byRounds: planned)
    }
    #expect(mayBeDecided(1, spread: 0.02, by: 6) && mayBeDecided(0.5, spread: 0.02, by: 6))
    #expect(!mayBeDecided(0.93, spread: 0.05, by: 6) && !mayBeDecided(0.93, spread: 0.05, by: 8))
    #expect(mayBeDecided(0.93, spread: 0.05, by: 24))
    #expect(!mayBeDecided(0.88, spread: 0.05, by: 8) && mayBeDecided(0.88, spread: 0.05, by: 24))
    // What is just tolerated is hardly told from what is not.
    #expect(!mayBeDecided(0.9, spread: 0.02, by: 12) && mayBeDecided(0.9, spread: 0.02, by: 600))
    var doubtful = comparison(change: 1)
    doubtful.reason = .noBaseline
    #expect(!gate.mayDecide(doubtful, byRounds: 600))
  }

  @Test func `what is beyond its threshold is measured to the last round`() {
    func isDecided(_ change: Double, mayFail: Bool = true) -> Bool {
      let comparisons = [comparison(change: change)]
      return gate.isDecided(comparisons, hopes: comparisons, planned: 24) { _ in mayFail }
    }
    #expect(isDecided(1) && !isDecided(0.5))
    #expect(isDecided(0.5, mayFail: false))
  }

  @Test func `a decision says what it rests on`() throws {
    let decision = try #require(gate.decide([comparison(change: 0.5)]) { _ in false }.first)
    #expect(
      ThresholdResult(scenario: "ping", decision, baseline: nil).text
        == "a throughput 0.5× of before (0.488–0.512 at 95 %, 6 rounds), tolerated from 0.9×: "
        + "inconclusive: beyond the threshold, but not shown at the confidence that the number of questions asks for")
  }

  private func verdicts(_ comparisons: [GateComparison]) -> [Verdict] { gate.decide(comparisons).map(\.verdict) }
}

/// Six rounds, or a multiple, that scatter evenly by `spread` around the change; six rounds of the baseline around 1. They
/// may fail, so that levels are those of Holm alone.
private func comparison(
  _ framework: String = "a", change: Double, spread: Double = 0.02, times: Int = 1, roundsToFail: Int = 6
) -> GateComparison {
  var policy = GatePolicy.standard
  policy.roundsToFail = roundsToFail
  let around = [-1.0, 1, -1, 1, -0.5, 0.5].map { $0 * spread }
  let rounds = (0..<times).flatMap { _ in around.map { log(change) + $0 } }
  return GateComparison(
    .init(framework: framework, threshold: .throughput(downAtMost: 0.1)), rounds: RoundRatios(rounds),
    against: .baseline([-0.001, 0.001, -0.001, 0.001, -0.001, 0.001]), runToRun: nil, policy: policy)
}
