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
    try FileManager.default.createDirectory(atPath: directory.flamegraphs, withIntermediateDirectories: true)
    var outcome = Outcome()
    for server in try configuration.targets.map({ try self.server($0.name) }) {
      outcome.obstacle = outcome.obstacle ?? TracePermission.obstacle(to: server.leader.pid)
      var timelines: [ResourceTimeline] = []
      var databases: [DatabaseProfile] = []
      for scenario in Scenario.all where configuration.scenarios.contains(scenario.name) {
        let cell = try profile(scenario, server, &outcome)
        timelines.append(cell.timeline)
        if let database = cell.database { databases.append(database) }
      }
      try write(server, timelines, databases)
    }
    return outcome
  }

  private func server(_ name: String) throws -> (server: Stack.Server, leader: ProcessIdentity) {
    guard let server = stack[name] else { throw MeasuringError.notUp(name) }
    guard let leader = server.process, leader.isAlive else { throw ProfileError.noProcess(framework: name) }
    return (server, leader)
  }

  private struct Cell {
    var timeline: ResourceTimeline
    var database: DatabaseProfile?
  }

  private func profile(
    _ scenario: Scenario, _ server: (server: Stack.Server, leader: ProcessIdentity), _ outcome: inout Outcome
  ) throws -> Cell {
    let name = server.server.name
    let measurement = RoundMeasurement(
      scenario: scenario, server: server.server, stack: stack,
      work: try scenario.work(ScenarioMaterial(configuration, stack)),
      connections: configuration.profile.connections, seed: configuration.seed)
    let load = BackgroundLoad(try measurement.plan(warmUp: Self.warmUp, window: Self.longestLoad))
    defer { _ = try? load.end() }
    guard try load.waitForWindow(interrupts) else {
      _ = try load.end()
      throw ProfileError.loadEnded(scenario: scenario.name, framework: name)
    }

    let (timeline, database) = try observe(scenario, server, load)
    var words = ["no flame graph"]
    if outcome.obstacle == nil {
      let path = "\(directory.flamegraphs)/\(name)_\(scenario.name).svg"
      do throws(ProfileError) {
        let recording = try recorder.record(
          server.leader, seconds: Int(duration.components.seconds),
          title: "\(title(of: server.server)), \(scenario.name): all workers", into: path)
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
    return Cell(timeline: timeline, database: database)
  }

  /// The part without a tracer.
  private func observe(
    _ scenario: Scenario, _ server: (server: Stack.Server, leader: ProcessIdentity), _ load: BackgroundLoad
  ) throws -> (ResourceTimeline, DatabaseProfile?) {
    let observer = stack.postgres.map { DatabaseObserver(postgres: $0) }
    observer?.forgetStatements()
    let start = Instant.now()
    let before = try observer?.counters(since: start)
    let verified = load.verified
    let resources = ResourceRecorder(
      scenario: scenario.name, server: server.leader, postgres: stack.postgres?.process)
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
    let timeline = resources.end()
    guard let observer, let before, let after, let connections else { return (timeline, nil) }
    return (
      timeline,
      DatabaseProfile(
        framework: server.server.name, scenario: scenario.name, verified: counted, before: before, after: after,
        connections: connections, statements: observer.statements())
    )
  }

  private func write(
    _ server: (server: Stack.Server, leader: ProcessIdentity), _ timelines: [ResourceTimeline],
    _ databases: [DatabaseProfile]
  ) throws {
    let name = server.server.name
    let csv = ResourceTimeline.csvHeader + timelines.map(\.csv).joined()
    try write(csv, to: "\(name)_resources.csv")
    let chart = ResourceChart.svg(title: title(of: server.server), timelines)
    try write(chart.text, to: "\(name)_resources.svg")
    guard !databases.isEmpty else { return }
    let existing = FileManager.default.contents(atPath: directory.flamegraphs + "/" + DatabaseProfileFile.name)
    let text = DatabaseProfileFile.text(databases, keeping: String(decoding: existing ?? Data(), as: UTF8.self))
    try write(text, to: DatabaseProfileFile.name)
  }

  /// Such as `Aquilia 1.4.2`.
  private func title(of server: Stack.Server) -> String {
    let title = configuration.known.first { $0.name == server.name }?.title ?? server.name
    return [title, server.version].compactMap { $0 }.joined(separator: " ")
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: directory.flamegraphs + "/" + name), options: .atomic)
  }
}
