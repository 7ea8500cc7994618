import Results
import SyntheticResults
import Testing

@testable import Gate

@Suite struct StoredCountBaselineTests {
  private func stored(isOfSameConditions: Bool = true) throws -> StoredCountBaseline {
    StoredCountBaseline(
      name: "counts-0.json",
      baseline: try CountBaseline(SyntheticRun().manifest, counts: [.synthetic("ping", "alpha")]),
      isOfSameConditions: isOfSameConditions)
  }

  @Test func `packages that changed are named, and forbid nothing`() throws {
    var now = CellCounts.synthetic("ping", "alpha")
    now.conditions.packages = ["alpha": "1.3.0", "beta": "2"]
    guard case .stored(_, let changes) = try stored().before(now) else {
      Issue.record("it is not used")
      return
    }
    #expect(changes == Change.all(from: ["alpha": "1.2.3"], to: ["alpha": "1.3.0", "beta": "2"]))
  }

  @Test func `other conditions are said in plain words`() throws {
    var now = CellCounts.synthetic("ping", "alpha")
    now.conditions.interpreter = "3.11.7 (main) [GCC 12.2.0]"
    now.conditions.valgrind = nil
    let other = try stored(isOfSameConditions: false)
    #expect(
      other.before(now)
        == .nothing(
          "counts-0.json was counted under other conditions: interpreter 3.11.2 there, 3.11.7 here; "
            + "valgrind 3.19.0 there, none here"))
    #expect(
      other.origin(now.conditions)
        == "baseline counts-0.json, counted on 2026-07-01 under other conditions (interpreter 3.11.2 there, 3.11.7 here; "
        + "valgrind 3.19.0 there, none here), so that nothing is decided by it; make baseline makes one")
  }

  @Test func `a cell that is not stored is said to be so`() throws {
    #expect(try stored().before(.synthetic("json", "alpha")) == .nothing("counts-0.json has no counts of it"))
  }
}

@Suite struct CountedTrialsTests {
  private func trial(_ verdict: ThresholdResult.Outcome, ratio: Double, calls: Double) -> CountedTrials.Trial {
    let functions = { (calls: Double) in
      [FunctionCalls(package: "application", name: "app.Passing.__call__", calls: calls)]
    }
    return CountedTrials.Trial(
      results: [
        CountResult(
          scenario: "ping", framework: "head", metric: .instructions, verdict: verdict, ratio: ratio, tolerated: 1.005,
          starts: 1),
        CountResult(
          scenario: "ping", framework: "head", metric: .pythonCalls, verdict: .pass, ratio: 1, tolerated: 1.01,
          starts: 1),
      ],
      counts: [
        .synthetic("ping", "base", functions: functions(0)), .synthetic("ping", "head", functions: functions(calls)),
      ], called: "Passing.__call__")
  }

  @Test func `finds and names are counted for each change and scenario`() {
    var trials = CountedTrials()
    trials.add(trial(.fail, ratio: 1.01, calls: 1), change: "one more middleware")
    trials.add(trial(.pass, ratio: 1.002, calls: 0), change: "one more middleware")
    let lines = trials.text.split(separator: "\n").map(String.init)
    let words = lines[1].split(separator: " ").suffix(9).joined(separator: " ")
    #expect(words == "ping 2 1 0 1 +0.20 to +1.00 %", "\(trials.text)")
    #expect(lines[2].hasPrefix("one more middleware: 1 of 2 comparisons red"))
    #expect(trial(.fail, ratio: 1.01, calls: 1).inWords == "worse in ping (instructions +1.00 %)")
  }
}
