import Results

/// What a counts test tolerates of one figure of an exchange: by what share it may go up. That it goes down is no fault.
public struct CountThreshold: Hashable, Sendable {
  public let metric: CountMetric
  /// The ratio to before that is just tolerated, such as 1.005.
  public let ratio: Double

  /// `.instructions(upAtMost: 0.005)` tolerates half a percent more than before.
  public static func instructions(upAtMost share: Double) -> CountThreshold { CountThreshold(.instructions, share) }

  public static func systemCalls(upAtMost share: Double) -> CountThreshold { CountThreshold(.systemCalls, share) }

  public static func pythonCalls(upAtMost share: Double) -> CountThreshold { CountThreshold(.pythonCalls, share) }

  public static func databaseStatements(upAtMost share: Double) -> CountThreshold {
    CountThreshold(.databaseStatements, share)
  }

  public static func bytesSent(upAtMost share: Double) -> CountThreshold { CountThreshold(.bytesSent, share) }

  public static func bytesReceived(upAtMost share: Double) -> CountThreshold { CountThreshold(.bytesReceived, share) }

  private init(_ metric: CountMetric, _ share: Double) {
    precondition(share >= 0, "what is tolerated is not negative")
    self.metric = metric
    ratio = 1 + share
  }
}
