/// What the gate watches in a cell (one scenario on one framework).
///
/// Its value in a round is the logarithm of the ratio of two targets measured in that round.
public enum Metric: String, CaseIterable, Codable, Sendable {
  /// Verified exchanges per second.
  case throughput
  /// CPU time of the target's process tree for each verified exchange.
  case cpuPerRequest = "cpu_per_request"
  /// The 99th percentile of latency at a fixed offered rate.
  case p99

  /// The way in which this metric gets worse.
  public var worse: Direction {
    switch self {
    case .throughput: .down
    case .cpuPerRequest, .p99: .up
    }
  }

  /// As it reads in a sentence.
  public var title: String {
    switch self {
    case .throughput: "throughput"
    case .cpuPerRequest: "CPU time per request"
    case .p99: "p99"
    }
  }

  public enum Direction: Sendable {
    case up
    case down
  }
}
