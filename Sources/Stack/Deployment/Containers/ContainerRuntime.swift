import Foundation
import Glibc
import LoadEngine
import Machine
import Results

/// The deployment `docker`: everything in containers with limits, as `docker/compose.yaml` says.
///
/// The containers of a checkout are one Compose project, and are found by its label, also where nothing is written down.
struct ContainerRuntime: StackRuntime {
  private let deployment: StackDeployment
  private var found: ContainerEngine?

  /// Images may have to be fetched and packages to be installed.
  private static let buildDeadline = Duration.seconds(1800)

  private var configuration: StackConfiguration { deployment.configuration }
  private var progress: DeploymentProgress { deployment.progress }

  init(_ deployment: StackDeployment) {
    self.deployment = deployment
  }

  mutating func checkPrograms() throws(DeploymentError) {
    found = try engine()
  }

  private func engine() throws(DeploymentError) -> ContainerEngine {
    if let found { return found }
    return try ContainerEngine.find(environment: deployment.environment, deployment.interrupts)
  }

  /// Those of the database that is up, or else of one that would be started: a container is not to be made anew only
  /// because another one is added.
  private var settings: [String: String] {
    Stack.read(deployment.state.stack)?.postgres?.settings
      ?? PostgresSettings.values(
        targets: configuration.known.count, observesStatements: configuration.observesStatements)
  }

  private var files: ComposeFiles {
    ComposeFiles(targets: configuration.known, checkout: configuration.checkout, state: deployment.state)
  }

  // MARK: What is there

  func running() throws(DeploymentError) -> [String: Int] {
    var processes: [String: Int] = [:]
    for (service, state) in try containers() where service != StackFile.database {
      processes[service] = processCount(state)
    }
    return processes
  }

  func postgresProcesses() throws(DeploymentError) -> Int {
    guard let state = try containers()[StackFile.database] else { return 0 }
    // One that has ended is still to be taken away.
    return max(1, processCount(state))
  }

  /// Those of the server, without a health probe; 1 where they cannot be seen.
  private func processCount(_ state: ContainerState) -> Int {
    guard state.isRunning else { return 0 }
    let members = state.localProcess.flatMap { ProcessTree(leader: $0).members(of: ProcessStat.readAll()) }
    return members?.count ?? 1
  }

  func postgresLog() -> LogEnd {
    guard let engine = try? engine(), let state = try? containers(engine)[StackFile.database] else {
      return ("its log, which is gone with the container", [])
    }
    return ("docker logs \(state.name)", engine.log(of: state.id))
  }

  /// The containers of the project by service, also those that have ended.
  private func containers() throws(DeploymentError) -> [String: ContainerState] {
    try containers(try engine())
  }

  private func containers(_ engine: ContainerEngine) throws(DeploymentError) -> [String: ContainerState] {
    let format = #"{{.ID}} {{.Label "com.docker.compose.service"}}"#
    let answer = try engine.ask(
      "asking for the containers", ["container", "ls", "--all", "--no-trunc", "--format", format] + files.label)
    var services: [String: String] = [:]
    for line in answer.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      if words.count == 2 { services[words[0]] = words[1] }
    }
    var containers: [String: ContainerState] = [:]
    for state in try engine.inspect(services.keys.sorted()) {
      if let service = services[state.id] { containers[service] = state }
    }
    return containers
  }

  // MARK: What it is made of

  func fingerprint(of target: Target) -> String? {
    try? target.fingerprint(
      configuration.checkout, deployment.sources, tools: files.recipe(target, deployment.environment))
  }

  /// PostgreSQL's images bring its own modules.
  var hasStatementStatistics: Bool { true }

  var postgresFingerprint: String? {
    var fingerprint = Fingerprint()
    for part in files.recipe(nil, deployment.environment) { fingerprint.add(part) }
    return fingerprint.text
  }

  mutating func prepare(_ targets: [Target]) throws(DeploymentError) {
    guard !targets.isEmpty else { return }
    try files.write(settings)
    for target in targets { try files.stage(target, deployment.sources) }
    let names = targets.map(\.name)
    progress.say("building the images of \(names.joined(separator: ", ")): quick where nothing has changed")
    try compose("building the images", ["build"] + names, password: Secret("not needed"), deadline: Self.buildDeadline)
  }

  func claimPort(of target: Target) throws(DeploymentError) {
    guard !PortHolder.isFree(target.port) else { return }
    throw PortHolder.inUse(by: PortHolder.processes(on: target.port), wantedBy: target)
  }

  // MARK: Up

  /// A container that is started again gets another port, which no server would know.
  func stopPostgres() throws(DeploymentError) { throw .databaseStays(.docker) }

  func startPostgres(again postgres: Stack.Postgres) throws(DeploymentError) -> Stack.Postgres {
    throw .databaseStays(.docker)
  }

  func startPostgres(
    _ settings: [String: String], _ content: DatabaseContent, isOwned: Bool
  ) throws(DeploymentError) -> Stack.Postgres {
    let service = StackFile.database
    try removePostgres()
    do throws(DeploymentError) {
      try files.write(settings)
      let password = Secret.random()
      progress.say("\(service): starting its container")
      try compose(
        "\(service): starting the container", ["up", "--detach", service], password: password,
        deadline: Self.buildDeadline)
      let state = try started(service)
      guard let port = state.ports["\(StackFile.databasePort)/tcp"] else { throw try ended(service, state) }
      var postgres = Stack.Postgres(
        process: state.localProcess, version: "", host: "127.0.0.1", port: port, user: PostgresCluster.user,
        database: PostgresCluster.database, password: password,
        settings: settings, log: "docker logs \(state.name)",
        container: Stack.Container(state))
      let engine = try engine()
      let log = { (place: "docker logs \(state.name)", tail: engine.log(of: state.id)) }
      try postgres.waitUntilReady(deployment.interrupts, log: log) { () throws(DeploymentError) in
        if let process = state.localProcess, process.isAlive { return nil }
        let now = try engine.inspect([state.id]).first
        return now.flatMap { $0.isRunning ? nil : $0.ended(service, log: log().tail) }
      }
      try postgres.fill(content, progress)
      return postgres
    } catch {
      try? removePostgres()
      throw error
    }
  }

  func start(_ target: Target, _ postgres: Stack.Postgres, isOwned: Bool) throws(DeploymentError) -> ServerStart {
    let name = target.name
    try compose(
      "\(name): starting the container", ["up", "--detach", "--no-deps", "--no-build", name],
      password: postgres.password)
    let state = try started(name)
    let installed = try installed(in: state, of: name)
    let server = Stack.Server(
      name: name, process: state.localProcess, baseURL: target.baseURL, port: target.port,
      log: "docker logs \(state.name)", container: Stack.Container(state),
      fingerprint: fingerprint(of: target) ?? "",
      version: target.package.flatMap(installed.distributions.version(of:)), versions: installed.distributions,
      python: installed.python,
      source: try target.replacement.flatMap { source throws(DeploymentError) in
        try deployment.sources.state(of: source).content
      })
    let engine = try engine()
    let log = { (place: "docker logs \(state.name)", tail: engine.log(of: state.id)) }
    return ServerStart(
      target: target, server: server, python: installed.python,
      failure: { () throws(DeploymentError) in
        if let kills = server.container?.controlGroup?.memoryKills(), kills > 0 {
          return .container(
            .killedForMemory(name: name, limit: state.memoryBytes, log: log().place, tail: log().tail))
        }
        // To ask the engine takes more time than to look at a process.
        if let process = server.process, process.isAlive { return nil }
        guard let now = try engine.inspect([state.id]).first, !now.isRunning else { return nil }
        return now.ended(name, log: log().tail)
      },
      log: log)
  }

  /// The container of a service that was started just now.
  private func started(_ service: String) throws(DeploymentError) -> ContainerState {
    guard let state = try containers()[service] else {
      throw .container(.unreadable(what: "\(service): the container that was started", answer: "there is none"))
    }
    guard state.isRunning else { throw try ended(service, state) }
    return state
  }

  private func ended(_ service: String, _ state: ContainerState) throws(DeploymentError) -> DeploymentError {
    let engine = try engine()
    return state.ended(service, log: engine.log(of: state.id))
  }

  /// What the image has installed, from the list that its building left in it.
  private func installed(in state: ContainerState, of service: String) throws(DeploymentError) -> InstalledInImage {
    let engine = try engine()
    let answer: String
    do throws(DeploymentError) {
      answer = try engine.ask(
        "\(service): asking what is installed", ["exec", state.id, "cat", InstalledInImage.path])
    } catch {
      // It may have ended in the meantime.
      if let now = try engine.inspect([state.id]).first, !now.isRunning {
        throw try ended(service, now)
      }
      throw error
    }
    return try InstalledInImage.read(answer)
  }

  // MARK: Down

  func stop(_ stops: [String: Target.Stop]) throws(DeploymentError) -> [String] {
    let leaving = try containers().filter { stops[$0.key] != nil }
    let asked = leaving.filter(\.value.isRunning)
    let ids = leaving.values.map(\.id).sorted()
    guard !ids.isEmpty else { return [] }
    let engine = try engine(uninterrupted: true)
    try engine.ask("stopping containers", ["container", "stop"] + ids, deadline: .seconds(120))
    let killed = try engine.inspect(ids).filter { $0.exitCode == 128 + SIGKILL && !$0.killedForMemory }.map(\.id)
    try engine.ask("removing containers", ["container", "rm", "--force", "--volumes"] + ids)
    return asked.filter { killed.contains($0.value.id) }.keys.sorted()
  }

  /// With the volume and the network: nothing of the project is left, unless a server is.
  func removePostgres() throws(DeploymentError) {
    let engine = try engine(uninterrupted: true)
    if let state = try containers(engine)[StackFile.database] {
      // Nobody wants its data any more, so it need not put them in order.
      try engine.ask("removing postgres", ["container", "rm", "--force", "--volumes", state.id])
    }
    guard try containers(engine).isEmpty else { return }
    for kind in ["volume", "network"] {
      let left = try engine.ask("asking for a \(kind)", [kind, "ls", "--quiet"] + files.label)
      let names = left.split(separator: "\n").map(String.init)
      if !names.isEmpty { try engine.ask("removing a \(kind)", [kind, "rm"] + names) }
    }
  }

  /// Taking down is bounded by its own deadlines, and is not called off.
  private func engine(uninterrupted: Bool) throws(DeploymentError) -> ContainerEngine {
    var engine = try engine()
    engine.interrupts = .none
    return engine
  }

  @discardableResult
  private func compose(
    _ purpose: String, _ words: [String], password: Secret, deadline: Duration = .seconds(120)
  ) throws(DeploymentError) -> String {
    try engine().ask(
      purpose, ["compose"] + files.options + words, secrets: [StackFile.passwordVariable: password.value],
      deadline: deadline, directory: configuration.checkout.path)
  }
}
