/// What one exchange of a scenario takes of a target, counted and not timed: the same on a busy machine and on a slow one.
public struct ExchangeCount: Codable, Equatable, Sendable {
  public static let currentSchema = 1

  public var schema = ExchangeCount.currentSchema
  public var scenario: String
  public var framework: String
  /// Of the target; absent where it has none.
  public var version: String?
  /// Machine instructions of the worker that answers, outside the kernel.
  public var instructions: CountedFigure?
  /// Calls of the kernel by that worker.
  public var systemCalls: CountedFigure?
  /// On the wire, as the load sees it.
  public var bytesSent: Double
  public var bytesReceived: Double

  public init(
    scenario: String, framework: String, version: String?, instructions: CountedFigure?, systemCalls: CountedFigure?,
    bytesSent: Double, bytesReceived: Double
  ) {
    self.scenario = scenario
    self.framework = framework
    self.version = version
    self.instructions = instructions
    self.systemCalls = systemCalls
    self.bytesSent = bytesSent
    self.bytesReceived = bytesReceived
  }
}

/// A number for each exchange, from several batches.
public struct CountedFigure: Codable, Equatable, Sendable {
  /// The mean of the batches.
  public var mean: Double
  /// Of the 95 % interval of the mean.
  public var halfWidth: Double
  public var batches: Int

  public init(mean: Double, halfWidth: Double, batches: Int) {
    self.mean = mean
    self.halfWidth = halfWidth
    self.batches = batches
  }
}
