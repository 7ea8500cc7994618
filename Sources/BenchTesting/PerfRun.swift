import BenchSupport
import Foundation
import Gate
import LoadEngine
import Reports
import Results
import Stack
import Testing

/// The measurements of one test process, and what each leaves behind as attachments.
public actor PerfRun {
  private static let current = PerfRun()
  /// Which run the records of this process belong to.
  private static let identity = Seal.newRun()
  private var begun: Begun?
  private var hasFailed = false

  struct Begun {
    var configuration: Configuration
    var stack: MeasuredStack
    /// The other generators of the run; nil where this one measures alone.
    var distributedRun: DistributedRun?
    var manifest: Manifest
    /// What is stored for this machine or for any.
    var baseline: StoredBaseline?
    /// nil where the scenarios take what their rounds take.
    var budget: TimeBudget?
    var progress = RunProgress(terminal: TerminalLine.find()) { print($0) }

    /// When a scenario is to end that begins now; nil where it takes what its rounds take.
    func end(of scenario: Scenario, windowsOfRound: Int) -> Instant? {
      let place = configuration.scenarios.firstIndex(of: scenario.name) ?? 0
      return budget?.end(from: .now(), weight: windowsOfRound, following: configuration.scenarios.count - place - 1)
    }
  }

  /// Measures one scenario on all targets, records the rounds, prints the table and fails on what is wrong: on
  /// an error, on what was not verified, and on a regression beyond what is tolerated.
  ///
  /// - Parameters:
  ///   - stated: what is tolerated of every framework, compared with the stored baseline or the reference.
  ///   - location: where issues are recorded: at the perf test, which says what is tolerated.
  public static func measure(
    _ scenario: Scenario, tolerating stated: [Threshold], sourceLocation location: SourceLocation = #_sourceLocation
  ) async throws {
    try scenario.requireListed()
    // What is counted is at its end, and what is timed at its beginning.
    CountRun.end()
    let begun = try await current.beginTiming()
    // What one of two versions cannot serve.
    guard begun.configuration.scenarios.contains(scenario.name) else { return }
    do { try measure(scenario, tolerating: stated, begun, location) } catch let error as RecordNotWritten {
      // What follows would be measured for nobody.
      await current.stop()
      throw error
    }
  }

  private static func measure(
    _ scenario: Scenario, tolerating stated: [Threshold], _ begun: Begun, _ location: SourceLocation
  ) throws {
    let tolerance = begun.configuration.comparison?.tolerance
    // Of every scenario, and judged where a threshold asks for it.
    let timesFixedRate = begun.distributedRun == nil && begun.configuration.profile.timesFixedRate
    let thresholds = stated.filter { timesFixedRate || $0.metric != .p99 }.map { threshold in
      tolerance.map { threshold.tolerating($0) } ?? threshold
    }
    let measurement = ScenarioMeasurement(
      scenario, configuration: begun.configuration, stack: begun.stack, progress: begun.progress,
      timesFixedRate: timesFixedRate, distributedRun: begun.distributedRun)
    let gate =
      begun.manifest.gated == true
      ? ScenarioGate(
        scenario.name, tolerating: thresholds, manifest: begun.manifest, baseline: begun.baseline,
        policy: .standard) : nil
    let end = begun.end(of: scenario, windowsOfRound: timesFixedRate ? 2 : 1)
    let outcome = try measurement.run { rounds in
      gate?.earlyEnd(rounds, isOutOfTime: end.map { $0 < .now() } ?? false)
    } record: {
      try attach($0, named: $0.fileName, begun.distributedRun)
    } lose: {
      try attach($0, named: $0.fileName)
    }
    let (rounds, scenarioEnd) = (outcome.rounds, outcome.end)
    let run = RunSummary(
      manifest: begun.manifest, rounds: rounds, lost: outcome.lost, parities: ParityRun.all,
      ends: [scenario.name: scenarioEnd])
    if let summary = run.scenarios.first(where: { $0.entry.name == scenario.name }) {
      print(TerminalReport.text(summary, of: run))
    }
    for round in rounds { judge(round, location) }
    tell(outcome.lost, begun.stack.stack, location)
    if rounds.isEmpty { return }
    if scenarioEnd.cause == .outOfTime {
      print(
        "\(scenario.name): ended after \(scenarioEnd.rounds) of \(begun.configuration.profile.rounds) rounds, when its part of the "
          + "time of PROFILE=\(begun.configuration.profile.rawValue) was over; PROFILE=standard takes longer and knows more"
      )
    }
    if let gate { try judge(gate, rounds, scenarioEnd, begun, location) }
  }

  /// Fails on what the gate fails, and says what it could not decide.
  private static func judge(
    _ gate: ScenarioGate, _ rounds: [Round], _ end: ScenarioEnd, _ begun: Begun, _ location: SourceLocation
  ) throws {
    let scenario = gate.scenario
    let results = gate.judge(rounds)
    try attach(
      ScenarioVerdicts(scenario: scenario, baseline: gateInWords(begun), end: end, results: results),
      named: "gate--\(scenario).json")
    for result in results {
      switch result.verdict {
      case .pass: if begun.manifest.comparison != nil { print("\(scenario): \(result.text)") }
      case .fail: Issue.record("\(scenario): \(result.text)", sourceLocation: location)
      case .undecided where begun.configuration.isStrict:
        Issue.record("STRICT: \(scenario): \(result.text)", sourceLocation: location)
      case .undecided: print("warning: \(scenario): \(result.text)")
      }
    }
    let counts = ThresholdResult.Outcome.allCases.map { outcome in
      "\(results.count { $0.verdict == outcome }) \(outcome.title)"
    }
    print("gate: \(scenario): \(counts.joined(separator: ", "))")
  }

  /// The same for what is timed, whose time begins with its first scenario.
  private func beginTiming() async throws -> Begun {
    var begun = try await begin()
    guard begun.budget == nil, begun.manifest.gated == true,
      let limit = begun.configuration.profile.timeLimit(comparesVersions: begun.configuration.comparison != nil)
    else { return begun }
    let budget = TimeBudget(limit, from: .now())
    begun.budget = budget
    begun.progress = RunProgress(terminal: TerminalLine.find(), end: budget.end) { print($0) }
    self.begun = begun
    return begun
  }

  /// The same run for what is counted in it.
  static func shared() async throws -> Begun { try await current.begin() }

  /// What of the run is counted, by the settings and by the tests that this process runs.
  static func countedPart(_ configuration: Configuration) -> CountedPart {
    guard TestSelection.ofThisProcess.countsExchanges else {
      return .nothing(because: "the tests that count were not asked for")
    }
    return configuration.countedPart(isTimed: isTimed(configuration))
  }

  private static func isTimed(_ configuration: Configuration) -> Bool {
    configuration.isTimed && TestSelection.ofThisProcess.timesExchanges
  }

  /// What the first test begins, and all use. Where it fails, the first test says why, and the others say nothing.
  private func begin() async throws -> Begun {
    #if compiler(>=6.3)
      if hasFailed { try Test.cancel("nothing can be measured, and an earlier test says why") }
    #endif
    if let begun { return begun }
    do {
      let begun = try await start()
      self.begun = begun
      return begun
    } catch {
      hasFailed = true
      throw error
    }
  }

  private func stop() { hasFailed = true }

  private func start() async throws -> Begun {
    var configuration = try Configuration.read(scenarios: Scenario.names)
    let lease = try await StackUnderTest.lease(configuration)
    let stack = lease.stack
    let notCompared = try configuration.comparison.map { _ in try Manifest.NotCompared.all(configuration, stack) } ?? []
    if !notCompared.isEmpty {
      print("not compared: \(notCompared.inWords)")
      configuration.scenarios.removeAll { name in notCompared.contains { $0.scenario == name } }
      if configuration.scenarios.isEmpty { throw NothingToCompare(notCompared: notCompared) }
    }
    let distributedRun = try join(configuration)
    if let distributedRun { configuration = try configuration.share(of: distributedRun.place) }
    var manifest = Manifest(configuration, stack: stack, started: Date())
    manifest.distributedRun = distributedRun?.place
    manifest.notCompared = notCompared.isEmpty ? nil : notCompared
    manifest.parity = Scenario.names.filter { name in ParityRun.all.contains { $0.scenario == name } }
    if !PerfRun.isTimed(configuration) { (manifest.timed, manifest.gated) = (false, false) }
    switch PerfRun.countedPart(configuration) {
    case .nothing(let reason): print("counts: none, because \(reason)")
    case .cells(let scenarios, let frameworks):
      manifest.counted = scenarios
      if frameworks != configuration.frameworks {
        manifest.countedOn = frameworks
        print(
          "counts: \(scenarios.joined(separator: ", ")) on \(frameworks.joined(separator: " and ")) only, because"
            + " PROFILE=\(configuration.profile.rawValue) tests the suite; make count counts all")
      }
    }
    let baseline =
      manifest.gated == true && configuration.comparison == nil
      ? try BaselineStore(folder: configuration.checkout.baselines).find(for: Baseline.Conditions(manifest)) : nil
    let begun = Begun(
      configuration: configuration, stack: MeasuredStack(stack) { try lease.restart($0) },
      distributedRun: distributedRun, manifest: manifest, baseline: baseline)
    print("seed \(configuration.seed)")
    if manifest.timed != false { print("gate: \(PerfRun.gateInWords(begun))") }
    try PerfRun.attach(manifest, named: "manifest.json", distributedRun)
    return begun
  }

  private func join(_ configuration: Configuration) throws -> DistributedRun? {
    guard let coordinator = configuration.coordinator else { return nil }
    print("waiting for the other generators at \(coordinator.authority)")
    let distributedRun = try DistributedRun.join(coordinator, plan: configuration.plan)
    print("generator \(distributedRun.place.generator) of \(distributedRun.place.generators)")
    return distributedRun
  }

  private static func gateInWords(_ begun: Begun) -> String {
    if begun.manifest.gated == true, let comparison = begun.manifest.comparison {
      return "two versions compared within the rounds, on several starts of both, \(comparison)"
    }
    if begun.manifest.gated == true {
      guard let baseline = begun.baseline else { return "no baseline is stored; make baseline makes one" }
      return baseline.origin
        + (baseline.holdsMemory ? "" : "; it says nothing of memory, which is compared with nothing")
    }
    if let distributedRun = begun.distributedRun {
      return "off, because each of \(distributedRun.place.generators) generators sees a part of the load"
    }
    return begun.configuration.isGateOn
      ? "off, because PROFILE=\(begun.configuration.profile.rawValue) has fewer than the \(GatePolicy.standard.roundsToFail) rounds it needs"
      : "off, as SHOOTOUT_GATE says"
  }

  /// Records what was measured, and makes sure that it is there: the testing library says nothing where a disk is full.
  static func attach(
    _ value: some Encodable, named name: String, _ distributedRun: DistributedRun? = nil
  ) throws {
    guard !EarlyEnd.hasBegun else { return }
    let bytes = Array(try ResultsCoding.encodeSealed(value, run: identity))
    Attachment.record(bytes, named: name)
    try AttachmentFolder.ofThisProcess?.require(name, bytes)
    try distributedRun?.handOver(bytes, named: name)
  }

  /// Fails on cells that have no result, once for each outage.
  private static func tell(_ lost: [LostCell], _ stack: Stack, _ location: SourceLocation) {
    var outages: [Outage] = []
    for cell in lost where !outages.contains(cell.outage) {
      outages.append(cell.outage)
      let names = lost.filter { $0.outage == cell.outage }.map(\.framework).joined(separator: ", ")
      let log = cell.outage.isOfDatabase ? stack.postgres?.log : stack[cell.framework]?.log
      Issue.record(
        "\(cell.scenario) on \(names): no result: \(cell.text)\(log.map { "; its log: \($0)" } ?? "")",
        sourceLocation: location)
    }
  }

  /// One error, one unverified round or one failed check fails the cell.
  private static func judge(_ round: Round, _ location: SourceLocation) {
    let cell = "\(round.scenario) on \(round.framework), round \(round.round)"
    if round.load.errorCount > 0 {
      let kinds = round.load.errors.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
      Issue.record(
        "\(cell): \(kinds.joined(separator: ", ")); \(round.load.failures.prefix(3).joined(separator: "; "))",
        sourceLocation: location)
    }
    if round.load.verified == 0 { Issue.record("\(cell): no response was verified", sourceLocation: location) }
    for check in round.checks where !check.passed {
      Issue.record("\(cell): \(check.name): \(check.detail)", sourceLocation: location)
    }
  }
}

extension Trait where Self == ConditionTrait {
  /// Leaves a test out where `SHOOTOUT_SCENARIOS` does not name its scenario. One of a scenario that is not listed runs, and
  /// fails by that.
  public static func selected(_ scenario: Scenario) -> Self {
    .enabled("SHOOTOUT_SCENARIOS leaves \(scenario.name) out") {
      guard Scenario.names.contains(scenario.name) else { return true }
      return settings.map { $0.scenarios.contains(scenario.name) } ?? true
    }
  }

  /// The same, and leaves it out where nothing is to be timed.
  public static func timed(_ scenario: Scenario) -> Self {
    .enabled("SHOOTOUT_SCENARIOS or SHOOTOUT_TIMES leaves \(scenario.name) out") {
      guard Scenario.names.contains(scenario.name) else { return true }
      return settings.map { $0.isTimed && $0.scenarios.contains(scenario.name) } ?? true
    }
  }

  /// Leaves a test out where `SHOOTOUT_SCENARIOS` asks for some scenarios only: it is of none.
  public static var ofAllScenarios: Self {
    .enabled("SHOOTOUT_SCENARIOS asks for some scenarios only") {
      settings.map { $0.scenarios == Scenario.names } ?? true
    }
  }

  /// nil where the settings make no sense: the suite says so, once.
  private static var settings: Configuration? { try? Configuration.read(scenarios: Scenario.names) }
}
