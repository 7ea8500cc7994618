import CLinux
import Foundation
import Glibc
import LoadEngine
import Machine
import Stack
import Statistics

/// The engine beside the clients that it replaces, on one machine in one run: servers on one core, clients on another,
/// one client at a time, in alternating order.
package struct EngineBenchmark {
  private let configuration: StackConfiguration
  /// The program `shootout`, built for release.
  private let executable: String
  private let rounds: Int
  private let seconds: Int
  private let works: [EngineWork]
  private let interrupts: Interrupts
  private let progress: DeploymentProgress
  private let environment = ProcessInfo.processInfo.environment

  private static let serverCore = 0
  private static let clientCore = 1
  /// An upload takes long, so that a short run would count few of them.
  private static let uploadFactor = 2

  /// - Parameters:
  ///   - works: what to compare on; with all of them, the many connections are tried, too.
  ///   - seconds: the length of a run of a client.
  package init(
    _ configuration: StackConfiguration, executable: String, works: [EngineWork], rounds: Int, seconds: Int,
    interrupts: Interrupts, progress: DeploymentProgress
  ) {
    self.configuration = configuration
    self.executable = executable
    self.works = works
    self.rounds = rounds
    self.seconds = seconds
    self.interrupts = interrupts
    self.progress = progress
  }

  package func run() throws -> EngineBenchmarkResult {
    guard sysconf(Int32(_SC_NPROCESSORS_ONLN)) >= 2 else { throw EngineBenchmarkError.oneCore }
    let programs = try findPrograms()
    // What is started here inherits the core; the clients are moved to theirs.
    let failed = clinux_pin_to_core(Int32(Self.serverCore))
    guard failed == 0 else { throw DeploymentError.system(call: "sched_setaffinity", errno: failed) }

    let directory = NSTemporaryDirectory() + "shootout-engine-\(getpid())"
    let files = PeerFiles(directory: directory + "/files")
    try FileManager.default.createDirectory(atPath: files.directory, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: directory + "/temp", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try files.make()
    let nginx = try NginxServer.start(programs.nginx, directory: directory, files: files, interrupts)
    defer { nginx.stop() }
    let reference = try lease()
    defer { reference?.giveBack() }

    var result = EngineBenchmarkResult(comparisons: [], capacity: nil)
    for work in works {
      var port = nginx.port
      if work.request.needsReference, let server = reference?.stack.servers.first { port = server.port }
      let server = "http://127.0.0.1:\(port)"
      result.comparisons.append(try compare(work, server, files, programs))
    }
    if works == EngineWork.all {
      progress.say("\(EngineWork.capacity) connections")
      let work = EngineWork.all[0]
      result.capacity = try run(
        .engine, connections: EngineWork.capacity, work, "http://127.0.0.1:\(nginx.port)", files, programs)
    }
    return result
  }

  private func compare(_ work: EngineWork, _ server: String, _ files: PeerFiles, _ programs: Programs) throws
    -> EngineComparison
  {
    var comparison = EngineComparison(work: work, ours: [], theirs: [])
    for round in 1...rounds {
      let ours = { try run(.engine, connections: work.connections, work, server, files, programs) }
      let theirs = { try run(work.peer, connections: work.peerConnections, work, server, files, programs) }
      // Whoever goes first may find the machine in another state: in turn.
      if round.isMultiple(of: 2) {
        comparison.theirs.append(try theirs())
        comparison.ours.append(try ours())
      } else {
        comparison.ours.append(try ours())
        comparison.theirs.append(try theirs())
      }
      let figures = (comparison.ours.last!, comparison.theirs.last!)
      progress.say(
        "\(work.title)  round \(round)/\(rounds)  CPU per request: \(Figure.significant(figures.0.cpuMicroseconds)) µs, "
          + "\(work.peer.rawValue) \(Figure.significant(figures.1.cpuMicroseconds)) µs")
    }
    return comparison
  }

  private func run(
    _ client: LoadClient, connections: Int, _ work: EngineWork, _ server: String, _ files: PeerFiles,
    _ programs: Programs
  ) throws -> ClientRun {
    let seconds = work.request == .upload ? self.seconds * Self.uploadFactor : self.seconds
    let task = LoadClient.Task(
      work: work, server: server, connections: connections, seconds: seconds, files: files)
    let command =
      [programs.taskset, "-c", "\(Self.clientCore)"] + programs.command(client) + client.arguments(task)
    let launch = ProgramLaunch(
      command: command, environment: ChildEnvironment.measuring(environment), directory: files.directory)
    let before = (SystemStat.read(core: Self.serverCore), Instant.now())
    let (output, usage) = try ShortCommand(
      "\(client.rawValue), \(work.title)", launch, deadline: .seconds(seconds + 90)
    ).runMeasured(interrupts)
    let after = (SystemStat.read(core: Self.serverCore), Instant.now())
    guard let report = client.report(output), report.counted > 0 else {
      throw EngineBenchmarkError.unreadable(client: client, output: output)
    }
    // The run with the many connections reports its errors itself.
    guard report.failed == 0 || connections == EngineWork.capacity else {
      throw EngineBenchmarkError.errors(client: client, work: work.title, count: report.failed)
    }
    var busy = 0.0
    if let start = before.0, let end = after.0 {
      let ticks = Double(end.busyTicks - start.busyTicks) / Double(sysconf(Int32(_SC_CLK_TCK)))
      busy = ticks / (Double(after.1.nanoseconds(since: before.1)) * 1e-9)
    }
    return ClientRun(report: report, usage: usage, serverBusy: busy)
  }

  /// The reference target where it is needed.
  private func lease() throws -> StackLease? {
    guard works.contains(where: \.request.needsReference) else { return nil }
    var configuration = configuration
    configuration.targets = configuration.known.filter { $0.role == .reference }
    return try StackLease.take(configuration, executable: executable, progress: { progress.say($0) })
  }

  private struct Programs {
    var taskset: String
    var nginx: String
    var shootout: String
    var wrk: String
    var hey: String
    /// The interpreter with the `websockets` of the reference's pinned requirements; nil where it is not needed.
    var python: String?
    var webSocketClient: String

    func command(_ client: LoadClient) -> [String] {
      switch client {
      case .engine: [shootout]
      case .wrk: [wrk]
      case .hey: [hey]
      case .websockets: [python ?? "", webSocketClient]
      }
    }
  }

  private func findPrograms() throws -> Programs {
    let search = ProgramSearch(environment: environment)
    func find(_ name: String, orAt paths: [String] = [], package: String) throws(DeploymentError) -> String {
      for candidate in [name] + paths {
        if let program = search.program(candidate) { return program }
      }
      throw .missing(program: name, searched: ["PATH"] + paths, packages: package)
    }
    // The puts it where only root's PATH looks; `make bench-engine` unpacks it in the checkout.
    let nginx = ["/usr/sbin/nginx", configuration.checkout.path + "/.build/nginx/usr/sbin/nginx"]
    var programs = Programs(
      taskset: try find("taskset", package: "util-linux"),
      nginx: try find("nginx", orAt: nginx, package: "nginx"),
      shootout: executable, wrk: try find("wrk", package: "wrk"), hey: try find("hey", package: "hey"),
      webSocketClient: configuration.checkout.fixtures + "/peers/websocket_client.py")
    if works.contains(where: { $0.peer == .websockets }) {
      let deployment = try StackDeployment(
        configuration, kind: .process, interrupts: interrupts, progress: progress)
      programs.python = try deployment.python(of: { $0.role == .reference })
    }
    return programs
  }
}

/// Why the engine could not be compared.
enum EngineBenchmarkError: Error, CustomStringConvertible {
  case oneCore
  case unreadable(client: LoadClient, output: String)
  case errors(client: LoadClient, work: String, count: Int)

  var description: String {
    switch self {
    case .oneCore: "the engine benchmark needs two cores, one for the server and one for the client; here is one"
    case .unreadable(let client, let output):
      "\(client.rawValue) did not say what it did; its output was:\n\(output)"
    case .errors(let client, let work, let count):
      "\(client.rawValue) had \(count) errors with \(work): nothing can be compared"
    }
  }
}
