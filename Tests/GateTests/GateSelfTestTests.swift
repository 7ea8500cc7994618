import Results
import Statistics
import Testing

@testable import Gate

@Suite struct GateSelfTestTests {
  @Test func `a run is red where anything failed, and the rate comes with its interval`() {
    func result(_ verdict: Verdict) -> ThresholdResult {
      ThresholdResult(
        scenario: "html",
        Decision(
          comparison: GateComparison(
            GateComparison.Question(framework: "head", threshold: .throughput(downAtMost: 0.02)),
            rounds: RoundRatios([Double](repeating: 0, count: 20)), against: .otherVersion, runToRun: nil,
            policy: .standard),
          verdict: verdict, estimate: nil, confidence: 0.95), baseline: nil)
    }
    let test = GateSelfTest(trials: [
      GateSelfTest.Trials(slowdown: 0, runs: [[result(.pass)], [result(.inconclusive(.acrossThreshold))]]),
      GateSelfTest.Trials(slowdown: 10, runs: [[result(.pass), result(.fail)], [result(.fail)], [result(.pass)]]),
      GateSelfTest.Trials(slowdown: 20, runs: []),
    ])
    #expect(test.trials.map(\.red) == [0, 2, 0])
    let lines = test.text.split(separator: "\n")
    #expect(lines.count == 3, "what was not run has no rate")
    #expect(lines[1].contains("nothing (A/A)") && lines[1].contains("0 % (0–84)"))
    #expect(lines[2].contains("10 %") && lines[2].contains("67 % (9–99)"))
  }
}
