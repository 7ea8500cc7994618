import BenchSupport
import Foundation
import LoadEngine
import Machine
import Reports
import Results
import Stack

/// Profiles of targets under load: for each scenario a flame graph, what each process used, and what the database
/// did.
///
/// Each load has two parts. In the first nobody traces, and the processes and the database are observed; in the second
/// py-spy records, which stops the workers for every sample. Neither is a measurement: figures come from `make bench`.
package struct ProfileRun {
  private let configuration: Configuration
  private let stack: Stack
  private let directory: RunDirectory
  /// Of each part.
  private let duration: Duration
  private let recorder: FlameGraphRecorder
  private let interrupts: Interrupts
  private let progress: DeploymentProgress

  private static let warmUp = Duration.seconds(1)
  /// Longer than everything that is done under one load; the load is ended when that is done.
  private static let longestLoad = Duration.seconds(3600)

  /// - Parameters:
  ///   - configuration: its targets and scenarios are profiled.
  ///   - stack: what is up; a server without a process of its own on this machine cannot be profiled.
  ///   - program: py-spy.
  ///   - duration: of each of the two parts of a load, in whole seconds.
  package init(
    _ configuration: Configuration, stack: Stack, into directory: RunDirectory, program: String, duration: Duration,
    samplesPerSecond: Int, interrupts: Interrupts, progress: DeploymentProgress
  ) {
    self.configuration = configuration
    self.stack = stack
    self.directory = directory
    self.duration = duration
    recorder = FlameGraphRecorder(program: program, samplesPerSecond: samplesPerSecond, interrupts: interrupts)
    self.interrupts = interrupts
    self.progress = progress
  }

  /// What a profile came to, beside its files.
  package struct Outcome {
    /// Why there are no flame graphs; nil where there are.
    package var obstacle: TracePermission.Obstacle?
    /// One line for each load that had errors.
    package var errors: [String] = []
  }

  /// Writes the files of each target as soon as it is through.
  package func run() throws -> Outcome {
    try FileSystem.makeFolder(directory.flamegraphs)
    var outcome = Outcome()
    for var target in try configuration.targets.map({ try profiled($0.name) }) {
      outcome.obstacle = outcome.obstacle ?? TracePermission.obstacle(to: target.leader.pid)
      for scenario in Scenario.all where configuration.scenarios.contains(scenario.name) {
        try profile(scenario, &target, &outcome)
      }
      try write(target)
    }
    return outcome
  }

  /// A target, and what was observed of it.
  private struct Profiled {
    let server: Stack.Server
    let leader: ProcessIdentity
    /// Such as `Aquilia 1.4.2`.
    let title: String
    var timelines: [ResourceTimeline] = []
    var databases: [DatabaseProfile] = []
  }

  private func profiled(_ name: String) throws -> Profiled {
    guard let server = stack[name] else { throw MeasuringError.notUp(name) }
    guard let leader = server.process, leader.isAlive else { throw ProfileError.noProcess(framework: name) }
    let title = configuration.known.first { $0.name == name }?.title ?? name
    return Profiled(
      server: server, leader: leader, title: [title, server.version].compactMap(\.self).joined(separator: " "))
  }

  private func profile(_ scenario: Scenario, _ target: inout Profiled, _ outcome: inout Outcome) throws {
    let name = target.server.name
    let measurement = RoundMeasurement(
      scenario: scenario, server: target.server, stack: stack,
      work: try scenario.work(ScenarioMaterial(configuration, stack, for: scenario)),
      connections: configuration.profile.connections, seed: configuration.seed)
    let load = BackgroundLoad(try measurement.plan(warmUp: Self.warmUp, window: Self.longestLoad))
    defer { _ = try? load.end() }
    guard try load.waitForWindow(interrupts) else {
      _ = try load.end()
      throw ProfileError.loadEnded(scenario: scenario.name, framework: name)
    }

    try observe(scenario, &target, load)
    var words = ["no flame graph"]
    if outcome.obstacle == nil {
      let path = "\(directory.flamegraphs)/\(name)_\(scenario.name).svg"
      do throws(ProfileError) {
        let recording = try recorder.record(
          target.leader, seconds: Int(duration.components.seconds),
          title: "\(target.title), \(scenario.name): all workers", into: path)
        words = [
          "flame graph", recording.samples.map { "of \($0) samples" } ?? "",
          recording.nativeFailure.map { "without native frames: \($0)" } ?? "with native frames",
        ]
      } catch {
        guard case .notAllowed(let reason) = error else { throw error }
        outcome.obstacle = reason
      }
    }
    let result = try load.end()
    if let postgres = stack.postgres, scenario.insertsRows { _ = try DatabaseConnection(postgres).deleteBenchUsers() }
    progress.say("\(name), \(scenario.name): \(words.filter { !$0.isEmpty }.joined(separator: " "))")
    if result.errors.total > 0 {
      let sample = result.failures.first.map { ", such as: \($0)" } ?? ""
      outcome.errors.append("\(scenario.name) on \(name): \(result.errors.total) errors under load\(sample)")
    }
  }

  /// The part without a tracer.
  private func observe(_ scenario: Scenario, _ target: inout Profiled, _ load: BackgroundLoad) throws {
    let observer = stack.postgres.map { DatabaseObserver(postgres: $0) }
    observer?.forgetStatements()
    let start = Instant.now()
    let before = try observer?.counters(since: start)
    let verified = load.verified
    let resources = ResourceRecorder(
      scenario: scenario.name, server: target.leader, postgres: stack.postgres?.process)
    let connections: [DatabaseProfile.Connections]?
    do {
      try interrupts.sleep(duration / 2)
      connections = try observer?.connections()
      try interrupts.sleep(max(.zero, duration - .nanoseconds(Int64(Instant.now().nanoseconds(since: start)))))
    } catch {
      _ = resources.end()
      throw error
    }
    let after = try observer?.counters(since: start)
    let counted = load.verified - verified
    target.timelines.append(resources.end())
    guard let observer, let before, let after, let connections else { return }
    target.databases.append(
      DatabaseProfile(
        framework: target.server.name, scenario: scenario.name, verified: counted, before: before, after: after,
        connections: connections, statements: observer.statements()))
  }

  private func write(_ target: Profiled) throws {
    let csv = ResourceTimeline.csvHeader + target.timelines.map(\.csv).joined()
    try write(csv, to: "\(target.server.name)_resources.csv")
    let chart = ResourceChart.svg(title: target.title, target.timelines)
    try write(chart.text, to: "\(target.server.name)_resources.svg")
    guard !target.databases.isEmpty else { return }
    let existing = FileManager.default.contents(atPath: directory.flamegraphs + "/" + DatabaseProfileFile.name)
    let text = DatabaseProfileFile.text(target.databases, keeping: String(decoding: existing ?? Data(), as: UTF8.self))
    try write(text, to: DatabaseProfileFile.name)
  }

  private func write(_ text: String, to name: String) throws {
    try FileSystem.replace(directory.flamegraphs + "/" + name, with: text.utf8)
  }
}
