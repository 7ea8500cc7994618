import Machine

/// What there is to know about a machine before anything is measured on it. nil is what it does not tell.
public struct MachineFacts: Equatable, Sendable {
  public var tools = Tools()
  public var processors = Processors()
  public var load = Load()
  public var limits = Limits()

  public init() {}

  /// What the suite runs with.
  public struct Tools: Equatable, Sendable {
    /// Such as `6.3.1`.
    public var swift: String?
    public var hasDatabaseHeaders = false
    /// Such as `3.11.7`.
    public var python: String?
    public var pythonHasVenv = false
    /// Such as `15.18`.
    public var postgres: String?
    public var hasStatementStatistics = false
    /// PostgreSQL refuses root: whether there is an account to run it as, where one is needed.
    public var hasDatabaseAccount = true
    /// Why the folder for what runs cannot be used.
    public var stateProblem: String?
    /// What is wrong with the targets' folders.
    public var targetProblem: String?
    /// Processes on the targets' ports that are not this checkout's.
    public var foreignPorts: [ForeignPort] = []
    public var freeDiskBytes: Int?
    /// Programs that only some commands need, by name.
    public var optional: [String: Bool] = [:]

    public struct ForeignPort: Equatable, Sendable {
      public var port: Int
      public var target: String
      /// In words; empty where it is another account's.
      public var holders: [String]

      public init(port: Int, target: String, holders: [String]) {
        self.port = port
        self.target = target
        self.holders = holders
      }
    }
  }

  public struct Processors: Equatable, Sendable {
    /// Those that this process may use.
    public var count = 1
    /// How many the control group allows, such as 1.5.
    public var quota: Double?
    /// The frequency governors in use.
    public var governors: [String] = []
    public var turbo: Turbo?
    public var isVirtual = false
    public var isOnBattery: Bool?
    /// How often a processor was slowed down because it was hot, since the machine was started.
    public var throttlings: Int?
    public var clockSource: String?

    public enum Turbo: Equatable, Sendable {
      case off
      /// The file that switches it off, and what is to be written there.
      case on(file: String, off: String)
    }
  }

  /// What others did while this was looked at, for a second.
  public struct Load: Equatable, Sendable {
    /// The share of all processors' time that others used.
    public var busyShare: Double?
    /// The share that the hypervisor took away.
    public var stealShare: Double?
    /// The process that used most, in words.
    public var busiest: String?
    public var availableMemoryBytes: Int?
  }

  public struct Limits: Equatable, Sendable {
    public var openFiles: Int?
    public var largestOpenFiles: Int?
    public var trace = TracePermission(hasCapability: true, scope: nil)
    /// The longest queue of connections that wait to be accepted.
    public var backlog: Int?
    /// The ports that outgoing connections get.
    public var ports: ClosedRange<Int>?
  }
}
