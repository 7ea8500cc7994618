import Results
import Statistics
import Text

/// What trials of one fault on one framework came to, in words.
package enum FaultWords {
  /// `recovered in 0.3 s, 12 errors: 8 reset, 4 closed early`; of several trials with their median and range.
  package static func outcome(_ trials: [FaultTrial], _ plan: FaultPlan) -> String {
    guard let first = trials.first else { return Figure.missing }
    let cell = FaultCell(
      framework: .init(
        name: first.framework, title: first.framework, version: "", server: "", isReference: false, versions: [:]),
      fault: first.fault, trials: trials)
    return outcome(cell, plan)
  }

  static func outcome(_ cell: FaultCell, _ plan: FaultPlan) -> String {
    guard !cell.trials.isEmpty else { return Figure.missing }
    guard !cell.seen.isEmpty else { return "not tried: \(cell.trials.compactMap(\.notTried).first ?? "no reason")" }
    let startedAnew = cell.seen.count { $0.startedAnew != nil }
    let parts = [
      cell.wrongAnswers > 0 ? Figure.counted(cell.wrongAnswers, "wrong answer").uppercased() : nil,
      recovery(cell, plan), errors(cell), missing(cell),
      cell.shareMeanwhile.map { "\(Int(($0 * 100).rounded())) % of the throughput meanwhile" }, left(cell),
      startedAnew > 0 ? "had to be started again\(share(startedAnew, of: cell))" : nil,
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }

  /// Whether it came back, and when: nothing where nothing failed.
  private static func recovery(_ cell: FaultCell, _ plan: FaultPlan) -> String? {
    let failed =
      cell.notRecovered > 0
      ? "did not recover within \(seconds(plan.limitS))\(share(cell.notRecovered, of: cell))" : nil
    return [failed, time(cell).map { "recovered in \($0)" }].compactMap(\.self).joined(separator: ", ").nonEmpty
  }

  /// `0.3 s`, or of several `0.3 s (0.2 to 0.9 s)`; nil where there was nothing to recover from.
  static func time(_ cell: FaultCell) -> String? {
    let times = cell.recoveries
    guard let median = times.median, let least = times.min(), let most = times.max() else { return nil }
    let (low, high) = (seconds(least), seconds(most))
    return low == high
      ? low : "\(seconds(median)) (\(low.hasPrefix("under") ? low : String(low.dropLast(2))) to \(high))"
  }

  /// `12 errors: 8 reset, 4 closed early`
  private static func errors(_ cell: FaultCell) -> String {
    guard cell.errors > 0 else { return "no errors" }
    let trials = cell.seen.count > 1 ? " in \(cell.seen.count) trials" : ""
    let kinds = cell.errorsByKind.filter { $0.value > 0 }
    let words = kinds.count == 1 ? ", all \(kind(kinds.keys.first ?? ""))" : ": \(self.kinds(kinds))"
    return "\(Figure.counted(cell.errors, "error"))\(trials)\(words)"
  }

  /// Workers that were not replaced.
  private static func missing(_ cell: FaultCell) -> String? {
    let missing = cell.seen.filter { $0.isWhole == false }
    guard let first = missing.first?.processes else { return nil }
    let count = first.before - first.after
    let words =
      first.after == 0
      ? "its leader is gone, and nothing replaces its workers any more"
      : "\(count) of \(first.before) processes stayed away"
    return words + share(missing.count, of: cell)
  }

  /// Files that nobody will want again.
  private static func left(_ cell: FaultCell) -> String? {
    cell.filesLeft > 0 ? "\(Figure.counted(cell.filesLeft, "file")) left behind" : nil
  }

  /// The most frequent kind first.
  static func kinds(_ errors: [String: Int]) -> String {
    errors.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\(Figure.count($0.value)) \(kind($0.key))" }.joined(separator: ", ")
  }

  private static func kind(_ name: String) -> String {
    switch name {
    case "status": "error status"
    case "connect": "no connection"
    case "verification": "wrong"
    default: name.replacing("_", with: " ")
    }
  }

  private static func share(_ count: Int, of cell: FaultCell) -> String {
    cell.seen.count == 1 ? "" : " in \(count) of \(cell.seen.count) trials"
  }

  /// To the tenth: what a few hundredths apart comes to pass, a look does not tell apart.
  static func seconds(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    if tenths < 1 { return "under 0.1 s" }
    return tenths.isMultiple(of: 10) ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }

  /// As in a sentence.
  static func name(_ fault: InjectedFault) -> String {
    switch fault {
    case .workerKilled: "a killed worker"
    case .databaseStopped: "a database that was stopped and started"
    case .downloadLeft: "clients that leave in the middle of a download"
    case .uploadLeft: "clients that leave in the middle of an upload"
    case .slowReaders: "slow readers"
    case .bodyCut: "bodies that are cut"
    }
  }

  /// As the head of a row or a column.
  static func title(_ fault: InjectedFault) -> String {
    switch fault {
    case .workerKilled: "Worker killed"
    case .databaseStopped: "Database stopped"
    case .downloadLeft: "Downloads left"
    case .uploadLeft: "Uploads left"
    case .slowReaders: "Slow readers"
    case .bodyCut: "Bodies cut"
    }
  }

  /// An answer as it can be shown: its first bytes, with what is not to be seen escaped.
  static func bytes(_ wrong: FaultTrial.WrongAnswer) -> String {
    guard let bytes = Base64.decode(wrong.bytes) else { return "" }
    return String(visible: bytes)
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
