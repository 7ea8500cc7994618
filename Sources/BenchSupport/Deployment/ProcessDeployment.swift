import Foundation
import Glibc
import LoadEngine

/// The deployment `process`: everything on this machine, owned by the process that runs this.
///
/// What runs is written down in `stack.json` after every step, and carries marks by which it is found without
/// it. Whatever way an earlier deployment ended, the next one finds what is left and deals with it.
public struct ProcessDeployment {
  let configuration: Configuration
  let state: StateDirectory
  let environment: [String: String]
  let interrupts: Interrupts
  let progress: DeploymentProgress

  public init(
    _ configuration: Configuration, state: StateDirectory? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    interrupts: Interrupts, progress: DeploymentProgress
  ) throws(DeploymentError) {
    guard configuration.deployment == .process else { throw .notBuilt(configuration.deployment) }
    self.configuration = configuration
    self.state = state ?? StateDirectory(of: configuration.checkout, environment: environment)
    self.environment = environment
    self.interrupts = interrupts
    self.progress = progress
  }

  /// Whether what is started outlives this process.
  public enum Lifetime: Sendable {
    /// It stays up until `down`.
    case untilDown
    /// This process takes it down; should it die instead, the kernel ends the servers.
    case untilOwnerEnds
  }

  /// Brings up the database and the contestants that are named, as far as they are not up and up to date.
  ///
  /// Where this fails, what it started is stopped again. What was up before stays up, unless it was out of date.
  public func deploy(_ names: [String], lifetime: Lifetime) throws(DeploymentError) -> Stack {
    try state.prepare()
    try refuseWhileInUse()
    let lock = try lockStack()
    defer { withExtendedLifetime(lock) {} }

    let interpreter = try Interpreter.find(configuration.python, environment: environment, interrupts)
    var run = DeploymentRun(self, lifetime: lifetime)
    do throws(DeploymentError) {
      try run.bringUp(configuration.known.filter { names.contains($0.name) }, interpreter)
      return run.stack
    } catch {
      if case .interrupted = error { progress.say("\(error): taking down what was started") }
      try run.takeBack()
      throw error
    }
  }

  /// Takes down the contestants that are named.
  ///
  /// - Parameter names: nil for everything, also what is known no more, and the database.
  public func down(_ names: [String]? = nil) throws(DeploymentError) {
    try state.prepare()
    try refuseWhileInUse()
    let lock = try lockStack()
    defer { withExtendedLifetime(lock) {} }
    var run = DeploymentRun(self, lifetime: .untilDown)
    try run.takeDown(database: names == nil) { names?.contains($0) ?? true }
  }

  /// Takes down what this process started and nothing else.
  ///
  /// - Parameter deployed: what `deploy` returned; the file may be gone by now.
  public func downOwned(of deployed: Stack) throws(DeploymentError) {
    try state.prepare()
    let lock = try lockStack()
    defer { withExtendedLifetime(lock) {} }
    guard let own = ProcessIdentity(pid: getpid()) else { return }
    var run = DeploymentRun(self, lifetime: .untilOwnerEnds)
    try run.takeDown(database: deployed.postgres?.owner == own) { deployed[$0]?.owner == own }
  }

  /// Nobody changes a stack on which somebody measures, except for the process that measures and its children.
  func refuseWhileInUse() throws(DeploymentError) {
    guard let user = FileLock.holder(of: state.useLock), user != getpid(), user != getppid() else { return }
    throw .locked(path: state.useLock, holder: describeProcess(user), what: "the stack is in use")
  }

  /// The right to change the stack, once nobody else changes it.
  ///
  /// A stack that belongs to another process is waited for, too: whoever uses a stack holds `use.lock`, and that
  /// is free, so its owner is about to take it down.
  func lockStack() throws(DeploymentError) -> FileLock {
    let start = Instant.now()
    var said = false
    while true {
      let refusal: DeploymentError
      let patience: Duration
      let waitingFor: String
      if let lock = try FileLock.take(state.deployLock) {
        guard let owner = otherOwner() else { return lock }
        waitingFor = "\(describeProcess(owner.pid)), which takes its stack down"
        refusal = .owned(by: describeProcess(owner.pid))
        patience = .seconds(60)
      } else {
        let holder = describeProcess(FileLock.holder(of: state.deployLock))
        waitingFor = "\(holder), which deploys or takes down"
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
