import BenchSupport
import Foundation
import Profiling
import Results
import Stack

/// Flame graphs, resources and the database's statistics under load.
struct ProfileCommand: Command {
  static let about = CommandDescription(
    name: "profile", group: .look, summary: "flame graphs, CPU, memory and database statistics under load",
    notes: [
      """
      SHOOTOUT_SCENARIOS says which scenarios. Where servers may not be traced, one
      line says why, and the other files are written.
      exit code: 0 all there, 1 errors under load, 2 no flame graphs or nothing
      """
    ],
    examples: ["SHOOTOUT_SCENARIOS=json,db-read shootout profile aquilia", "shootout profile --duration 10s all"])

  @Option("--duration", "D", .duration, "of each of the two parts of a load, in whole seconds")
  private var duration = Duration.seconds(5)
  @Option("--rate", "N", .number, "samples a second for the flame graphs") private var samplesPerSecond = 100
  @Option("--run", "RUN_DIR", .folder, "whose folder gets flamegraphs/ (the last one)") private var chosen: String?
  @Operands("all|NAME", .stackNames) private var operands: [String]

  private func configuration() throws -> Configuration {
    guard duration >= .seconds(2), duration.components.attoseconds == 0 else {
      throw UsageError("--duration is in whole seconds, two at least; right would be --duration 5s")
    }
    guard (1...1000).contains(samplesPerSecond) else {
      throw UsageError("--rate \(samplesPerSecond) is not from 1 to 1000 samples a second; right would be --rate 100")
    }
    var configuration = try Configuration.read(scenarios: Scenario.names)
    let names = try StackNames(operands, configuration)
    guard names.isEverything || !names.targets.isEmpty else {
      throw UsageError("postgres is profiled with every target; right would be all or a target's name")
    }
    configuration.targets = configuration.known.filter { names.targets.contains($0.name) }
    configuration.observesStatements = true
    return configuration
  }

  func run() throws -> ExitCode {
    let configuration = try configuration()
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    let progress = DeploymentProgress { print($0) }
    let program = try StackDeployment(
      configuration.stack, kind: .process, interrupts: interrupts, progress: progress
    ).profiler()
    let results = ResultsDirectory()
    let directory =
      try chosen.map(RunDirectory.init) ?? (results.latest.exists ? results.latest : results.newRun(now: Date()))

    let lease = try StackLease.take(configuration.stack, interrupts)
    defer { lease.giveBack() }
    let outcome = try ProfileRun(
      configuration, stack: lease.stack, into: directory, program: program, duration: duration,
      samplesPerSecond: samplesPerSecond, interrupts: interrupts, progress: progress
    ).run()
    // A run that was measured gets its links; a folder with nothing but profiles has no report.
    if directory.hasManifest { _ = try directory.writeReports() }

    for error in outcome.errors { complain("errors: \(error)") }
    print("profiles: \(directory.flamegraphs)")
    if let obstacle = outcome.obstacle {
      complain("no flame graphs: \(obstacle)")
      return .couldNotMeasure
    }
    return outcome.errors.isEmpty ? .success : .failed
  }
}
