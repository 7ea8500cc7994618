import Machine

/// What there is to know about a machine before anything is measured on it. nil is what it does not tell.
package struct MachineFacts: Equatable {
  var tools = Tools()
  var processors = Processors()
  var load = Load()
  var limits = Limits()

  /// What the suite runs with.
  struct Tools: Equatable {
    /// Whether this is the suite's image, which was built elsewhere and starts no servers.
    var isImage = false
    /// Such as `6.3.1`.
    var swift: String?
    var hasDatabaseHeaders = false
    /// Such as `3.11.7`.
    var python: String?
    var pythonHasVenv = false
    /// Such as `15.18`.
    var postgres: String?
    var hasStatementStatistics = false
    /// PostgreSQL refuses root: whether there is an account to run it as, where one is needed.
    var hasServerAccount = true
    /// Why the folder for what runs cannot be used.
    var stateProblem: String?
    /// What is wrong with the targets' folders.
    var targetProblem: String?
    /// The targets' ports that processes hold which are not this checkout's.
    var takenPorts: [TakenPort] = []
    var freeDiskBytes: Int?
    /// Programs that only some commands need, by name.
    var optional: [String: Bool] = [:]

    struct TakenPort: Equatable {
      var port: Int
      var target: String
      /// In words; empty where it is another account's.
      var holders: [String]
    }
  }

  struct Processors: Equatable {
    /// Those that this process may use.
    var count = 1
    /// How many the control group allows, such as 1.5.
    var quota: Double?
    /// The frequency governors in use.
    var governors: [String] = []
    var turbo: Turbo?
    var isVirtual = false
    var isOnBattery: Bool?
    /// How often a processor was slowed down because it was hot, since the machine was started.
    var throttlings: Int?
    var clockSource: String?

    enum Turbo: Equatable {
      case off
      /// The file that switches it off, and what is to be written there.
      case on(file: String, off: String)
    }
  }

  /// What others did while this was looked at, for a second.
  struct Load: Equatable {
    /// The share of all processors' time that others used.
    var busyShare: Double?
    /// The share that the hypervisor took away.
    var stealShare: Double?
    /// The process that used most, in words.
    var busiest: String?
    var availableMemoryBytes: Int?
  }

  struct Limits: Equatable {
    var openFiles: Int?
    var largestOpenFiles: Int?
    var trace = TracePermission(hasCapability: true, scope: nil)
    /// The longest queue of connections that wait to be accepted.
    var backlog: Int?
    /// The ports that outgoing connections get.
    var ports: ClosedRange<Int>?
  }
}
