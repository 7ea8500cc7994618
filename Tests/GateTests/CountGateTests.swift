import Results
import SyntheticResults
import Testing

@testable import Gate

@Suite struct CountGateTests {
  private func judge(
    _ thresholds: [CountThreshold], base: [CellCounts], head: [CellCounts], asked: (([String]) -> Void)? = nil
  ) -> [CountResult] {
    var start = 0
    return CountGate("ping", tolerating: thresholds, policy: .standard).judge(
      [base[0], head[0]], against: [("head", .target("base"))]
    ) { again in
      asked?(again.targets)
      start += 1
      return [base[min(start, base.count - 1)], head[min(start, head.count - 1)]]
    }
  }

  private func side(_ name: String, _ metric: CountMetric, _ values: Double...) -> [CellCounts] {
    values.map { .synthetic("ping", name, [metric: $0]) }
  }

  @Test func `what is clear of the threshold passes after a second start, in which memory lies elsewhere`() {
    var asked = 0
    let results = judge(
      [.instructions(upAtMost: 0.005)], base: side("base", .instructions, 442_300),
      head: side("head", .instructions, 442_400), asked: { _ in asked += 1 })
    #expect(results.map(\.verdict) == [.pass])
    #expect(results[0].starts == 2 && asked == 1 && results[0].low! < 1 && results[0].high! > 1)
  }

  @Test func `what hardly depends on where things lie passes at once`() {
    let results = judge(
      [.systemCalls(upAtMost: 0.05), .pythonCalls(upAtMost: 0)], base: side("base", .systemCalls, 9),
      head: side("head", .systemCalls, 9.1), asked: { _ in Issue.record("nothing has to be counted again") })
    #expect(results.map(\.verdict) == [.pass, .pass] && results[0].starts == 1)
  }

  @Test func `what is beyond in four starts of both sides fails by the least of each`() {
    var asked: [[String]] = []
    let results = judge(
      [.instructions(upAtMost: 0.005)], base: side("base", .instructions, 442_300, 450_000),
      head: side("head", .instructions, 448_000, 446_413, 447_000), asked: { asked.append($0) })
    #expect(results.map(\.verdict) == [.fail])
    #expect(asked == [["base", "head"], ["base", "head"], ["base", "head"]])
    #expect(results[0].starts == 4)
    #expect(
      results[0].text(unit: "requests")
        == "head: instructions per request +0.93 % (442,300 → 446,413), tolerated 0.5 %: worse")
  }

  @Test func `an unlucky base hides nothing`() {
    let results = judge(
      [.instructions(upAtMost: 0.005)], base: side("base", .instructions, 445_000, 442_300),
      head: side("head", .instructions, 446_413))
    #expect(results.map(\.verdict) == [.fail])
  }

  @Test func `what is far beyond fails at once`() {
    func judged(_ metric: CountThreshold, _ base: Double, _ head: Double) -> ThresholdResult.Outcome {
      judge(
        [metric], base: side("base", metric.metric, base), head: side("head", metric.metric, head),
        asked: { _ in Issue.record("nothing has to be counted again") })[0].verdict
    }
    #expect(judged(.instructions(upAtMost: 0.005), 158_146, 200_505) == .fail)
    #expect(judged(.pythonCalls(upAtMost: 0.01), 98, 112) == .fail)
    #expect(judged(.databaseStatements(upAtMost: 0), 1, 2) == .fail)
    #expect(judged(.databaseStatements(upAtMost: 0), 0, 1) == .fail)
  }

  @Test func `what scatters too much fails nothing by its estimate`() {
    var noisy = side("head", .systemCalls, 14)
    noisy[0].figures[CountMetric.systemCalls.rawValue]?.halfWidth = 40
    let results = judge([.systemCalls(upAtMost: 0.05)], base: side("base", .systemCalls, 9), head: noisy)
    #expect(results.map(\.verdict) == [.undecided])
    #expect(results[0].reason == "it scatters too much from one batch to the next")
  }

  @Test func `one unlucky start fails nothing`() {
    let results = judge(
      [.instructions(upAtMost: 0.005)], base: side("base", .instructions, 442_300),
      head: side("head", .instructions, 450_000, 442_300))
    #expect(results.map(\.verdict) == [.pass])
  }

  @Test func `what stays close to the threshold is decided by the estimate of all starts`() {
    var asked = 0
    func result(_ last: Double) -> CountResult {
      asked = 0
      return judge(
        [.instructions(upAtMost: 0.005)], base: side("base", .instructions, 100_000),
        head: side("head", .instructions, 100_550, last), asked: { _ in asked += 1 })[0]
    }
    #expect(result(100_480).verdict == .pass && asked == 4)
    #expect(result(100_520).verdict == .fail && asked == 4)
    #expect(result(100_520).starts == 5)
  }

  @Test func `less than before passes, however much less`() {
    let results = judge(
      [.instructions(upAtMost: 0), .pythonCalls(upAtMost: 0)], base: side("base", .instructions, 100_000),
      head: side("head", .instructions, 50_000))
    #expect(results.map(\.verdict) == [.pass, .pass])
  }

  @Test(arguments: [
    (0.0, 0.0, ThresholdResult.Outcome.pass), (0, 1, .fail), (0, 0.02, .pass), (1, 1, .pass), (1, 1.02, .pass),
    (1, 2, .fail), (2, 1, .pass),
  ])
  func `whole numbers are compared exactly, but for rounding`(
    before: Double, now: Double, verdict: ThresholdResult.Outcome
  ) {
    let results = judge(
      [.databaseStatements(upAtMost: 0)], base: side("base", .databaseStatements, before),
      head: side("head", .databaseStatements, now))
    #expect(results.map(\.verdict) == [verdict])
    #expect((results[0].ratio == nil) == (before == 0))
    #expect(results[0].low == results[0].ratio || before == 0 || now == 0)
  }

  @Test func `a statement where there was none says so`() {
    let results = judge(
      [.databaseStatements(upAtMost: 0)], base: side("base", .databaseStatements, 0),
      head: side("head", .databaseStatements, 1))
    #expect(
      results[0].text(unit: "messages")
        == "head: database statements per message new (0 → 1), tolerated 0 %: worse")
  }

  @Test func `one call among three hundred is found where none is tolerated`() {
    let results = judge(
      [.pythonCalls(upAtMost: 0)], base: side("base", .pythonCalls, 324), head: side("head", .pythonCalls, 325))
    #expect(results.map(\.verdict) == [.fail])
  }

  @Test func `other conditions forbid a decision, and are named`() {
    var now = CellCounts.synthetic("ping", "alpha", [.instructions: 2])
    now.conditions.interpreter = "3.11.7 (main) [GCC 12.2.0]"
    let before = CellCounts.synthetic("ping", "alpha", [.instructions: 1])
    let results = CountGate("ping", tolerating: [.instructions(upAtMost: 0)], policy: .standard).judge(
      [now], against: [("alpha", .stored(before, changes: []))]
    ) { _ in [] }
    #expect(results.map(\.verdict) == [.undecided])
    #expect(results[0].reason == "counted under other conditions: interpreter 3.11.2 there, 3.11.7 here")
  }

  @Test func `two interpreters side by side are compared`() {
    var head = side("head", .instructions, 2)
    head[0].conditions.interpreter = "3.13.1 (main) [GCC 12.2.0]"
    let results = judge([.instructions(upAtMost: 0)], base: side("base", .instructions, 1), head: head)
    #expect(results.map(\.verdict) == [.fail])
  }

  @Test func `only what is open is counted again, on one further start after another`() {
    var asked: [CountGate.Recount] = []
    let counts = [
      CellCounts.synthetic("ping", "base", [.instructions: 100_000, .systemCalls: 9]),
      .synthetic("ping", "head", [.instructions: 100_480, .systemCalls: 9]),
    ]
    _ = CountGate(
      "ping", tolerating: [.instructions(upAtMost: 0.005), .systemCalls(upAtMost: 0.05)], policy: .standard
    ).judge(counts, against: [("head", .target("base"))]) { again in
      asked.append(again)
      return counts
    }
    #expect(asked.map(\.start) == [1, 2, 3, 4])
    #expect(asked.allSatisfy { $0.metrics == [.instructions] && $0.targets == ["base", "head"] })
  }

  @Test func `other packages forbid nothing`() {
    var head = side("head", .instructions, 1)
    head[0].conditions.packages = ["alpha": "1.2.4"]
    #expect(
      judge([.instructions(upAtMost: 0)], base: side("base", .instructions, 1), head: head).map(\.verdict) == [.pass])
  }

  @Test func `a figure that is absent is inconclusive with its reason`() {
    var head = side("head", .instructions, 1)
    head[0].figures["instructions"] = nil
    head[0].absent["instructions"] = "valgrind is not installed"
    let results = judge(
      [.instructions(upAtMost: 0), .databaseStatements(upAtMost: 0)], base: side("base", .instructions, 1), head: head)
    #expect(results.map(\.verdict) == [.undecided, .pass])
    #expect(results[0].reason == "not counted: valgrind is not installed")
  }

  @Test func `against what was stored only the framework is counted again, and packages that changed are named`() {
    let stored = CellCounts.synthetic("ping", "alpha", [.instructions: 100_000])
    var asked: [[String]] = []
    let changes = Change.all(from: ["alpha": "1.2.2"], to: ["alpha": "1.2.3"])
    let before: [(framework: String, before: CountGate.Before)] = [
      ("alpha", .stored(stored, changes: changes)), ("beta", .nothing("no baseline of counts is stored")),
    ]
    let gate = CountGate("ping", tolerating: [.instructions(upAtMost: 0.005)], policy: .standard)
    let dearer = CellCounts.synthetic("ping", "alpha", [.instructions: 102_000])
    let results = gate.judge([dearer, .synthetic("ping", "beta")], against: before) { again in
      asked.append(again.targets)
      return [dearer]
    }
    #expect(results.map(\.verdict) == [.fail, .undecided])
    #expect(asked == [["alpha"], ["alpha"], ["alpha"]])
    #expect(results[0].text(unit: "requests").hasSuffix("worse [alpha 1.2.2, now 1.2.3]"))
    #expect(results[1].reason == "no baseline of counts is stored")
  }
}
