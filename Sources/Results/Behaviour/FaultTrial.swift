/// What a run of faults is made of: every fault on every framework of the manifest.
public struct FaultPlan: Codable, Equatable, Sendable {
  public var faults: [InjectedFault]
  /// Of each fault on each framework.
  public var trials: Int

  public init(faults: [InjectedFault], trials: Int) {
    self.faults = faults
    self.trials = trials
  }
}

/// What goes wrong while load runs.
public enum InjectedFault: String, Codable, CaseIterable, Sendable {
  /// One worker process is killed.
  case workerKilled = "worker_killed"
  /// PostgreSQL is stopped and started again.
  case databaseStopped = "database_stopped"
  /// Clients leave in the middle of a download.
  case downloadLeft = "download_left"
  /// Clients leave in the middle of an upload.
  case uploadLeft = "upload_left"
  /// Clients read so slowly that responses stay half sent.
  case slowReaders = "slow_readers"
  /// Requests end before the body that their head announces.
  case bodyCut = "body_cut"
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
  /// When the fault began and ended, in seconds since the load's window began.
  public var faultBeganS: Double
  public var faultEndedS: Double
  /// The length of the window.
  public var windowS: Double
  public var verified: Int
  /// Failed exchanges by kind, as in a round, from the beginning of the fault on.
  public var errors: [String: Int]
  /// The first failures in words.
  public var failures: [String]
  /// From the beginning of the fault to the first verified response after the last error; absent where none came.
  public var recoveredAfterS: Double?
  /// Verified exchanges in a second before the fault, and in the last third of what came after it.
  public var perSecondBefore: Double
  public var perSecondAfter: Double
  /// Answers that were wrong, and not merely missing or an error status.
  public var wrongAnswers: [WrongAnswer]

  /// An answer that came whole and was wrong.
  public struct WrongAnswer: Codable, Equatable, Sendable {
    /// In words.
    public var text: String
    /// The first bytes of the answer, in base64.
    public var bytes: String
    /// The length of the answer.
    public var length: Int

    public init(text: String, bytes: String, length: Int) {
      self.text = text
      self.bytes = bytes
      self.length = length
    }
  }

  public init(
    framework: String, scenario: String, fault: InjectedFault, trial: Int, started: String, faultBeganS: Double,
    faultEndedS: Double, windowS: Double, verified: Int, errors: [String: Int], failures: [String],
    recoveredAfterS: Double?, perSecondBefore: Double, perSecondAfter: Double, wrongAnswers: [WrongAnswer]
  ) {
    self.framework = framework
    self.scenario = scenario
    self.fault = fault
    self.trial = trial
    self.started = started
    self.faultBeganS = faultBeganS
    self.faultEndedS = faultEndedS
    self.windowS = windowS
    self.verified = verified
    self.errors = errors
    self.failures = failures
    self.recoveredAfterS = recoveredAfterS
    self.perSecondBefore = perSecondBefore
    self.perSecondAfter = perSecondAfter
    self.wrongAnswers = wrongAnswers
  }

  public var fileName: String { "fault--\(framework)--\(fault.rawValue)--trial\(trial).json" }
}

extension FaultTrial: VersionedRecord {
  package static let firstSealedSchema = 1

  package init(earlier schema: Int, from decoder: any Decoder) throws { throw UnknownSchema(found: schema) }
}
