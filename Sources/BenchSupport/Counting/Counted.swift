import Results

/// What was counted of one start of a server, or why it was not.
struct Counted: Sendable {
  var figures: [CountMetric: CountedFigure] = [:]
  /// Why there is no figure, as a clause.
  var absent: [CountMetric: String] = [:]
  /// Empty where calls were not counted.
  var functions: [FunctionCalls] = []
  /// Why no system call is told by its name, as a clause.
  var unnamed: String?

  /// Puts figures and reasons into a cell, beside what is there.
  func fill(_ cell: inout CellCounts) {
    for (metric, figure) in figures { cell.figures[metric.rawValue] = figure }
    for (metric, reason) in absent { cell.absent[metric.rawValue] = reason }
    if let unnamed { cell.absent[CellCounts.systemCallNames] = unnamed }
  }
}
