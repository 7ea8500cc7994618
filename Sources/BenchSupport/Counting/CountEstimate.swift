import Results
import Statistics

/// What one exchange takes, from batches of exchanges on one connection.
///
/// What a worker does without being asked, by time, is taken off each batch. So is what a connection takes, known from
/// batches of a single exchange: the first exchange stands for its connection, and the others count.
struct CountEstimate {
  /// In each batch.
  let exchanges: Int
  /// In a second, of a worker that is not asked.
  let idle: CallgrindTotals
  /// The instructions and calls of a connection with one exchange, without those by time.
  let single: CallgrindTotals
  private(set) var batches: [CallgrindTotals] = []

  /// - Parameter singles: at least one, without those by time.
  init(exchanges: Int, idle: CallgrindTotals, singles: [CallgrindTotals]) {
    precondition(exchanges > 1 && !singles.isEmpty, "a batch has more exchanges than the one that stands for its connection")
    self.exchanges = exchanges
    self.idle = idle
    single = CallgrindTotals(
      instructions: singles.map(\.instructions).median ?? 0, systemCalls: singles.map(\.systemCalls).median ?? 0)
  }

  mutating func add(_ counted: CallgrindTotals, seconds: Double) {
    batches.append((counted - idle * seconds - single) * (1 / Double(exchanges - 1)))
  }

  var instructions: CountedFigure? { CountedFigure(batches.map(\.instructions)) }
  var systemCalls: CountedFigure? { CountedFigure(batches.map(\.systemCalls)) }

  /// Whether the instructions are known within this share, on either side.
  func isKnown(within share: Double) -> Bool {
    guard let instructions else { return false }
    return instructions.halfWidth <= share * instructions.mean
  }
}

extension CountedFigure {
  /// The mean with its t interval; nil of fewer than two values.
  init?(_ values: [Double]) {
    guard let mean = values.mean, let deviation = values.standardDeviation else { return nil }
    let error = deviation / Double(values.count).squareRoot()
    self.init(
      mean: mean, halfWidth: error * StudentT(degreesOfFreedom: Double(values.count - 1)).halfWidth(containing: 0.95),
      batches: values.count)
  }
}
