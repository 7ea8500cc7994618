import BenchSupport
import Gate
import Results
import Stack
import Synchronization
import Testing

/// What is counted in one test process. It comes before anything is timed, and shares the manifest with ``PerfRun``.
public enum CountRun {
  private static let state = Mutex(State())

  private struct State {
    /// Its servers stay up from one scenario to the next.
    var session: CountSession?
    var baseline: Baseline?
    var counted: Set<String> = []
    /// Reasons that were told: what holds of every scenario is said once.
    var told: Set<String> = []
  }

  private enum Baseline {
    case stored(StoredCountBaseline)
    case none
  }

  private static let noBaseline = "no baseline of counts is stored; make baseline makes one"

  /// Counts one scenario on all targets, records it, prints a line for each cell, and fails on what cannot be verified and
  /// on what costs more than is tolerated.
  ///
  /// - Parameters:
  ///   - thresholds: what is tolerated of every framework, compared with the stored baseline or with the other version.
  ///   - location: where issues are recorded: at the counts test, which says what is tolerated.
  public static func count(
    _ scenario: Scenario, tolerating thresholds: [CountThreshold],
    sourceLocation location: SourceLocation = #_sourceLocation
  ) async throws {
    try scenario.requireListed()
    let run = try await PerfRun.shared()
    state.withLock { _ = $0.counted.insert(scenario.name) }
    guard run.manifest.counted?.contains(scenario.name) == true else { return }
    let session = try session(run)
    var counts = count(scenario, on: run.manifest.countedFrameworks, session, run.configuration.countStarts, location)
    for cell in counts where cell.failure == nil {
      print("counts: \(cell.text(unit: scenario.unit))")
      for shortfall in run.manifest.unexplainedShortfalls(cell) {
        Issue.record("\(scenario.name) on \(cell.framework): \(shortfall.text)", sourceLocation: location)
      }
    }
    // With the starts that it took to decide.
    let judged = Result { try judge(scenario, &counts, thresholds, session, run, location) }
    for cell in counts { try PerfRun.attach(cell, named: cell.fileName) }
    try judged.get()
  }

  /// The same of every scenario that no other test of this process counted: so a new one is counted without a line here.
  public static func countOthers(
    tolerating thresholds: [CountThreshold], sourceLocation location: SourceLocation = #_sourceLocation
  ) async throws {
    let counted = state.withLock { $0.counted }
    for scenario in Scenario.all where !counted.contains(scenario.name) {
      try await count(scenario, tolerating: thresholds, sourceLocation: location)
    }
  }

  /// Takes down what was started to be counted: nothing of it may be up while something is timed.
  static func end() {
    state.withLock { state in
      state.session?.end()
      state.session = nil
    }
  }

  private static func session(_ run: PerfRun.Begun) throws -> CountSession {
    try state.withLock { state in
      if let session = state.session { return session }
      let session = try CountSession(run.configuration, stack: run.stack.stack, interrupts: .none) { print($0) }
      state.session = session
      return session
    }
  }

  /// What cannot be counted is an issue, and the others are counted all the same.
  private static func count(
    _ scenario: Scenario, on frameworks: [String], _ session: CountSession, _ starts: Int, _ location: SourceLocation
  ) -> [CellCounts] {
    func count(_ frameworks: [String]) throws -> [CellCounts] {
      var cells = try session.count(scenario, on: frameworks)
      for start in 1..<max(1, starts) {
        cells.add(
          try session.count(scenario, on: frameworks, start: start, of: CountMetric.ofStart), of: CountMetric.ofStart)
      }
      return cells
    }
    do { return try count(frameworks) } catch {
      // It has failed, whatever comes of it when each is counted by itself.
      Issue.record("\(scenario.name) could not be counted: \(error)", sourceLocation: location)
    }
    return frameworks.flatMap { framework in
      do { return try count([framework]) } catch CountingError.notVerified(_, _, let verified, let all, let failure) {
        let words = failure ?? "\(verified) of \(all) exchanges were verified"
        Issue.record(
          "\(scenario.name) on \(framework): a wrong answer while it was counted: \(words)", sourceLocation: location)
        return [session.failed(scenario, on: framework, words)].compactMap(\.self)
      } catch {
        Issue.record("\(scenario.name) on \(framework) could not be counted: \(error)", sourceLocation: location)
        return []
      }
    }
  }

  private static func judge(
    _ scenario: Scenario, _ counts: inout [CellCounts], _ thresholds: [CountThreshold], _ session: CountSession,
    _ run: PerfRun.Begun, _ location: SourceLocation
  ) throws {
    guard run.configuration.isGateOn else {
      let verdicts = CountVerdicts(scenario: scenario.name, baseline: "off, as SHOOTOUT_GATE says", results: [])
      return try PerfRun.attach(verdicts, named: verdicts.fileName)
    }
    let (origin, before) = try before(counts, run)
    let gate = CountGate(scenario.name, tolerating: thresholds, policy: .standard)
    var withStarts = counts
    defer { counts = withStarts }
    let results = try gate.judge(counts, against: before) { again in
      // The second one is usual.
      if again.start > 1 {
        let metrics = CountMetric.allCases.filter(again.metrics.contains).map(\.title).joined(separator: ", ")
        print("counts: \(scenario.name): \(metrics) of \(again.targets.joined(separator: ", ")) on another start")
      }
      let fresh = try session.count(
        scenario, on: again.targets, start: run.configuration.countStarts - 1 + again.start, of: again.metrics)
      withStarts.add(fresh, of: again.metrics)
      return fresh
    }
    let verdicts = CountVerdicts(scenario: scenario.name, baseline: origin, results: results)
    try PerfRun.attach(verdicts, named: verdicts.fileName)
    for result in results { tell(result, scenario, run, location) }
  }

  /// What each framework is held against, and a sentence that says what that is.
  private static func before(
    _ counts: [CellCounts], _ run: PerfRun.Begun
  ) throws -> (String, [(framework: String, before: CountGate.Before)]) {
    let frameworks = run.manifest.frameworks.filter { run.manifest.countedFrameworks.contains($0.name) }
    if let comparison = run.manifest.comparison, let base = frameworks.first(where: \.isReference)?.name {
      return (
        "two versions counted side by side, \(comparison)",
        frameworks.filter { !$0.isReference }.map { ($0.name, .target(base)) }
      )
    }
    let baseline = try baseline(counts, run)
    guard case .stored(let stored) = baseline, let conditions = counts.first?.conditions else {
      return (noBaseline, frameworks.map { ($0.name, .nothing("no baseline of counts is stored")) })
    }
    return (
      stored.origin(conditions),
      frameworks.map { framework in
        guard let now = counts.first(where: { $0.framework == framework.name }) else {
          return (framework.name, .nothing("it was not counted"))
        }
        return (framework.name, stored.before(now))
      }
    )
  }

  /// Read once, when it is known under which conditions is counted.
  private static func baseline(_ counts: [CellCounts], _ run: PerfRun.Begun) throws -> Baseline {
    if let known = state.withLock({ $0.baseline }) { return known }
    guard let conditions = counts.first?.conditions else { return .none }
    let store = BaselineStore(folder: run.configuration.checkout.baselines)
    let found = try store.findCounts(for: conditions)
    print("gate by counts: \(found?.origin(conditions) ?? noBaseline)")
    let baseline = found.map { Baseline.stored($0) } ?? .none
    state.withLock { $0.baseline = baseline }
    return baseline
  }

  /// Fails on what is worse than tolerated, and says what could not be decided, each reason once.
  private static func tell(
    _ result: CountResult, _ scenario: Scenario, _ run: PerfRun.Begun, _ location: SourceLocation
  ) {
    let text = "\(scenario.name) on \(result.text(unit: scenario.unit))"
    switch result.verdict {
    case .pass: if run.manifest.comparison != nil { print("counts: \(text)") }
    case .fail: Issue.record("\(text)", sourceLocation: location)
    case .undecided where run.configuration.isStrict: Issue.record("STRICT: \(text)", sourceLocation: location)
    case .undecided:
      let isNew = state.withLock { $0.told.insert(result.reason ?? "").inserted }
      if isNew { print("warning: \(text); said once of all scenarios") }
    }
  }
}

extension [CellCounts] {
  /// Another start of some of the servers.
  fileprivate mutating func add(_ fresh: [CellCounts], of metrics: Set<CountMetric>) {
    for index in indices {
      if let other = fresh.first(where: { $0.framework == self[index].framework }) {
        self[index].add(other, of: metrics)
      }
    }
  }
}

extension Trait where Self == ConditionTrait {
  /// Leaves a test out where nothing of its scenario is to be counted. One of a scenario that is not listed runs, and fails
  /// by that.
  public static func counted(_ scenario: Scenario) -> Self {
    .enabled("\(scenario.name) is not counted in this run") {
      guard Scenario.names.contains(scenario.name) else { return true }
      // Where the settings make no sense, the suite says so, once.
      guard let configuration = try? Configuration.read(scenarios: Scenario.names) else { return true }
      switch PerfRun.countedPart(configuration) {
      case .nothing: return false
      case .cells(let scenarios, _): return scenarios.contains(scenario.name)
      }
    }
  }
}
