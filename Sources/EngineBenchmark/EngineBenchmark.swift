import CLinux
import Foundation
import Glibc
import LoadEngine
import Machine
import Stack
import Statistics

/// The engine beside the clients that it replaces and the floor, on one machine in one run: servers on one core, clients
/// on another, one client at a time, in alternating order.
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

    // A name that nobody could have taken before.
    var template = Array("\(NSTemporaryDirectory())/shootout-engine-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw DeploymentError.system(call: "mkdtemp", errno: errno) }
    let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
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
    func task(_ work: EngineWork, port: Int) -> LoadClient.Task {
      LoadClient.Task(
        work: work, server: "http://127.0.0.1:\(port)", connections: work.connections,
        seconds: work.request == .upload ? seconds * Self.uploadFactor : seconds, files: files)
    }
    for work in works {
      let server = work.request.needsReference ? reference?.stack.servers.first : nil
      result.comparisons += try compare(task(work, port: server?.port ?? nginx.port), programs)
    }
    if works == EngineWork.all {
      progress.say("\(EngineWork.capacity) connections")
      result.capacity = try run(
        .engine, connections: EngineWork.capacity, task(EngineWork.all[0], port: nginx.port), programs)
    }
    return result
  }

  private func compare(_ task: LoadClient.Task, _ programs: Programs) throws -> [EngineComparison] {
    let work = task.work
    var ours: [ClientRun] = []
    var comparisons = work.peers.map { EngineComparison(work: work, peer: $0, ours: [], theirs: []) }
    for round in 1...rounds {
      // Whoever goes first may find the machine in another state: in turn. nil is the engine that is compared.
      let turns = [Int?.none] + work.peers.indices.map(Optional.some)
      for turn in round.isMultiple(of: 2) ? turns.reversed() : turns {
        let peer = turn.map { work.peers[$0] } ?? EngineWork.Peer(client: .engine, connections: work.connections)
        let run = try run(peer.client, connections: peer.connections, task, programs)
        if let turn { comparisons[turn].theirs.append(run) } else { ours.append(run) }
      }
      let theirs = comparisons.map { comparison in
        ", \(comparison.peer.client.rawValue) \(Figure.significant(comparison.theirs.last?.cpuMicroseconds)) µs"
      }
      progress.say(
        "\(work.title)  round \(round)/\(rounds)  CPU per request: "
          + "\(Figure.significant(ours.last?.cpuMicroseconds)) µs\(theirs.joined())")
    }
    for index in comparisons.indices { comparisons[index].ours = ours }
    return comparisons
  }

  private func run(
    _ client: LoadClient, connections: Int, _ given: LoadClient.Task, _ programs: Programs
  ) throws -> ClientRun {
    var task = given
    task.connections = connections
    let launch = ProgramLaunch(
      command: (programs.clients[client] ?? []) + client.arguments(task),
      environment: ChildEnvironment.measuring(environment), directory: task.files.directory)
    let before = (SystemStat.read(core: Self.serverCore), Instant.now())
    let (output, usage) = try ShortCommand(
      "\(client.rawValue), \(task.work.title)", launch, deadline: .seconds(task.seconds + 90)
    ).runMeasured(interrupts)
    let after = (SystemStat.read(core: Self.serverCore), Instant.now())
    guard let report = client.report(output), report.counted > 0 else {
      throw EngineBenchmarkError.unreadable(client: client, output: output)
    }
    // The run with the many connections reports its errors itself.
    guard report.failed == 0 || connections == EngineWork.capacity else {
      throw EngineBenchmarkError.errors(client: client, work: task.work.title, count: report.failed)
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
    var nginx: String
    /// The words that each client is started with, on its core.
    var clients: [LoadClient: [String]]
  }

  private func findPrograms() throws -> Programs {
    let search = ProgramSearch(environment: environment)
    func find(_ name: String, orAt paths: [String] = [], package: String) throws(DeploymentError) -> String {
      for candidate in [name] + paths {
        if let program = search.program(candidate) { return program }
      }
      throw .missing(program: name, searched: ["PATH"] + paths, packages: package)
    }
    let onItsCore = [try find("taskset", package: "util-linux"), "-c", "\(Self.clientCore)"]
    // The package puts it where only root's PATH looks; `make bench-engine` unpacks it in the checkout.
    let places = ["/usr/sbin/nginx", configuration.checkout.path + "/.build/nginx/usr/sbin/nginx"]
    let nginx = try find("nginx", orAt: places, package: "nginx")
    var clients: [LoadClient: [String]] = [
      .engine: onItsCore + [executable], .floor: onItsCore + [executable],
      .wrk: onItsCore + [try find("wrk", package: "wrk")],
      .hey: onItsCore + [try find("hey", package: "hey")],
    ]
    if works.contains(where: { $0.peers.contains { $0.client == .websockets } }) {
      // The interpreter with the `websockets` package of the reference's pinned requirements.
      let python =
        try StackDeployment(configuration, kind: .process, interrupts: interrupts, progress: progress)
        .python(of: { $0.role == .reference }) ?? ""
      clients[.websockets] = onItsCore + [python, configuration.checkout.fixtures + "/peers/websocket_client.py"]
    }
    return Programs(nginx: nginx, clients: clients)
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
