import BenchSupport
import Foundation
import LoadEngine
import Machine
import Results
import Stack
import WireFormats

/// What a trial may do to the stack.
package struct FaultControls {
  package var stopDatabase: () throws -> Void
  /// Ends when the database takes connections again.
  package var startDatabase: () throws -> Void

  package init(stopDatabase: @escaping () throws -> Void, startDatabase: @escaping () throws -> Void) {
    (self.stopDatabase, self.startDatabase) = (stopDatabase, startDatabase)
  }
}

/// One trial: load runs, exactly one thing goes wrong, and what comes of it is watched until the server is well again or its
/// time is over.
package struct FaultMeasurement {
  package let server: Stack.Server
  package let postgres: Stack.Postgres?
  package let plan: FaultPlan
  package let material: ScenarioMaterial
  /// The server's own folder; nil where it has none on this machine.
  package let folder: String?
  package let controls: FaultControls
  package let interrupts: Interrupts

  package init(
    server: Stack.Server, postgres: Stack.Postgres?, plan: FaultPlan, material: ScenarioMaterial, folder: String?,
    controls: FaultControls, interrupts: Interrupts
  ) {
    (self.server, self.postgres, self.plan, self.material) = (server, postgres, plan, material)
    (self.folder, self.controls, self.interrupts) = (folder, controls, interrupts)
  }

  private static let warmUp = Duration.milliseconds(500)
  /// Of one exchange. Shorter than in a measurement, or a lost one would hide the recovery of the others.
  private static let timeout = Duration.seconds(5)
  private static let lookInterval = Duration.milliseconds(100)

  package func run(_ fault: InjectedFault, trial: Int) throws -> FaultTrial {
    var record = FaultTrial(
      framework: server.name, scenario: fault.scenario.name, fault: fault, trial: trial,
      started: Date().formatted(.iso8601))
    do throws(NotTried) { try requireTried(fault) } catch {
      record.notTried = error.reason
      return record
    }
    let endpoint = try Endpoint.parse(url: server.baseURL).endpoint
    let clients = try ClientMaterial(material, at: endpoint)
    let heldBefore = ServerHoldings.look(at: server, folder: folder)
    let load = WatchedLoad(try loadPlan(fault, endpoint))
    defer { _ = try? load.end() }
    guard try load.waitForWindow(interrupts) else {
      _ = try load.end()
      throw FaultError.loadEnded(scenario: fault.scenario.name, framework: server.name)
    }
    try interrupts.sleep(.seconds(plan.beforeS))
    let (processes, memory) = (ServerHoldings.processes(of: server), ServerHoldings.memoryBytes(of: server))
    guard let victim = fault == .workerKilled ? ServingWorker.busiest(of: server) : .noneNeeded else {
      record.notTried = "no process beside the leader has accepted a connection, so that there is no worker to kill"
      return record
    }

    load.begin(.during)
    let beganS = load.seconds
    let injected = try inject(fault, clients, victim)
    let endedS = fault == .workerKilled ? beganS : load.seconds
    load.begin(.after)
    let wholeAtS = try watch(load, beganS: beganS, endedS: endedS, processes)
    let windowS = load.seconds
    let (processesAfter, memoryAfter) = (ServerHoldings.processes(of: server), ServerHoldings.memoryBytes(of: server))
    let result = try load.end()
    let heldAfter = ServerHoldings.look(at: server, folder: folder)

    var seen = seen(load, result, injected, beganS: beganS, endedS: endedS, windowS: windowS)
    seen.connections = fault.connections
    seen.wholeAtS = wholeAtS
    // One whose leader is gone has none any more.
    seen.processes = ServerHoldings.change(processes, processesAfter ?? 0)
    seen.memoryBytes = ServerHoldings.change(memory, memoryAfter)
    seen.descriptors = ServerHoldings.change(heldBefore.descriptors, heldAfter.descriptors)
    seen.files = ServerHoldings.change(heldBefore.files, heldAfter.files)
    if fault == .bodyCut { try countInsertedRows(into: &seen) }
    record.seen = seen
    return record
  }

  // MARK: Before

  private struct NotTried: Error {
    var reason: String
  }

  private func requireTried(_ fault: InjectedFault) throws(NotTried) {
    switch fault {
    case .workerKilled:
      if server.container != nil {
        throw NotTried(reason: "the server runs in a container, whose processes are not this suite's to kill")
      }
      if server.process == nil { throw NotTried(reason: "its processes are not of this machine") }
    case .databaseStopped:
      if postgres == nil { throw NotTried(reason: "the database is not known") }
      if postgres?.container != nil {
        throw NotTried(reason: "the database runs in a container, which would come back on another port")
      }
    case .downloadLeft, .uploadLeft, .slowReaders, .bodyCut: break
    }
  }

  private func loadPlan(_ fault: InjectedFault, _ endpoint: Endpoint) throws -> LoadPlan {
    var load = LoadPlan(endpoint: endpoint, work: try fault.scenario.work(material))
    load.connections = fault.connections
    load.warmUp = Self.warmUp
    // It is ended when everything is seen.
    load.window = .seconds(3600)
    load.timeout = Self.timeout
    load.seed = material.seed
    return load
  }

  // MARK: The fault

  /// What was done, and what became of the clients that did it.
  private struct Injected {
    var done: String
    var clients = ClientReport()
  }

  private func inject(_ fault: InjectedFault, _ material: ClientMaterial, _ victim: ServingWorker) throws -> Injected {
    switch fault {
    case .workerKilled:
      guard victim.process.isAlive, kill(victim.process.pid, SIGKILL) == 0 else {
        throw FaultError.workerGone(framework: server.name, pid: victim.process.pid)
      }
      let connections = victim.connections == 1 ? "connection" : "connections"
      return Injected(done: "killed a worker, which had \(victim.connections) \(connections)")
    case .databaseStopped:
      try controls.stopDatabase()
      let sleep = Result { try interrupts.sleep(.seconds(plan.lastsS)) }
      // Also where Ctrl-C came meanwhile: others may use it.
      try controls.startDatabase()
      try sleep.get()
      return Injected(done: "stopped the database and started it again")
    case .downloadLeft, .uploadLeft, .slowReaders, .bodyCut:
      let clients = MisbehavingClients(material.clients(of: fault), at: material.endpoint, seed: material.seed)
      let sleep = Result { try interrupts.sleep(.seconds(plan.lastsS)) }
      let report = clients.end()
      try sleep.get()
      return Injected(done: fault.doneByClients, clients: report)
    }
  }

  // MARK: What comes of it

  /// Watches until there is nothing more to learn.
  ///
  /// - Returns: when all processes were there again; nil where none was missing, or one is still.
  private func watch(
    _ load: WatchedLoad, beganS: Double, endedS: Double, _ processesBefore: Int?
  ) throws -> Double? {
    let perSecondBefore = load.series.perSecond(from: 0, to: beganS)
    var (wasMissing, wholeAtS): (Bool, Double?) = (false, nil)
    while true {
      let count = ServerHoldings.processes(of: server) ?? 0
      let isWhole = processesBefore.map { count >= $0 } ?? true
      if !isWhole { (wasMissing, wholeAtS) = (true, nil) }
      if isWhole, wasMissing, wholeAtS == nil { wholeAtS = load.seconds }
      if load.series.isDecided(
        at: load.seconds, faultEndedS: endedS, perSecondBefore: perSecondBefore, isWhole: isWhole, plan)
      {
        return wholeAtS
      }
      try interrupts.sleep(Self.lookInterval)
    }
  }

  private func seen(
    _ load: WatchedLoad, _ result: LoadResult, _ injected: Injected, beganS: Double, endedS: Double, windowS: Double
  ) -> FaultTrial.Seen {
    let series = load.series
    let errors = result.errors
    let quietFrom = max(endedS, windowS - plan.quietS)
    var seen = FaultTrial.Seen(
      done: injected.done, connections: 0, beganS: beganS, endedS: endedS, windowS: windowS,
      verified: result.acknowledged,
      errors: Dictionary(uniqueKeysWithValues: errors.byKind.map { ($0.key.rawValue, $0.value) }),
      errorsBefore: result.warmUp.errors.total + series.errors(from: 0, to: beganS),
      failures: result.failures.map { "\($0)" }, isSoundAtEnd: series.isSound(from: quietFrom, to: windowS),
      longestGapS: series.longestGap(from: beganS, to: windowS),
      perSecondBefore: series.perSecond(from: 0, to: beganS),
      perSecondAfter: series.perSecond(from: quietFrom, to: windowS), clients: injected.clients.outcomes,
      wrongAnswers: WrongAnswers.all(result.failures) + injected.clients.wrongAnswers,
      wrongAnswerCount: WrongAnswers.count(result.failures, errors) + injected.clients.wrongAnswerCount,
      series: series.slices(to: windowS))
    seen.firstErrorAtS = series.firstError(from: beganS)
    seen.lastErrorAtS = series.lastError(from: beganS)
    seen.recoveredAtS = series.recovery(from: beganS)
    if endedS > beganS { seen.perSecondDuring = series.perSecond(from: beganS, to: endedS) }
    seen.p99BeforeMs = load.p99(.before)
    if endedS > beganS { seen.p99DuringMs = load.p99(.during) }
    seen.p99AfterMs = load.p99(.after)
    return seen
  }

  /// The rows that requests inserted which did not come in full: no wrong answer, where none was given, and worth telling.
  private func countInsertedRows(into seen: inout FaultTrial.Seen) throws {
    guard let postgres else { return }
    let rows = try DatabaseConnection(postgres).benchUsers().filter { $0.name.hasPrefix(ClientMaterial.markOfRows) }
    if !rows.isEmpty { seen.clients["a row was inserted by a request that was cut"] = rows.count }
  }
}

extension ServingWorker {
  /// For the faults that kill nobody.
  fileprivate static var noneNeeded: ServingWorker {
    ServingWorker(process: ProcessIdentity(pid: 0, startTime: 0), connections: 0)
  }
}

extension InjectedFault {
  fileprivate var doneByClients: String {
    switch self {
    case .workerKilled, .databaseStopped: ""
    case .downloadLeft: "4 clients at a time left in the middle of downloads"
    case .uploadLeft: "3 clients at a time left in the middle of uploads"
    case .slowReaders: "\(ClientMaterial.slowReaders) connections read 32 bytes a second of 1 MiB each"
    case .bodyCut: "3 clients at a time cut the bodies of their requests"
    }
  }
}

extension FaultTrial.Seen {
  /// Why its server is not fit for the next trial; nil where it is.
  package func reasonToStartAnew(answers: Bool) -> String? {
    if case .notRecovered = outcome { return "it did not recover" }
    if isWhole == false { return "a process was missing" }
    return answers ? nil : "it did not answer GET /ping"
  }
}

package enum FaultError: Error, Equatable, CustomStringConvertible {
  case loadEnded(scenario: String, framework: String)
  case workerGone(framework: String, pid: Int32)
  /// Nobody else's servers are broken on purpose.
  case notOurs(DeploymentKind)
  case ended(Outage)

  package var description: String {
    switch self {
    case .loadEnded(let scenario, let framework):
      "the load of \(scenario) on \(framework) ended before its window; shootout status tells whether the server is up"
    case .workerGone(let framework, let pid):
      "the worker of \(framework) that was to be killed (pid \(pid)) had ended before"
    case .ended(let outage): outage.text
    case .notOurs(let kind):
      "make faults breaks what it tests, and DEPLOYMENT=\(kind.rawValue) means servers that the suite did not start; right"
        + " would be DEPLOYMENT=process or docker"
    }
  }
}
