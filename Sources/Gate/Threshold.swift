import Foundation
import Results
import Statistics

/// What a perf test tolerates of one metric.
///
/// It is held as a bound on the logarithm of a ratio, because ratios multiply: a throughput down by 10 % is ln 0.9.
public struct Threshold: Hashable, Sendable {
  public let metric: Metric
  public let scale: Scale
  /// The ratio that is just tolerated, such as 0.9; of what is bounded itself, the figure.
  public let ratio: Double

  /// What the ratio is a ratio to.
  public enum Scale: Hashable, Sendable {
    /// What the same framework did before: a stored baseline, or another version measured in the same rounds.
    case change
    /// The reference in the same round.
    case reference
    /// Nothing: the figure itself is bounded.
    case itself
  }

  /// `.throughput(downAtMost: 0.10)` tolerates nine tenths of what was.
  public static func throughput(downAtMost share: Double) -> Threshold {
    precondition(share >= 0 && share < 1, "a throughput goes down by a share of itself")
    return Threshold(metric: .throughput, scale: .change, ratio: 1 - share)
  }

  /// `.throughput(atLeast: 0.3)` wants three tenths of the reference's, and needs no baseline.
  public static func throughput(atLeast share: Double) -> Threshold {
    precondition(share > 0, "a share of the reference is positive")
    return Threshold(metric: .throughput, scale: .reference, ratio: share)
  }

  public static func cpuPerRequest(upAtMost share: Double) -> Threshold {
    precondition(share >= 0, "what is tolerated is not negative")
    return Threshold(metric: .cpuPerRequest, scale: .change, ratio: 1 + share)
  }

  public static func p99(upAtMost share: Double) -> Threshold {
    precondition(share >= 0, "what is tolerated is not negative")
    return Threshold(metric: .p99, scale: .change, ratio: 1 + share)
  }

  /// Under load, at the end of the windows.
  public static func memory(upAtMost share: Double) -> Threshold {
    precondition(share >= 0, "what is tolerated is not negative")
    return Threshold(metric: .memory, scale: .change, ratio: 1 + share)
  }

  /// After the start and before any load.
  public static func memoryAtRest(upAtMost share: Double) -> Threshold {
    precondition(share >= 0, "what is tolerated is not negative")
    return Threshold(metric: .memoryAtRest, scale: .change, ratio: 1 + share)
  }

  /// `.memorySlope(atMost: 50)` tolerates 50 MiB for a million verified exchanges, and needs no baseline. It is asked where the
  /// rounds last long enough to tell.
  public static func memorySlope(atMost mebibytes: Double) -> Threshold {
    precondition(mebibytes >= 0, "what is tolerated is not negative")
    return Threshold(metric: .memorySlope, scale: .itself, ratio: mebibytes)
  }

  /// The same question with another tolerance of a change, as far as it is about throughput or CPU time.
  public func tolerating(_ share: Double) -> Threshold {
    switch (metric, scale) {
    case (.throughput, .change): .throughput(downAtMost: share)
    case (.cpuPerRequest, .change): .cpuPerRequest(upAtMost: share)
    case (.throughput, _), (.cpuPerRequest, _), (.p99, _), (.memory, _), (.memoryAtRest, _), (.memorySlope, _): self
    }
  }

  /// The ratio that is just tolerated, as a logarithm.
  package var bound: Double { log(ratio) }

  /// p-value of the hypothesis that the truth is tolerated: small where it is shown to lie beyond.
  package func pValueOfTolerated(_ estimate: LogEstimate) -> Double {
    switch metric.worse {
    case .up: estimate.pValue(ofAtMost: bound)
    case .down: estimate.pValue(ofAtLeast: bound)
    }
  }

  /// p-value of the hypothesis that the truth lies beyond: small where it is shown to be tolerated.
  package func pValueOfBeyond(_ estimate: LogEstimate) -> Double {
    switch metric.worse {
    case .up: estimate.pValue(ofAtLeast: bound)
    case .down: estimate.pValue(ofAtMost: bound)
    }
  }
}
