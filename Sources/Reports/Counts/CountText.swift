import Foundation
import Results
import Statistics

/// Counts of an exchange as readers want them.
enum CountText {
  /// Whether two counts differ by more than rare work of one side, such as a timer, may add.
  static func differs(_ base: Double, _ head: Double) -> Bool {
    abs(head - base) >= 0.05 && abs(head - base) >= 0.005 * max(base, head)
  }

  /// `1 → 2`, or `4` where they do not differ.
  static func change(from base: Double, to head: Double) -> String {
    differs(base, head) ? "\(figure(base)) → \(figure(head))" : figure(head)
  }

  /// `442,300`, `324`, `1.5`: whole where it is whole or large.
  static func figure(_ value: Double?) -> String {
    guard let value, value.isFinite, abs(value) < 1e15 else { return Figure.missing }
    let hundredths = (value * 100).rounded() / 100
    if abs(value) >= 100 || hundredths == hundredths.rounded() { return Figure.count(Int(value.rounded())) }
    var text = String(format: "%.2f", value)
    while text.hasSuffix("0") { text.removeLast() }
    return text
  }

  /// `3.59×`, of the reference; nothing for the reference itself or where one of the two is absent.
  static func multiple(_ value: Double?, of reference: Double?) -> String? {
    guard let value, let reference, reference > 0 else { return nil }
    return Figure.ratio(value / reference)
  }

  /// `10 k`, `2.5 M`: on an axis.
  static func short(_ value: Double) -> String {
    switch value {
    case 1e9...: "\(Figure.plain(value / 1e9)) G"
    case 1e6...: "\(Figure.plain(value / 1e6)) M"
    case 1e3...: "\(Figure.plain(value / 1e3)) k"
    default: Figure.plain(value)
    }
  }
}

extension CellSummary {
  /// For one exchange; nil where it was not counted.
  func count(_ metric: CountMetric) -> Double? { counts?[metric]?.value }
}

extension RunSummary {
  /// Whether anything was counted, or should have been.
  var isCounted: Bool { !counts.isEmpty || manifest.counted?.isEmpty == false }

  /// Of the frameworks whose cells have this figure, each with why others have none.
  var absences: [(metric: CountMetric, reason: String, cells: [CellCounts])] {
    CountMetric.allCases.flatMap { metric in
      let without = counts.filter { $0.absent[metric.rawValue] != nil && $0.failure == nil }
      return without.compactMap { $0.absent[metric.rawValue] }.eachOnce.map { reason in
        (metric, reason, without.filter { $0.absent[metric.rawValue] == reason })
      }
    }
  }
}
