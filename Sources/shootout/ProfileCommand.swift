import BenchSupport
import Foundation
import Profiling
import Results
import Stack

/// `shootout profile [--duration D] [--rate N] [--run RUN_DIR] [all|NAME…]`: flame graphs, resources and the database's
/// statistics under load.
struct ProfileCommand {
  private let configuration: Configuration
  private let duration: Duration
  private let samplesPerSecond: Int
  private let chosen: RunDirectory?

  init(_ words: Arguments) throws {
    var arguments = words
    duration = try arguments.duration("--duration") ?? .seconds(5)
    guard duration >= .seconds(2), duration.components.attoseconds == 0 else {
      throw UsageError("--duration is in whole seconds, two at least; right would be --duration 5s")
    }
    samplesPerSecond = try arguments.number("--rate") ?? 100
    guard (1...1000).contains(samplesPerSecond) else {
      throw UsageError("--rate \(samplesPerSecond) is not from 1 to 1000 samples a second; right would be --rate 100")
    }
    chosen = try arguments.option("--run").map(RunDirectory.init)
    let operands = try arguments.operands(known: Command.profile.knownOptions)
    var configuration = try Configuration.read(scenarios: Scenario.names)
    let names = try StackNames(operands, configuration)
    guard names.isEverything || !names.targets.isEmpty else {
      throw UsageError("postgres is profiled with every target; right would be all or a target's name")
    }
    configuration.targets = configuration.known.filter { names.targets.contains($0.name) }
    configuration.observesStatements = true
    self.configuration = configuration
  }

  func run() throws -> ExitCode {
    let interrupts = try Interrupts.signals(andEndOfInput: false)
    let progress = DeploymentProgress { print($0) }
    let program = try StackDeployment(
      configuration.stack, kind: .process, interrupts: interrupts, progress: progress
    ).profiler()
    let results = ResultsDirectory()
    let directory = try chosen ?? (results.latest.exists ? results.latest : results.newRun(now: Date()))

    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let lease = try StackLease.take(configuration.stack, executable: executable, progress: { print($0) })
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
