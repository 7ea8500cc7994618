import Foundation
import Results
import Stack
import Synchronization

/// Counts what exchanges cost: of each framework a copy of its server with one worker answers on one connection, under
/// callgrind for what only that sees, and as it is for the rest.
///
/// A server can be started several times, side by side: what a start fixes, such as addresses, shifts what is counted a
/// little. Copies start at first use and stay up until the session ends, or the process does, however that ends: so a further
/// start is there for all scenarios once one asked for it.
package final class CountSession: Sendable {
  private let configuration: Configuration
  private let stack: Stack
  private let state: StateDirectory
  private let interrupts: Interrupts
  private let progress: @Sendable (String) -> Void
  private let programs: Result<CountingPrograms, NotCounted>
  /// nil where it is not installed.
  private let strace: String?
  private let copies = Mutex(Copies())

  /// One start of one framework's server.
  private struct Start: Hashable {
    let framework: String
    /// The first is 0.
    let number: Int
  }

  private struct Copies {
    var native: [Start: NativeServer] = [:]
    /// Why there is none, as a clause, where there is none.
    var underCallgrind: [Start: Result<CallgrindServer, NotCounted>] = [:]
    /// By framework: every start has the same.
    var conditions: [String: CountConditions] = [:]
  }

  /// Only these are counted under callgrind.
  private static let underCallgrind = CountMetric.ofStart

  /// Counts do not change by it, as long as each has a processor.
  private static let mostAtOnce = 2

  /// - Parameter progress: gets each line that says what was done, from several threads.
  /// - Throws: `notOurs` where the servers are not this suite's to start again.
  package init(
    _ configuration: Configuration, stack: Stack, interrupts: Interrupts,
    progress: @escaping @Sendable (String) -> Void
  ) throws {
    guard stack.deployment.isStartedBySuite else { throw CountingError.notOurs(stack.deployment) }
    let environment = ProcessInfo.processInfo.environment
    self.configuration = configuration
    self.stack = stack
    self.interrupts = interrupts
    self.progress = progress
    state = StateDirectory(of: configuration.checkout, environment: environment)
    try ServerCopy.removeLeftovers(for: [CallgrindServer.purpose, CallCounter.change.purpose], in: state)
    strace = ProgramSearch(environment: environment).program(SystemCallTrace.package)
    programs = stack.deployment == .docker ? .success(.inImage) : CountingPrograms.find(environment: environment)
  }

  deinit {
    end()
  }

  /// Counts a scenario on each framework, two at once, on the copies that are up or are started now.
  ///
  /// - Parameters:
  ///   - number: which start of the servers, from 0.
  ///   - metrics: what is wanted. The cells have these and what comes with them; nothing is started for anything else.
  /// - Returns: in the order of the frameworks, with one start of the server each.
  /// - Throws: the first error. The copies of the framework that it befell are down then, and start again at the next use.
  package func count(
    _ scenario: Scenario, on frameworks: [String], start number: Int = 0,
    of metrics: Set<CountMetric> = Set(CountMetric.allCases)
  ) throws -> [CellCounts] {
    let began = Date().formatted(.iso8601)
    let load = try CountedLoad(scenario, configuration, stack)
    if let postgres = stack.postgres, scenario.insertsRows { try DatabaseConnection(postgres).beginCountedRows() }
    defer {
      if let postgres = stack.postgres, scenario.insertsRows {
        _ = try? DatabaseConnection(postgres).deleteBenchUsers()
      }
    }
    let starts = frameworks.map { Start(framework: $0, number: number) }
    let isNative = !metrics.isSubset(of: Self.underCallgrind)
    let isUnderCallgrind = !metrics.isDisjoint(with: Self.underCallgrind)
    try bringUp(starts, isNative: isNative, isUnderCallgrind: isUnderCallgrind)
    var cells = try starts.map { start in
      CellCounts(
        scenario: scenario.name, framework: start.framework, started: began, conditions: try conditions(of: start),
        figures: [:], absent: [:], functions: [])
    }
    if isNative {
      let counted = try countNatively(load, starts)
      for index in cells.indices {
        counted[index].fill(&cells[index])
        cells[index].functions = counted[index].functions
      }
    }
    if isUnderCallgrind {
      let counted = try concurrently(starts) { start, isCalledOff in
        try self.forgetting(start) { try self.countInstructions(load, start, isCalledOff) }
      }
      for index in cells.indices { counted[index].fill(&cells[index]) }
    }
    return cells
  }

  /// The record of a framework that answers wrongly.
  ///
  /// - Returns: nil where its server was never up.
  package func failed(_ scenario: Scenario, on framework: String, _ failure: String) -> CellCounts? {
    copies.withLock { $0.conditions[framework] }.map { conditions in
      CellCounts(
        scenario: scenario.name, framework: framework, started: Date().formatted(.iso8601), conditions: conditions,
        failure: failure)
    }
  }

  /// Ends all copies.
  package func end() {
    copies.withLock { $0 = Copies() }
  }

  /// What failed takes its framework's copies with it.
  private func forget(_ framework: String) {
    copies.withLock { copies in
      copies.native = copies.native.filter { $0.key.framework != framework }
      copies.underCallgrind = copies.underCallgrind.filter { $0.key.framework != framework }
    }
  }

  private func forgetting<Answer>(_ start: Start, _ body: () throws -> Answer) throws -> Answer {
    do { return try body() } catch {
      forget(start.framework)
      throw error
    }
  }

  /// One that was brought up.
  private func found<Value>(_ start: Start, _ value: (Copies) -> Value?) throws -> Value {
    guard let found = copies.withLock({ value($0) }) else { throw MeasuringError.notUp(start.framework) }
    return found
  }

  private func conditions(of start: Start) throws -> CountConditions {
    try found(start) { $0.conditions[start.framework] }
  }
}

// MARK: - Starting

extension CountSession {
  /// Starts what is not up yet.
  private func bringUp(_ starts: [Start], isNative: Bool, isUnderCallgrind: Bool) throws {
    let missing = copies.withLock { copies in
      starts.filter {
        isNative && copies.native[$0] == nil || isUnderCallgrind && copies.underCallgrind[$0] == nil
      }
    }
    if missing.isEmpty { return }
    let ping = try CountedLoad(.ping, configuration, stack)
    _ = try concurrently(missing) { start, isCalledOff in
      guard let server = self.stack[start.framework],
        let target = self.configuration.known.first(where: { $0.name == start.framework })
      else { throw MeasuringError.notUp(start.framework) }
      if isNative, self.copies.withLock({ $0.native[start] == nil }) {
        let native = try NativeServer(
          server, target, self.configuration.checkout, in: self.state, start: start.number, strace: self.strace,
          ping: ping, self.interrupts, unless: isCalledOff)
        try self.learnConditions(of: start, server, native.copy)
        self.copies.withLock { $0.native[start] = native }
      }
      if isUnderCallgrind, self.copies.withLock({ $0.underCallgrind[start] == nil }) {
        let found = try self.callgrindServer(start, server, target, ping, isCalledOff)
        if case .success(let found) = found { try self.learnConditions(of: start, server, found.copy) }
        self.copies.withLock { $0.underCallgrind[start] = found }
      }
    }
  }

  /// Asks once for each framework.
  private func learnConditions(of start: Start, _ server: Stack.Server, _ copy: ServerCopy) throws {
    guard copies.withLock({ $0.conditions[start.framework] == nil }) else { return }
    let conditions = try CountConditions(
      of: server, copy, try? programs.get(), stack.deployment, interrupts)
    copies.withLock { $0.conditions[start.framework] = conditions }
  }

  private func callgrindServer(
    _ start: Start, _ server: Stack.Server, _ target: Target, _ ping: CountedLoad, _ isCalledOff: () -> Bool
  ) throws -> Result<CallgrindServer, NotCounted> {
    do {
      let programs = try programs.get()
      let found = try CallgrindServer(
        server, target, configuration.checkout, in: state, start: start.number, programs, ping: ping, interrupts,
        unless: isCalledOff)
      progress("\(start.framework): \(start.number == 0 ? "" : "a fresh start, ")ready to be counted")
      return .success(found)
    } catch let error as NotCounted {
      return .failure(error)
    } catch let error as DeploymentError {
      if case .interrupted = error { throw error }
      let reason = "\(error)".split(separator: "\n").first.map(String.init) ?? ""
      progress("warning: \(start.framework): its instructions are not counted: \(error)")
      return .failure(NotCounted(reason: "the server does not run under valgrind: \(reason)"))
    }
  }
}

// MARK: - Counting

extension CountSession {
  /// Two at once where nothing is asked of the database: PostgreSQL does not say for whom it executed a statement. Where one
  /// was executed all the same, each is counted again by itself.
  private func countNatively(_ load: CountedLoad, _ starts: [Start]) throws -> [Counted] {
    @Sendable func count(_ start: Start) throws -> Counted {
      try forgetting(start) { try found(start) { $0.native[start] }.count(load, stack.postgres) }
    }
    if !load.scenario.asksDatabase {
      let counted = try concurrently(starts) { start, _ in try count(start) }
      if counted.allSatisfy({ ($0.figures[.databaseStatements]?.value ?? 0) == 0 }) { return counted }
    }
    return try starts.map(count)
  }

  private func countInstructions(_ load: CountedLoad, _ start: Start, _ isCalledOff: () -> Bool) throws -> Counted {
    switch try found(start, { $0.underCallgrind[start] }) {
    case .failure(let error):
      return Counted(absent: Dictionary(uniqueKeysWithValues: Self.underCallgrind.map { ($0, error.reason) }))
    case .success(let server):
      guard let counted = try server.count(load, unless: isCalledOff) else { return Counted() }
      return Counted(figures: [.instructions: counted.instructions, .systemCalls: counted.systemCalls])
    }
  }

  /// Does something for each, two at a time.
  ///
  /// - Parameter body: gets whether another one has failed, so that it is for nothing.
  /// - Throws: the first error, once all have ended.
  private func concurrently<Answer: Sendable>(
    _ starts: [Start], _ body: @escaping @Sendable (Start, () -> Bool) throws -> Answer
  ) throws -> [Answer] {
    let answers = Mutex<[Start: Answer]>([:])
    let failure = Mutex<(any Error)?>(nil)
    let next = Atomic<Int>(0)
    let threads = min(Self.mostAtOnce, starts.count, ProcessInfo.processInfo.activeProcessorCount)
    DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < starts.count, failure.withLock({ $0 == nil }) else { return }
        do {
          let answer = try body(starts[index]) { failure.withLock { $0 != nil } }
          answers.withLock { $0[starts[index]] = answer }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return answers.withLock { answers in starts.compactMap { answers[$0] } }
  }
}
