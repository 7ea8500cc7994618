import Foundation
import Glibc
import LoadEngine
import Machine
import Results

/// The stack on this machine, in processes or in containers, owned by the process that runs this.
///
/// What runs is written down in `stack.json` after every step, and carries marks by which it is found without
/// it. Whatever way an earlier deployment ended, the next one finds what is left and deals with it.
public struct StackDeployment {
  package let configuration: StackConfiguration
  package let kind: DeploymentKind
  package let state: StateDirectory
  package let environment: [String: String]
  package let interrupts: Interrupts
  package let progress: DeploymentProgress
  let sources: SourceStates

  /// - Parameter kind: nil for what is up, if anything is, and else for what the configuration says: to look at it, or to
  ///   take it down, nobody has to say how it was deployed.
  public init(
    _ configuration: StackConfiguration, kind: DeploymentKind?, state: StateDirectory? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    interrupts: Interrupts, progress: DeploymentProgress
  ) throws(DeploymentError) {
    let state = state ?? StateDirectory(of: configuration.checkout, environment: environment)
    let kind = kind ?? Stack.read(state.stack)?.deployment ?? configuration.deployment
    guard kind.isStartedBySuite else { throw .notBuilt(kind) }
    self.configuration = configuration
    self.kind = kind
    self.state = state
    self.environment = environment
    self.interrupts = interrupts
    self.progress = progress
    sources = SourceStates(environment: environment, interrupts)
  }

  var runtime: any StackRuntime {
    switch kind {
    case .process, .compose, .external: ProcessRuntime(self)
    case .docker: ContainerRuntime(self)
    }
  }

  /// Whether what is started outlives this process.
  public enum Lifetime: Sendable {
    /// It stays up until `down`.
    case untilDown
    /// This process takes it down; should it die instead, the kernel ends the servers.
    case untilOwnerEnds
  }

  /// Brings up the database and the targets that are named, as far as they are not up and up to date.
  ///
  /// Where this fails, what it started is stopped again. What was up before stays up, unless it was out of date.
  public func deploy(_ names: [String], lifetime: Lifetime) throws(DeploymentError) -> Stack {
    try deploy(names, lifetime: lifetime, anew: false)
  }

  /// Stops the targets that are named and starts them again, beside the same database. What stayed up until `down` stays
  /// so, and what this process takes down it still does.
  public func restart(_ names: [String]) throws(DeploymentError) -> Stack {
    try deploy(names, lifetime: .untilOwnerEnds, anew: true)
  }

  /// Stops the database and keeps what is in it. The servers stay, and have none.
  public func stopDatabase() throws(DeploymentError) {
    let lock = try lockStack()
    defer { withExtendedLifetime(lock) {} }
    try DeploymentRun(self, lifetime: .untilOwnerEnds).stopDatabase()
  }

  /// Starts the database again that was stopped, on the same port.
  public func startDatabase() throws(DeploymentError) {
    let lock = try lockStack()
    defer { withExtendedLifetime(lock) {} }
    var run = DeploymentRun(self, lifetime: .untilOwnerEnds)
    try run.startDatabase()
  }

  private func deploy(_ names: [String], lifetime: Lifetime, anew: Bool) throws(DeploymentError) -> Stack {
    let lock = try lockStack()
    defer { withExtendedLifetime(lock) {} }

    try refuseBesideOtherKind()
    var run = DeploymentRun(self, lifetime: lifetime)
    do throws(DeploymentError) {
      try run.bringUp(configuration.known.filter { names.contains($0.name) }, anew: anew)
      return run.stack
    } catch {
      var wasCalledOff = false
      if case .interrupted = error { wasCalledOff = true }
      if wasCalledOff { progress.say("\(error): taking down what was started") }
      try run.takeBack(inHurry: wasCalledOff)
      throw error
    }
  }

  /// Takes down the targets that are named.
  ///
  /// - Parameter names: nil for everything, also what is known no more, and the database.
  public func down(_ names: [String]? = nil) throws(DeploymentError) {
    let lock = try lockStack()
    defer { withExtendedLifetime(lock) {} }
    var run = DeploymentRun(self, lifetime: .untilDown)
    try run.takeDown(database: names == nil) { names?.contains($0) ?? true }
  }

  /// Takes down what this process started and nothing else.
  ///
  /// - Parameter deployed: what `deploy` returned; the file may be gone by now.
  public func downOwned(of deployed: Stack) throws(DeploymentError) {
    let lock = try lockStack(alsoWhileInUse: true)
    defer { withExtendedLifetime(lock) {} }
    guard let own = ProcessIdentity(pid: getpid()) else { return }
    var run = DeploymentRun(self, lifetime: .untilOwnerEnds)
    try run.takeDown(database: deployed.postgres?.owner == own, inHurry: true) { deployed[$0]?.owner == own }
  }

  /// Takes down what another process started and would have taken down, had it not died.
  public func downOrphaned() throws(DeploymentError) {
    let lock = try lockStack(alsoWhileInUse: true)
    defer { withExtendedLifetime(lock) {} }
    try clearAway()
  }

  /// Both kinds want the same ports, and one file says what is up.
  private func refuseBesideOtherKind() throws(DeploymentError) {
    guard let stack = Stack.read(state.stack), stack.deployment != kind else { return }
    let owners = stack.servers.map(\.owner) + (stack.postgres.map { [$0.owner] } ?? [])
    guard owners.allSatisfy({ $0.map { !$0.isAlive } ?? false }) else {
      throw .otherKind(up: stack.deployment, wanted: kind)
    }
    // Nobody answers for it any more.
    try StackDeployment(
      configuration, kind: stack.deployment, state: state, environment: environment, interrupts: interrupts,
      progress: progress
    ).clearAway()
  }

  private func clearAway() throws(DeploymentError) {
    var run = DeploymentRun(self, lifetime: .untilDown)
    try run.clearAwayWhatWasLeft()
  }

  /// Nobody changes a stack on which somebody measures, except for the process that measures and its children.
  public func refuseWhileInUse() throws(DeploymentError) {
    guard let user = FileLock.holder(of: state.useLock), user != getpid(), user != getppid() else { return }
    throw .inUse(by: describeMeasurement(state.useLock) ?? describeProcess(user))
  }

  /// The right to change the stack, once nobody else changes it.
  ///
  /// A stack that belongs to another process is waited for, too: whoever uses a stack holds `use.lock`, and that
  /// is free, so its owner is about to take it down.
  func lockStack(alsoWhileInUse: Bool = false) throws(DeploymentError) -> FileLock {
    try state.prepare()
    let start = Instant.now()
    var said = false
    while true {
      if !alsoWhileInUse { try refuseWhileInUse() }
      let refusal: DeploymentError
      let patience: Duration
      let waitingFor: String
      if let lock = try FileLock.take(state.deployLock) {
        guard let owner = otherOwner() else { return lock }
        waitingFor = "\(describeProcess(owner.pid)) to take its stack down"
        refusal = .owned(by: describeProcess(owner.pid))
        patience = .seconds(60)
      } else {
        let holder = describeProcess(FileLock.holder(of: state.deployLock))
        waitingFor = "\(holder) to deploy, or to take down"
        refusal = .locked(path: state.deployLock, holder: holder, what: "the stack is being changed")
        patience = .seconds(900)
      }
      if !said { progress.say("waiting for \(waitingFor)") }
      said = true
      guard Instant.now() < start + patience else { throw refusal }
      try interrupts.sleep(.milliseconds(50))
    }
  }

  private func otherOwner() -> ProcessIdentity? {
    guard let stack = Stack.read(state.stack) else { return nil }
    let owners = (stack.servers.map(\.owner) + [stack.postgres?.owner]).compactMap { $0 }
    return owners.first { $0.isAlive && $0.pid != getpid() }
  }
}
