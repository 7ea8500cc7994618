import BenchSupport
import Foundation
import LoadEngine
import Machine
import Reports
import Results
import Stack

/// Profiles of targets under load: for each scenario a flame graph, what each process used, and what the database
/// did. Of two versions beside each other also what head does more and less of.
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
    var targets: [Profiled] = []
    for var target in try configuration.targets.map(profiled) {
      outcome.obstacle = outcome.obstacle ?? TracePermission.obstacle(to: target.leader.pid)
      for scenario in Scenario.all where configuration.scenarios.contains(scenario.name) {
        try profile(scenario, &target, &outcome)
      }
      try write(target)
      targets.append(target)
    }
    if configuration.comparison != nil { try writeDifferences(targets) }
    return outcome
  }

  /// A target, and what was observed of it.
  private struct Profiled {
    let server: Stack.Server
    let leader: ProcessIdentity
    /// Such as `Aquilia 1.4.2`.
    let title: String
    let origin: FrameOrigin.Target
    /// By the name of the scenario.
    var stacks: [String: CollapsedStacks] = [:]
    var timelines: [ResourceTimeline] = []
    var databases: [DatabaseProfile] = []

    func side(_ scenario: String) -> FlameGraph.Side? {
      stacks[scenario].map { FlameGraph.Side(name: server.name, stacks: $0, target: origin) }
    }
  }

  private func profiled(_ target: Target) throws -> Profiled {
    guard let server = stack[target.name] else { throw MeasuringError.notUp(target.name) }
    guard let leader = server.process, leader.isAlive else { throw ProfileError.noProcess(framework: target.name) }
    let files = FileManager.default.enumerator(atPath: target.source)?.allObjects as? [String] ?? []
    return Profiled(
      server: server, leader: leader,
      title: [target.title, server.version].compactMap(\.self).joined(separator: " "),
      origin: FrameOrigin.Target(files: Set(files.filter { $0.hasSuffix(".py") }), framework: target.package))
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
      do {
        let recording = try recorder.record(
          target.leader, seconds: Int(duration.components.seconds), in: directory.flamegraphs)
        target.stacks[scenario.name] = recording.stacks
        try writeFlameGraph(target, scenario.name, isNative: recording.nativeFailure == nil)
        words = [
          "flame graph of \(recording.stacks.total) samples",
          recording.nativeFailure.map { "without native frames: \($0)" } ?? "with native frames",
        ]
      } catch ProfileError.notAllowed(let reason) {
        outcome.obstacle = reason
      }
    }
    let result = try load.end()
    if let postgres = stack.postgres, scenario.insertsRows { _ = try DatabaseConnection(postgres).deleteBenchUsers() }
    progress.say("\(name), \(scenario.name): \(words.joined(separator: " "))")
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

  private func writeFlameGraph(_ target: Profiled, _ scenario: String, isNative: Bool) throws {
    guard let side = target.side(scenario) else { return }
    let name = "\(target.server.name)_\(scenario)"
    let title = "\(target.title), \(scenario), \(isNative ? "with" : "without") native frames"
    try write(FlameGraph(title: title, side).svg.text, to: name + ".svg")
    try write(side.stacks.text, to: name + ".txt")
  }

  /// Of each scenario in which both were recorded.
  private func writeDifferences(_ targets: [Profiled]) throws {
    guard targets.count == 2 else { return }
    let (base, head) = (targets[0], targets[1])
    for scenario in configuration.scenarios {
      guard let first = base.side(scenario), let second = head.side(scenario) else { continue }
      let graph = FlameGraph(title: "\(scenario): \(base.title) to \(head.title)", base: first, head: second)
      try write(graph.svg.text, to: "\(scenario)_difference.svg")
    }
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
