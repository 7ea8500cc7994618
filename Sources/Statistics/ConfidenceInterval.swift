/// Where a figure lies, with the confidence that was asked for (0.95 is 95 %).
public struct ConfidenceInterval: Equatable, Sendable {
  public var low: Double
  public var high: Double
  public var confidence: Double

  public init(low: Double, high: Double, confidence: Double) {
    self.low = low
    self.high = high
    self.confidence = confidence
  }

  public func contains(_ value: Double) -> Bool { low <= value && value <= high }
}
