import Results
import Statistics

/// What one exchange takes, from batches of exchanges.
///
/// What a worker does without being asked, by time, is taken off each batch, and what its connections take.
struct CountEstimate {
  /// In each batch.
  let exchanges: Int
  let connections: Int
  /// In a second, of a worker that is not asked.
  let idle: CallgrindTotals
  /// For one connection, to its end.
  let connection: CallgrindTotals
  private(set) var batches: [CallgrindTotals] = []

  /// The half-width of the 95 % interval at which the instructions are known well enough, as a share.
  static let precision = 0.002
  /// So many are looked at where none agree.
  private static let latest = 6
  /// uvicorn looks at the clock so often.
  private static let secondsOfTimer = 0.1

  init(exchanges: Int, connections: Int, idle: CallgrindTotals, connection: CallgrindTotals) {
    precondition(exchanges > 0, "a batch has an exchange")
    self.exchanges = exchanges
    self.connections = connections
    self.idle = idle
    self.connection = connection
  }

  /// - Parameters:
  ///   - seconds: that the batch took, and what came after it.
  ///   - inLoads: those of them in which exchanges were under way.
  mutating func add(_ counted: CallgrindTotals, seconds: Double, inLoads: Double) {
    let worked = counted - connection * Double(connections)
    var idleSeconds = seconds
    // Timers go off between the steps of a loop, and each step calls the kernel. One that hardly did was in the middle of
    // an exchange: once for each, what was due is done when it ends.
    if worked.systemCalls < 2 * idle.systemCalls * seconds {
      idleSeconds = min(seconds, seconds - inLoads + Self.secondsOfTimer * Double(exchanges))
    }
    batches.append((worked - idle * idleSeconds) * (1 / Double(exchanges)))
  }

  /// The longest row of batches up to the last one that agree: whatever came before was at first use, or is rare, as a
  /// collection of all garbage is. nil where there are not so many.
  ///
  /// - Parameter fewest: two at least.
  private func agreeing(fewest: Int) -> ArraySlice<CallgrindTotals>? {
    for first in batches.indices where batches.count - first >= fewest {
      let figure = CountedFigure(start: batches[first...].map(\.instructions))
      if let figure, figure.halfWidth <= Self.precision * figure.value { return batches[first...] }
    }
    return nil
  }

  func isKnown(fewest: Int) -> Bool { agreeing(fewest: fewest) != nil }

  /// Instructions and system calls; nil of fewer than two batches.
  func figures(fewest: Int) -> (instructions: CountedFigure, systemCalls: CountedFigure)? {
    let chosen = agreeing(fewest: fewest) ?? batches.suffix(Self.latest)
    guard let instructions = CountedFigure(start: chosen.map(\.instructions)),
      let systemCalls = CountedFigure(start: chosen.map(\.systemCalls))
    else { return nil }
    return (instructions, systemCalls)
  }
}

extension CountedFigure {
  /// The mean of the batches of one start with its t interval; nil of fewer than two. Of what is rarely done, less than
  /// nothing can be left: that is none.
  init?(start batches: [Double]) {
    guard let mean = batches.mean, let deviation = batches.standardDeviation else { return nil }
    let error = deviation / Double(batches.count).squareRoot()
    self.init(
      starts: [max(0, mean)],
      halfWidth: error * StudentT(degreesOfFreedom: Double(batches.count - 1)).halfWidth(containing: 0.95),
      batches: batches.count)
  }

  /// What is the same every time.
  init(exactly value: Double) {
    self.init(starts: [max(0, value)], halfWidth: 0, batches: 1)
  }
}
