import Foundation
import Glibc
import LoadEngine
import Results
import Stack
import Statistics
import WireFormats

/// Counts what exchanges take of one target: one worker under callgrind, one connection, a closed loop in which every
/// response is verified as in a measurement.
struct TargetCount {
  let configuration: Configuration
  let stack: Stack
  let server: Stack.Server
  let programs: CountingPrograms
  let interrupts: Interrupts
  /// Whether another target's count has failed, or the whole was called off.
  let isCalledOff: () -> Bool

  /// A worker starts a few times as slowly as usual, and slower still on a busy machine.
  private static let startPatience = Duration.seconds(180)
  private static let timeout = Duration.seconds(120)
  /// How long it takes a worker to do what it does after an answer, such as a task of 10 ms.
  private static let rest = Duration.milliseconds(100)
  private static let idleTime = Duration.milliseconds(1_500)
  /// So many exchanges tell how large a batch has to be.
  private static let pilot = 3
  /// Large enough to hide single events, such as a collection of garbage, and done in about a second.
  private static let instructionsOfBatch = 50e6
  private static let exchangesOfBatch = 3...150
  private static let fewestBatches = 3
  private static let mostBatches = 8
  /// The half-width of the 95 % interval at which a cell is known well enough, as a share.
  private static let precision = 0.002

  /// - Parameter record: gets each count as soon as it is there.
  func run(in folder: String, record: (ExchangeCount) -> Void) throws {
    let copy = try ServerCopy(of: server, in: folder, under: Callgrind.tool(valgrind: programs.valgrind))
    try copy.waitUntilReady(within: Self.startPatience)
    let callgrind = Callgrind(folder: folder, vgdb: programs.vgdb, interrupts: interrupts)
    let processes = callgrind.processes()
    for process in processes { try callgrind.beginToCount(process) }
    let material = try ScenarioMaterial(configuration, stack)
    var worker: (pid: Int32, idle: CallgrindTotals)?
    for scenario in Scenario.all where configuration.scenarios.contains(scenario.name) {
      let work = try scenario.work(material)
      if worker == nil { worker = try findWorker(callgrind, processes, copy.endpoint, scenario, work) }
      guard let worker else { continue }
      record(try count(scenario, work, copy.endpoint, callgrind, worker.pid, idle: worker.idle))
    }
  }

  /// The process that answers, among those that a server has, and what it does in a second without being asked.
  private func findWorker(
    _ callgrind: Callgrind, _ processes: [Int32], _ endpoint: Endpoint, _ scenario: Scenario, _ work: Work
  ) throws -> (Int32, CallgrindTotals) {
    _ = try exchange(Self.pilot, scenario, work, endpoint)
    let before = try processes.map(callgrind.totals)
    _ = try exchange(Self.pilot, scenario, work, endpoint)
    let spent = try zip(processes, before).map { try callgrind.totals($0).instructions - $1.instructions }
    guard let index = spent.indices.max(by: { spent[$0] < spent[$1] }) else {
      throw DeploymentError.noProcess(name: server.name)
    }
    let start = Instant.now()
    let (counted, _) = try counting(callgrind, processes[index]) { try interrupts.sleep(Self.idleTime) }
    let seconds = Double(Instant.now().nanoseconds(since: start)) * 1e-9
    return (processes[index], counted * (1 / seconds))
  }

  private func count(
    _ scenario: Scenario, _ work: Work, _ endpoint: Endpoint, _ callgrind: Callgrind, _ worker: Int32,
    idle: CallgrindTotals
  ) throws -> ExchangeCount {
    func batch(of exchanges: Int) throws -> (counted: CallgrindTotals, seconds: Double, load: LoadResult) {
      let start = Instant.now()
      let (counted, load) = try counting(callgrind, worker) { try exchange(exchanges, scenario, work, endpoint) }
      return (counted, Double(Instant.now().nanoseconds(since: start)) * 1e-9, load)
    }
    // What is loaded, compiled or cached at its first use belongs to no exchange.
    _ = try batch(of: Self.pilot)
    let pilot = try batch(of: Self.pilot)
    let each = max(pilot.counted.instructions / Double(Self.pilot), 1)
    let most = Double(Self.exchangesOfBatch.upperBound)
    let exchanges = max(Int(min(Self.instructionsOfBatch / each, most)), Self.exchangesOfBatch.lowerBound)
    _ = try batch(of: exchanges)
    let singles = try (1...3).map { _ in
      let single = try batch(of: 1)
      return single.counted - idle * single.seconds
    }
    var estimate = CountEstimate(exchanges: exchanges, idle: idle, singles: singles)
    var load = LoadResult()
    while estimate.batches.count < Self.mostBatches {
      let next = try batch(of: exchanges)
      estimate.add(next.counted, seconds: next.seconds)
      load = next.load
      if estimate.batches.count >= Self.fewestBatches, estimate.isKnown(within: Self.precision) { break }
    }
    return ExchangeCount(
      scenario: scenario.name, framework: server.name, version: server.version, instructions: estimate.instructions,
      systemCalls: estimate.systemCalls, bytesSent: Double(load.measured.bytesSent) / Double(exchanges),
      bytesReceived: Double(load.measured.bytesReceived) / Double(exchanges))
  }

  /// What a process did while something was done, and until it had come to rest.
  private func counting<Outcome>(
    _ callgrind: Callgrind, _ process: Int32, _ body: () throws -> Outcome
  ) throws -> (CallgrindTotals, Outcome) {
    let before = try callgrind.totals(process)
    let outcome = try body()
    try interrupts.sleep(Self.rest)
    return (try callgrind.totals(process) - before, outcome)
  }

  /// So many exchanges on one connection, all of which have to be right.
  private func exchange(
    _ exchanges: Int, _ scenario: Scenario, _ work: Work, _ endpoint: Endpoint
  ) throws -> LoadResult {
    var plan = LoadPlan(endpoint: endpoint, work: work)
    plan.connections = 1
    plan.warmUp = .zero
    plan.requests = exchanges
    plan.window = Self.timeout
    plan.timeout = Self.timeout
    // Every batch draws the same.
    plan.seed = configuration.seed
    if isCalledOff() { throw CancellationError() }
    let load = try plan.run(monitor: LoadMonitor())
    guard load.errors.total == 0, load.measured.verified == exchanges else {
      throw CountingError.notVerified(
        scenario: scenario.name, framework: server.name, verified: load.measured.verified, of: exchanges,
        failure: load.failures.first?.description)
    }
    return load
  }
}

/// Where valgrind and vgdb are.
package struct CountingPrograms: Sendable {
  var valgrind: String
  var vgdb: String

  package init(environment: [String: String]) throws(DeploymentError) {
    let search = ProgramSearch(environment: environment)
    guard let valgrind = search.program("valgrind"), let vgdb = search.program("vgdb") else {
      throw .missing(program: "valgrind (with vgdb)", searched: ["PATH"], packages: "valgrind")
    }
    (self.valgrind, self.vgdb) = (valgrind, vgdb)
  }
}

package enum CountingError: Error, Equatable, CustomStringConvertible {
  case notVerified(scenario: String, framework: String, verified: Int, of: Int, failure: String?)

  package var description: String {
    switch self {
    case .notVerified(let scenario, let framework, let verified, let all, let failure):
      "\(scenario) on \(framework) is not counted: \(verified) of \(all) exchanges were verified"
        + (failure.map { "; \($0)" } ?? "")
    }
  }
}
