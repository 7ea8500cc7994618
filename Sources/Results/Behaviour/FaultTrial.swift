/// What a run of faults is made of: every fault on every framework of the manifest.
public struct FaultPlan: Codable, Equatable, Sendable {
  public var faults: [InjectedFault]
  /// Of each fault on each framework.
  public var trials: Int
  /// How long load runs before the fault, from the end of the warm-up on.
  public var beforeS: Double
  /// How long the fault lasts: clients misbehave, or the database is away. A worker is killed at once.
  public var lastsS: Double
  /// For so long nothing may have failed before a server counts as recovered.
  public var quietS: Double
  /// What has not recovered so long after the end of the fault did not.
  public var limitS: Double

  public init(
    faults: [InjectedFault], trials: Int, beforeS: Double, lastsS: Double, quietS: Double, limitS: Double
  ) {
    (self.faults, self.trials) = (faults, trials)
    (self.beforeS, self.lastsS, self.quietS, self.limitS) = (beforeS, lastsS, quietS, limitS)
  }
}

/// What goes wrong while load runs.
public enum InjectedFault: String, Codable, CaseIterable, Sendable {
  /// One worker process is killed.
  case workerKilled = "worker-killed"
  /// PostgreSQL is stopped and started again.
  case databaseStopped = "database-stopped"
  /// Clients leave in the middle of a download.
  case downloadLeft = "download-left"
  /// Clients leave in the middle of an upload.
  case uploadLeft = "upload-left"
  /// Clients read so slowly that responses stay half sent.
  case slowReaders = "slow-readers"
  /// Requests end before the body that their head announces.
  case bodyCut = "body-cut"
}

/// One fault on one framework under load: the attachment `fault--<framework>--<fault>--trial<k>.json`.
public struct FaultTrial: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = FaultTrial.currentSchema
  public var framework: String
  /// Of the load that runs meanwhile.
  public var scenario: String
  public var fault: InjectedFault
  /// Counted from 1.
  public var trial: Int
  /// ISO 8601, UTC.
  public var started: String
  /// Why it was not tried; absent where it was.
  public var notTried: String?
  /// What was seen; absent where it was not tried.
  public var seen: Seen?

  public init(framework: String, scenario: String, fault: InjectedFault, trial: Int, started: String) {
    (self.framework, self.scenario, self.fault) = (framework, scenario, fault)
    (self.trial, self.started) = (trial, started)
  }

  public var fileName: String { "fault--\(framework)--\(fault.rawValue)--trial\(trial).json" }

  /// All instants are seconds since the load's window began.
  public struct Seen: Codable, Equatable, Sendable {
    /// What was done, in words.
    public var done: String
    public var connections: Int
    public var beganS: Double
    /// The same as ``beganS`` of a fault that takes no time.
    public var endedS: Double
    public var windowS: Double
    /// Of the whole load, its warm-up included.
    public var verified: Int
    /// Failed exchanges by kind, of the whole load.
    public var errors: [String: Int]
    /// How many of them came before the fault.
    public var errorsBefore: Int
    /// The first failures in words.
    public var failures: [String]
    /// The first and the last error from the beginning of the fault on; absent where there was none.
    public var firstErrorAtS: Double?
    public var lastErrorAtS: Double?
    /// The first verified response after the last error; absent where there was no error, or where it never came.
    public var recoveredAtS: Double?
    /// Whether responses were verified and nothing failed at the end of the window.
    public var isSoundAtEnd: Bool
    /// The longest time without a verified response, from the beginning of the fault on.
    public var longestGapS: Double
    /// Verified exchanges in a second: before the fault, while it lasted, and in the last part of the window.
    public var perSecondBefore: Double
    public var perSecondDuring: Double?
    public var perSecondAfter: Double
    /// The p99 of the verified ones; absent of too few.
    public var p99BeforeMs: Double?
    public var p99DuringMs: Double?
    public var p99AfterMs: Double?
    /// What became of clients that misbehaved, by what was seen of each.
    public var clients: [String: Int]
    /// Answers that were wrong, and not merely missing or an error status: the first of each kind.
    public var wrongAnswers: [WrongAnswer]
    /// How many there were in all.
    public var wrongAnswerCount: Int
    /// Processes of the server, under the same load; absent where they are not seen from here.
    public var processes: BeforeAndAfter?
    /// Since when as many processes were there as before; absent where none was missing, or one is still.
    public var wholeAtS: Double?
    /// Proportional memory of the server's processes, under the same load.
    public var memoryBytes: BeforeAndAfter?
    /// Open descriptors of the server's processes, before and after the load.
    public var descriptors: BeforeAndAfter?
    /// Files in the server's folder, its temporary ones among them, before and after the load.
    public var files: BeforeAndAfter?
    /// Why the server had to be started anew afterwards; absent where it went on.
    public var startedAnew: String?
    /// In slices of a tenth of a second.
    public var series: [Slice]

    public init(
      done: String, connections: Int, beganS: Double, endedS: Double, windowS: Double, verified: Int,
      errors: [String: Int], errorsBefore: Int = 0, failures: [String] = [], isSoundAtEnd: Bool, longestGapS: Double,
      perSecondBefore: Double, perSecondAfter: Double, clients: [String: Int] = [:],
      wrongAnswers: [WrongAnswer] = [], wrongAnswerCount: Int = 0, series: [Slice] = []
    ) {
      (self.done, self.connections) = (done, connections)
      (self.beganS, self.endedS, self.windowS) = (beganS, endedS, windowS)
      (self.verified, self.errors, self.errorsBefore, self.failures) = (verified, errors, errorsBefore, failures)
      (self.isSoundAtEnd, self.longestGapS) = (isSoundAtEnd, longestGapS)
      (self.perSecondBefore, self.perSecondAfter) = (perSecondBefore, perSecondAfter)
      (self.clients, self.series) = (clients, series)
      (self.wrongAnswers, self.wrongAnswerCount) = (wrongAnswers, wrongAnswerCount)
    }
  }

  /// A figure at the same load, before the fault and at the end.
  public struct BeforeAndAfter: Codable, Equatable, Sendable {
    public var before: Int
    public var after: Int

    public init(before: Int, after: Int) { (self.before, self.after) = (before, after) }

    public var added: Int { after - before }
  }

  /// What ended in a part of the window.
  public struct Slice: Codable, Equatable, Sendable {
    public var atS: Double
    public var verified: Int
    public var errors: Int

    public init(atS: Double, verified: Int, errors: Int) {
      (self.atS, self.verified, self.errors) = (atS, verified, errors)
    }
  }

  /// An answer that came whole, or claims success, and is wrong.
  public struct WrongAnswer: Codable, Equatable, Sendable {
    /// In words.
    public var text: String
    /// The first bytes of the answer in base64; of one that came in several pieces, those of the last one.
    public var bytes: String
    public var count: Int

    public init(text: String, bytes: String, count: Int) {
      (self.text, self.bytes, self.count) = (text, bytes, count)
    }
  }
}

/// Whether a server got over a fault, from what was seen.
extension FaultTrial.Seen {
  public enum Outcome: Equatable, Sendable {
    /// Nothing failed.
    case unharmed
    /// Seconds since the end of the fault; zero where it was over its errors before that.
    case recovered(afterS: Double)
    case notRecovered
  }

  public var outcome: Outcome {
    guard isSoundAtEnd else { return .notRecovered }
    guard lastErrorAtS != nil else { return .unharmed }
    guard let recoveredAtS else { return .notRecovered }
    return .recovered(afterS: max(0, recoveredAtS - endedS))
  }

  /// Seconds from the end of the fault to the first verified response after the last error; nil where there was no error, or
  /// where it never came.
  public var recoveredAfterS: Double? {
    if case .recovered(let afterS) = outcome { afterS } else { nil }
  }

  public var errorCount: Int { errors.values.reduce(0, +) }

  /// Whether as many processes are there as before; nil where they are not seen.
  public var isWhole: Bool? { processes.map { $0.after >= $0.before } }
}

extension FaultTrial: BehaviourRecord {
  /// Why it cannot be what was seen; nil where it can.
  var implausibility: String? {
    switch (notTried, seen) {
    case (nil, nil): return "it says neither what was seen nor why it was not tried"
    case (.some, .some): return "it says that it was not tried, and what was seen"
    case (.some, nil): return nil
    case (nil, let seen?):
      let numbers = [seen.verified, seen.errorsBefore, seen.wrongAnswerCount] + seen.errors.values
      if numbers.contains(where: { $0 < 0 }) { return "a count is negative" }
      let times = [0, seen.beganS, seen.endedS, seen.windowS]
      return zip(times, times.dropFirst()).allSatisfy { $0 <= $1 } ? nil : "its instants are not in order"
    }
  }
}
