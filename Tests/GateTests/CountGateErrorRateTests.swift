import Foundation
import Results
import SeededRandom
import Statistics
import SyntheticResults
import Testing

@testable import Gate

/// How often the gate by counts is wrong, over whole comparisons of one framework's 14 scenarios. Each start of a server is
/// another layout of memory, and takes more than the work by what that says; on both sides it is another one, as it is of two
/// versions (docs/methodology.md).
@Suite struct CountGateErrorRateTests {
  private static let scenarios = 14
  private static let tolerated: [CountThreshold] = [.instructions(upAtMost: 0.005), .databaseStatements(upAtMost: 0)]

  @Test(arguments: Layouts.all)
  func `a version against itself is green`(layouts: Layouts) {
    let outcome = study("A/A", layouts, runs: 400, scenarios: Self.scenarios, dearer: 0)
    #expect(outcome.red.rate <= 0.01)
    // One for each scenario is usual.
    #expect(outcome.freshStarts <= Double(Self.scenarios) + 3)
  }

  @Test(arguments: Layouts.all)
  func `one percent more is found`(layouts: Layouts) {
    let outcome = study("1 % dearer", layouts, runs: 4000, dearer: 0.01)
    #expect(outcome.red.rate >= layouts.leastFound.onePercent)
  }

  @Test(arguments: Layouts.all)
  func `half as much again as is tolerated is found`(layouts: Layouts) {
    let outcome = study("0.75 % dearer", layouts, runs: 4000, dearer: 0.0075)
    #expect(outcome.red.rate >= layouts.leastFound.halfAsMuchAgain)
  }

  /// A baseline has as many starts as `make baseline` counts, and they stay what they are.
  @Test(arguments: Layouts.all)
  func `against a baseline the same holds`(layouts: Layouts) {
    func study(_ title: String, runs: Int, scenarios: Int = 1, dearer: Double) -> Double {
      self.study(
        "baseline, " + title, layouts, runs: runs, scenarios: scenarios, baselineStarts: 5, dearer: dearer
      ).red.rate
    }
    #expect(study("A/A", runs: 400, scenarios: Self.scenarios, dearer: 0) <= 0.01)
    #expect(study("1 % dearer", runs: 4000, dearer: 0.01) >= layouts.leastFound.onePercent)
    #expect(study("0.75 % dearer", runs: 4000, dearer: 0.0075) >= layouts.leastFound.halfAsMuchAgain)
  }

  private var factor: Int { ProcessInfo.processInfo.environment["SIMULATION_FACTOR"].flatMap(Int.init) ?? 1 }

  /// - Parameter dearer: the share by which each scenario costs more than before.
  private func study(
    _ title: String, _ layouts: Layouts, runs: Int, scenarios: Int = 1, baselineStarts: Int? = nil, dearer share: Double
  ) -> (red: Proportion, freshStarts: Double) {
    let runs = runs * factor
    var random = SplitMix64(seed: 23)
    func start(_ scenario: String, _ name: String, _ share: Double, starts: Int = 1) -> CellCounts {
      var cell = CellCounts.synthetic(scenario, name)
      cell.figures["instructions"] = CountedFigure(
        starts: (0..<starts).map { _ in 400_000 * (1 + share) * (1 + layouts.excess(&random)) }, halfWidth: 400,
        batches: 6)
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
      "counts: \(title), \(layouts): red \(red) of \(runs), "
        + String(format: "%.2f fresh starts per run", Double(freshStarts) / Double(runs)))
    return (rate, Double(freshStarts) / Double(runs))
  }
}

/// By how much more than the work a start takes.
enum Layouts: CustomTestStringConvertible, CustomStringConvertible {
  /// As normal values of this standard deviation, as a share.
  case normal(Double)
  /// One of those that were measured of a framework, in percent, and a normal one of 0.05 % from start to start.
  case measured(String, [Double])

  /// Source of those that were measured: 2026-12-01-where-memory-lies.md.
  static let all: [Layouts] = [
    .normal(0.0005), .normal(0.001), .normal(0.0015),
    .measured("FastAPI, ping", [0.00, 0.01, 0.20, 0.21, 0.21, 0.24, 0.27, 0.29, 0.31, 0.38, 0.50, 0.66]),
    .measured("Aquilia, ping", [0.33, 1.92, 0.04, 0.53, 0.08, 0.00, 0.21, 0.31, 0.49, 0.39]),
    .measured("Aquilia, sse", [0.05, 7.73, 0.03, 0.23, 0.07, 0.18, 0.00, 0.17, 0.05, 0.16]),
    .measured("Sanic, ping", [0.11, 0.09, 1.42, 0.10, 0.13, 0.00, 0.10, 0.02, 0.12, 0.65, 0.47]),
  ]

  var description: String {
    switch self {
    case .normal(let deviation): String(format: "starts scatter by %.2f %%", deviation * 100)
    case .measured(let name, _): name
    }
  }

  var testDescription: String { description }

  /// Of those that are dearer by so much: the share that is found at least. Layouts as they were measured have unlucky ones.
  var leastFound: (onePercent: Double, halfAsMuchAgain: Double) {
    switch self {
    case .normal: (0.995, 0.95)
    case .measured: (0.98, 0.9)
    }
  }

  func excess(_ random: inout SplitMix64) -> Double {
    func normal() -> Double { normalQuantile((Double(random.next() >> 11) + 0.5) * 0x1p-53) }
    switch self {
    case .normal(let deviation): return deviation * normal()
    case .measured(_, let percent): return percent[Int(random.next() % UInt64(percent.count))] / 100 + 0.0005 * normal()
    }
  }
}
