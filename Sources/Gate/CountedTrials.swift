import Foundation
import Results
import Statistics
import Text

/// What the gate by counts made of comparisons whose truth is known.
public struct CountedTrials: Equatable, Sendable {
  /// One comparison.
  public struct Trial: Equatable, Sendable {
    public var results: [CountResult]
    /// By scenario: whether a function that is known to be called more often stands in the list of what is; nil where none is
    /// known.
    public var named: [String: Bool]

    /// - Parameter called: the end of that function's name.
    public init(results: [CountResult], counts: [CellCounts], called: String?) {
      self.results = results
      named = [:]
      guard let called else { return }
      for head in counts where head.framework == "head" {
        let base = counts.first { $0.framework == "base" && $0.scenario == head.scenario }?.functions ?? []
        named[head.scenario] = head.functions.contains { function in
          guard function.name.hasSuffix(called), !function.isResumed else { return false }
          let before = base.first { $0.identity == function.identity }?.calls ?? 0
          return function.calls > before + 0.5
        }
      }
    }

    public init(_ results: RawResults, called: String?) {
      self.init(results: results.countVerdicts.flatMap(\.results), counts: results.counts, called: called)
    }

    /// `worse in ping (instructions +1.02 %)`, or that nothing is.
    public var inWords: String {
      let worse = results.filter { $0.verdict == .fail }
      let clauses = worse.map { result in
        "\(result.scenario) (\(result.metric.title)\(result.ratio.map { String(format: " %+.2f %%", ($0 - 1) * 100) } ?? ""))"
      }
      let open = results.count { $0.verdict == .undecided }
      return (worse.isEmpty ? "green" : "worse in " + clauses.joined(separator: ", "))
        + (open == 0 ? "" : "; \(open) inconclusive")
    }
  }

  /// Of one change to one scenario.
  struct Row: Equatable {
    var change: String
    var scenario: String
    var runs = 0
    var found = 0
    var inconclusive = 0
    /// nil where no function is known to be called more often.
    var named: Int?
    /// Of the instructions, for each run.
    var ratios: [Double] = []
  }

  private(set) var rows: [Row] = []
  private var wholeRuns: [String: (runs: Int, red: Int)] = [:]

  public init() {}

  public static func == (one: CountedTrials, other: CountedTrials) -> Bool { one.rows == other.rows }

  public mutating func add(_ trial: Trial, change: String) {
    let known = wholeRuns[change] ?? (0, 0)
    let isRed = trial.results.contains { $0.verdict == .fail }
    wholeRuns[change] = (known.runs + 1, known.red + (isRed ? 1 : 0))
    var scenarios: [String] = []
    for result in trial.results where !scenarios.contains(result.scenario) { scenarios.append(result.scenario) }
    for scenario in scenarios {
      let results = trial.results.filter { $0.scenario == scenario }
      let index: Int
      if let place = rows.firstIndex(where: { $0.change == change && $0.scenario == scenario }) {
        index = place
      } else {
        rows.append(Row(change: change, scenario: scenario))
        index = rows.count - 1
      }
      rows[index].runs += 1
      rows[index].found += results.contains { $0.verdict == .fail } ? 1 : 0
      rows[index].inconclusive += results.contains { $0.verdict == .undecided } ? 1 : 0
      if let isNamed = trial.named[scenario] { rows[index].named = (rows[index].named ?? 0) + (isNamed ? 1 : 0) }
      if let ratio = results.first(where: { $0.metric == .instructions })?.ratio { rows[index].ratios.append(ratio) }
    }
  }

  public var text: String {
    let header = [
      "change", "scenario", "runs", "worse", "inconclusive", "named", "instructions, smallest to largest",
    ]
    let body = rows.map { row in
      let spread = row.ratios.min().flatMap { low in
        row.ratios.max().map { String(format: "%+.2f to %+.2f %%", (low - 1) * 100, ($0 - 1) * 100) }
      }
      return [
        row.change, row.scenario, "\(row.runs)", "\(row.found)", "\(row.inconclusive)",
        row.named.map { "\($0)" } ?? Figure.missing, spread ?? Figure.missing,
      ]
    }
    let whole = wholeRuns.sorted { $0.key < $1.key }.map { change, counts in
      let interval = Proportion(counts.red, of: counts.runs).interval()
      return "\(change): \(counts.red) of \(counts.runs) comparisons red (exact 95 % interval "
        + String(format: "%.0f–%.0f %%)", interval.low * 100, interval.high * 100)
    }
    return TextTable(header.map { _ in .left }, [header] + body).text + "\n" + whole.map { $0 + "\n" }.joined()
  }
}
