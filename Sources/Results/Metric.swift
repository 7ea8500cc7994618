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
  /// What the target's process tree holds at the end of a window, under load.
  case memory
  /// The same before any load has reached this start of the target.
  case memoryAtRest = "memory_at_rest"
  /// How much it grows, in MiB for each million of verified exchanges: no ratio, but the figure itself.
  case memorySlope = "memory_slope"

  /// Whether it is about what is held, and not about time.
  package var isOfMemory: Bool {
    switch self {
    case .throughput, .cpuPerRequest, .p99: false
    case .memory, .memoryAtRest, .memorySlope: true
    }
  }

  /// The way in which this metric gets worse.
  public var worse: Direction {
    switch self {
    case .throughput: .down
    case .cpuPerRequest, .p99, .memory, .memoryAtRest, .memorySlope: .up
    }
  }

  /// As it reads in a sentence.
  public var title: String {
    switch self {
    case .throughput: "throughput"
    case .cpuPerRequest: "CPU time per request"
    case .p99: "p99"
    case .memory: "memory under load"
    case .memoryAtRest: "memory at rest"
    case .memorySlope: "growth of memory"
    }
  }

  public enum Direction: Sendable {
    case up
    case down
  }
}
