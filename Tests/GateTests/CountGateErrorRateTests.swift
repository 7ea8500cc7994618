import Foundation
import Results
import SeededRandom
import Statistics
import SyntheticResults
import Testing

@testable import Gate

/// How often the gate by counts is wrong, over whole comparisons of one framework's 14 scenarios. Each start of a server
/// shifts what it counts; its size is more than was measured (docs/methodology.md).
@Suite struct CountGateErrorRateTests {
  private static let scenarios = 14
  private static let tolerated: [CountThreshold] = [.instructions(upAtMost: 0.005), .databaseStatements(upAtMost: 0)]

  @Test(arguments: [0.0005, 0.001, 0.0015])
  func `a version against itself is green`(deviation: Double) {
    let outcome = study("A/A", deviation: deviation, runs: 400, scenarios: Self.scenarios, dearer: 0)
    #expect(outcome.red.rate <= 0.01)
    #expect(outcome.freshStarts <= 2)
  }

  @Test(arguments: [0.0005, 0.001, 0.0015])
  func `one percent more is found`(deviation: Double) {
    let outcome = study("1 % dearer", deviation: deviation, runs: 4000, dearer: 0.01)
    #expect(outcome.red.rate >= 0.995)
  }

  @Test(arguments: [0.0005, 0.001, 0.0015])
  func `half as much again as is tolerated is found`(deviation: Double) {
    let outcome = study("0.75 % dearer", deviation: deviation, runs: 4000, dearer: 0.0075)
    #expect(outcome.red.rate >= 0.95)
  }

  /// A baseline has three starts, which no fresh start makes better.
  @Test func `against a baseline of three starts the same holds`() {
    func study(_ title: String, runs: Int, scenarios: Int = 1, dearer: Double) -> Double {
      self.study(
        "baseline, " + title, deviation: 0.0015, runs: runs, scenarios: scenarios, baselineStarts: 3, dearer: dearer
      ).red.rate
    }
    #expect(study("A/A", runs: 400, scenarios: Self.scenarios, dearer: 0) <= 0.01)
    #expect(study("1 % dearer", runs: 4000, dearer: 0.01) >= 0.995)
    #expect(study("0.75 % dearer", runs: 4000, dearer: 0.0075) >= 0.95)
  }

  private var factor: Int { ProcessInfo.processInfo.environment["SIMULATION_FACTOR"].flatMap(Int.init) ?? 1 }

  /// - Parameter dearer: the share by which each scenario costs more than before.
  private func study(
    _ title: String, deviation: Double, runs: Int, scenarios: Int = 1, baselineStarts: Int? = nil, dearer share: Double
  ) -> (red: Proportion, freshStarts: Double) {
    let runs = runs * factor
    var random = SplitMix64(seed: 23)
    func start(_ scenario: String, _ name: String, _ share: Double, starts: Int = 1) -> CellCounts {
      var cell = CellCounts.synthetic(scenario, name)
      cell.figures["instructions"] = CountedFigure(
        starts: (0..<starts).map { _ in
          let uniform = (Double(random.next() >> 11) + 0.5) * 0x1p-53
          return 400_000 * (1 + share) * (1 + deviation * normalQuantile(uniform))
        }, halfWidth: 400, batches: 6)
      return cell
    }
    var (red, freshStarts) = (0, 0)
    for _ in 0..<runs {
      var isRed = false
      for scenario in 0..<scenarios {
        let name = "\(scenario)"
        let base = start(name, "base", 0, starts: baselineStarts ?? 1)
        let results = CountGate(name, tolerating: Self.tolerated, policy: .standard).judge(
          [base, start(name, "head", share)],
          against: [("head", baselineStarts == nil ? .target("base") : .stored(base, changes: []))]
        ) { again in
          freshStarts += 1
          return again.targets.map { start(name, $0, $0 == "head" ? share : 0) }
        }
        isRed = isRed || results.contains { $0.verdict == .fail }
        #expect(!results.contains { $0.verdict == .undecided })
      }
      if isRed { red += 1 }
    }
    let rate = Proportion(red, of: runs)
    print(
      String(
        format: "counts: %@, starts scatter by %.2f %%: red %d of %d, %.2f fresh starts per run", title,
        deviation * 100, red, runs, Double(freshStarts) / Double(runs)))
    return (rate, Double(freshStarts) / Double(runs))
  }
}
