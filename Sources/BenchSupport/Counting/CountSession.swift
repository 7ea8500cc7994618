import Foundation
import Results
import Stack
import Synchronization

/// Counts what exchanges cost: of each framework a copy of its server with one worker answers on one connection, under
/// callgrind for what only that sees, and as it is for the rest.
///
/// Copies start at first use and stay up until the session ends, or the process does, however that ends.
package final class CountSession: Sendable {
  private let configuration: Configuration
  private let stack: Stack
  private let state: StateDirectory
  private let interrupts: Interrupts
  private let progress: @Sendable (String) -> Void
  /// nil where they are not installed.
  private let programs: CountingPrograms?
  private let servers = Mutex<[String: Servers]>([:])

  /// The copies of one framework.
  private struct Servers {
    var native: NativeServer
    /// Why there is none, as a clause, where there is none.
    var underCallgrind: Result<CallgrindServer, NotCounted>
    var conditions: CountConditions
  }

  /// Counts do not change by it, as long as each has a processor.
  private static let mostAtOnce = 2

  /// - Parameter progress: gets each line that says what was done, from several threads.
  /// - Throws: `notOurs` where the servers are not this suite's to start again.
  package init(
    _ configuration: Configuration, stack: Stack, interrupts: Interrupts,
    progress: @escaping @Sendable (String) -> Void
  ) throws {
    guard stack.deployment != .external else { throw CountingError.notOurs(stack.deployment) }
    let environment = ProcessInfo.processInfo.environment
    self.configuration = configuration
    self.stack = stack
    self.interrupts = interrupts
    self.progress = progress
    state = StateDirectory(of: configuration.checkout, environment: environment)
    try ServerCopy.removeLeftovers(for: [CallgrindServer.purpose, CallCounter.change.purpose], in: state)
    programs = stack.deployment == .docker ? .inImage : CountingPrograms(environment: environment)
  }

  deinit {
    end()
  }

  /// Counts a scenario on each framework, two at once, on the copies that are up or are started now.
  ///
  /// - Returns: in the order of the frameworks, with one start of the server each.
  /// - Throws: the first error. The copies of the framework that it befell are down then, and start again at the next use.
  package func count(_ scenario: Scenario, on frameworks: [String]) throws -> [CellCounts] {
    let started = Date().formatted(.iso8601)
    let load = try CountedLoad(scenario, configuration, stack)
    if let postgres = stack.postgres, scenario.insertsRows { try DatabaseConnection(postgres).beginCountedRows() }
    defer {
      if let postgres = stack.postgres, scenario.insertsRows {
        _ = try? DatabaseConnection(postgres).deleteBenchUsers()
      }
    }
    try start(frameworks)
    // One after the other: PostgreSQL does not say for whom it executed a statement.
    var cells: [String: CellCounts] = [:]
    for framework in frameworks {
      cells[framework] = try forgetting(framework) {
        try countNatively(load, framework, started: started)
      }
    }
    let counted = try concurrently(frameworks) { framework, isCalledOff in
      try self.forgetting(framework) { try self.countInstructions(load, framework, isCalledOff) }
    }
    for (framework, counts) in zip(frameworks, counted) {
      cells[framework]?.figures.merge(counts.figures) { $1 }
      cells[framework]?.absent.merge(counts.absent) { $1 }
    }
    return frameworks.compactMap { cells[$0] }
  }

  /// The same on copies that are started anew.
  package func countAgain(_ scenario: Scenario, on frameworks: [String]) throws -> [CellCounts] {
    for framework in frameworks { forget(framework) }
    return try count(scenario, on: frameworks)
  }

  /// Ends all copies.
  package func end() {
    servers.withLock { $0 = [:] }
  }

  private func forget(_ framework: String) {
    servers.withLock { _ = $0.removeValue(forKey: framework) }
  }

  private func forgetting<Answer>(_ framework: String, _ body: () throws -> Answer) throws -> Answer {
    do { return try body() } catch {
      forget(framework)
      throw error
    }
  }

  private func servers(of framework: String) throws -> Servers {
    guard let found = servers.withLock({ $0[framework] }) else { throw MeasuringError.notUp(framework) }
    return found
  }
}

// MARK: - Starting

extension CountSession {
  private func start(_ frameworks: [String]) throws {
    let missing = servers.withLock { servers in frameworks.filter { servers[$0] == nil } }
    let ping = missing.isEmpty ? nil : try CountedLoad(.ping, configuration, stack)
    let started = try concurrently(missing) { framework, isCalledOff in
      try self.start(framework, ping!, isCalledOff)
    }
    servers.withLock { servers in
      for (framework, found) in zip(missing, started) { servers[framework] = found }
    }
  }

  private func start(_ framework: String, _ ping: CountedLoad, _ isCalledOff: () -> Bool) throws -> Servers {
    guard let server = stack[framework], let target = configuration.known.first(where: { $0.name == framework })
    else { throw MeasuringError.notUp(framework) }
    let native = try NativeServer(
      server, target, configuration.checkout, in: state, ping: ping, interrupts, unless: isCalledOff)
    let conditions = try CountConditions(
      of: server, native.copy, valgrind: programs?.version(beside: native.copy, interrupts), stack.deployment,
      interrupts)
    var underCallgrind = Result<CallgrindServer, NotCounted>.failure(NotCounted(reason: CountingPrograms.missing))
    if let programs {
      do {
        underCallgrind = .success(
          try CallgrindServer(
            server, target, configuration.checkout, in: state, programs, ping: ping, interrupts, unless: isCalledOff))
        progress("\(framework): ready to be counted")
      } catch let error as DeploymentError {
        if case .interrupted = error { throw error }
        let reason = "\(error)".split(separator: "\n").first.map(String.init) ?? ""
        progress("warning: \(framework): its instructions are not counted: \(error)")
        underCallgrind = .failure(NotCounted(reason: "the server does not run under valgrind: \(reason)"))
      }
    }
    return Servers(native: native, underCallgrind: underCallgrind, conditions: conditions)
  }
}

// MARK: - Counting

extension CountSession {
  private func countNatively(_ load: CountedLoad, _ framework: String, started: String) throws -> CellCounts {
    let servers = try servers(of: framework)
    let counts = try servers.native.count(load, stack.postgres)
    return CellCounts(
      scenario: load.scenario.name, framework: framework, started: started, conditions: servers.conditions,
      figures: counts.figures, absent: counts.absent, functions: counts.functions)
  }

  private func countInstructions(
    _ load: CountedLoad, _ framework: String, _ isCalledOff: () -> Bool
  ) throws -> (figures: [String: CountedFigure], absent: [String: String]) {
    let metrics = [CountMetric.instructions.rawValue, CountMetric.systemCalls.rawValue]
    switch try servers(of: framework).underCallgrind {
    case .failure(let error):
      return ([:], Dictionary(uniqueKeysWithValues: metrics.map { ($0, error.reason) }))
    case .success(let server):
      let counted = try server.count(load, unless: isCalledOff)
      var figures: [String: CountedFigure] = [:]
      figures[metrics[0]] = counted?.instructions
      figures[metrics[1]] = counted?.systemCalls
      return (figures, [:])
    }
  }

  /// Does something for each, two at a time.
  ///
  /// - Parameter body: gets whether another one has failed, so that it is for nothing.
  /// - Throws: the first error, once all have ended.
  private func concurrently<Answer: Sendable>(
    _ frameworks: [String], _ body: @escaping @Sendable (String, () -> Bool) throws -> Answer
  ) throws -> [Answer] {
    let answers = Mutex<[String: Answer]>([:])
    let failure = Mutex<(any Error)?>(nil)
    let next = Atomic<Int>(0)
    let threads = min(Self.mostAtOnce, frameworks.count, ProcessInfo.processInfo.activeProcessorCount)
    DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < frameworks.count, failure.withLock({ $0 == nil }) else { return }
        do {
          let answer = try body(frameworks[index]) { failure.withLock { $0 != nil } }
          answers.withLock { $0[frameworks[index]] = answer }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return answers.withLock { answers in frameworks.compactMap { answers[$0] } }
  }
}
