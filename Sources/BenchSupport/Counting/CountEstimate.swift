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

  init(exchanges: Int, connections: Int, idle: CallgrindTotals, connection: CallgrindTotals) {
    precondition(exchanges > 0, "a batch has an exchange")
    self.exchanges = exchanges
    self.connections = connections
    self.idle = idle
    self.connection = connection
  }

  mutating func add(_ counted: CallgrindTotals, seconds: Double) {
    batches.append((counted - idle * seconds - connection * Double(connections)) * (1 / Double(exchanges)))
  }

  var instructions: CountedFigure? { CountedFigure(start: batches.map(\.instructions)) }
  var systemCalls: CountedFigure? { CountedFigure(start: batches.map(\.systemCalls)) }

  /// Whether the instructions are known within this share, on either side.
  func isKnown(within share: Double) -> Bool {
    guard let instructions else { return false }
    return instructions.halfWidth <= share * instructions.value
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
